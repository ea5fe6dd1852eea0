"""Every table, imported once: for migrations, the shell and comparisons."""

from bacowr.accounts.models import ApiKey, LoginSession, PasswordLink, User
from bacowr.accounts.usage import Quota, UsageEntry
from bacowr.audit.models import AuditEvent
from bacowr.backlinks.models import Backlink
from bacowr.batches.models import Batch, ReviewItem
from bacowr.campaigns.models import Campaign, Schedule, Template
from bacowr.jobs.models import Document, Job, JobEvent, JobStep
from bacowr.notifications.models import NotificationPreference
from bacowr.takeover.models import LegacyRecord, QuarantinedRow, Takeover, TakeoverStep

__all__ = [
    "ApiKey",
    "AuditEvent",
    "Backlink",
    "Batch",
    "Campaign",
    "Document",
    "Job",
    "JobEvent",
    "JobStep",
    "LegacyRecord",
    "LoginSession",
    "NotificationPreference",
    "PasswordLink",
    "QuarantinedRow",
    "Quota",
    "ReviewItem",
    "Schedule",
    "Takeover",
    "TakeoverStep",
    "Template",
    "UsageEntry",
    "User",
]
