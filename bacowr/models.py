"""Every table, imported once: for migrations, the shell and comparisons."""

from bacowr.accounts.models import ApiKey, LoginSession, PasswordLink, User
from bacowr.accounts.usage import Quota, UsageEntry
from bacowr.audit.models import AuditEvent
from bacowr.backlinks.models import Backlink, BacklinkEvent, SavedView
from bacowr.batches.models import Batch, ReviewItem
from bacowr.campaigns.models import Campaign, Schedule, Template
from bacowr.intake.models import ImportRun
from bacowr.jobs.models import Job, JobEvent, JobStep
from bacowr.jobs.spending import BatchCap, ModelCall, SpendingCap
from bacowr.jobs.texts import Document, FindingDecision, QcRun, Signoff
from bacowr.notifications.models import NotificationPreference
from bacowr.providers.models import ProviderCredential, StoredSearch
from bacowr.takeover.models import LegacyRecord, QuarantinedRow, Takeover, TakeoverStep

__all__ = [
    "ApiKey",
    "AuditEvent",
    "Backlink",
    "BacklinkEvent",
    "Batch",
    "BatchCap",
    "Campaign",
    "Document",
    "FindingDecision",
    "ImportRun",
    "Job",
    "JobEvent",
    "JobStep",
    "LegacyRecord",
    "LoginSession",
    "ModelCall",
    "NotificationPreference",
    "PasswordLink",
    "ProviderCredential",
    "QcRun",
    "QuarantinedRow",
    "Quota",
    "ReviewItem",
    "SavedView",
    "Schedule",
    "Signoff",
    "SpendingCap",
    "StoredSearch",
    "Takeover",
    "TakeoverStep",
    "Template",
    "UsageEntry",
    "User",
]
