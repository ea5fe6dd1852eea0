"""Every table, imported once: for migrations, the shell and comparisons."""

from bacowr.accounts.answers import KeptAnswer
from bacowr.accounts.models import ApiKey, LoginSession, PasswordLink, Team, User
from bacowr.accounts.rates import RateCount
from bacowr.accounts.tickets import BearerToken, Invitation
from bacowr.accounts.usage import Quota, UsageCounter, UsageEntry
from bacowr.audit.models import AuditEvent, AuditHead
from bacowr.backlinks.models import Backlink, BacklinkEvent, SavedView
from bacowr.batches.models import Batch, ReviewItem
from bacowr.campaigns.models import Campaign, Schedule, Template
from bacowr.intake.models import ImportRun
from bacowr.jobs.models import Job, JobEvent, JobStep
from bacowr.jobs.spending import BatchCap, ModelCall, ModelPrice, SpendingCap, TeamCap
from bacowr.jobs.texts import ArticleComment, Document, FindingDecision, QcRun, Signoff
from bacowr.notifications.deliveries import Delivery, DeliveryAttempt, Notice
from bacowr.notifications.models import MorningHour, NotificationPreference, Webhook
from bacowr.providers.models import ProviderCredential, StoredSearch, TeamCredential
from bacowr.takeover.models import LegacyRecord, QuarantinedRow, Takeover, TakeoverStep
from bacowr.watch.models import LinkAlert, LinkCheck, LinkWatch

__all__ = [
    "ApiKey",
    "ArticleComment",
    "AuditEvent",
    "AuditHead",
    "Backlink",
    "BacklinkEvent",
    "Batch",
    "BatchCap",
    "BearerToken",
    "Campaign",
    "Delivery",
    "DeliveryAttempt",
    "Document",
    "FindingDecision",
    "ImportRun",
    "Invitation",
    "Job",
    "JobEvent",
    "JobStep",
    "KeptAnswer",
    "LegacyRecord",
    "LinkAlert",
    "LinkCheck",
    "LinkWatch",
    "LoginSession",
    "ModelCall",
    "ModelPrice",
    "MorningHour",
    "Notice",
    "NotificationPreference",
    "PasswordLink",
    "ProviderCredential",
    "QcRun",
    "QuarantinedRow",
    "Quota",
    "RateCount",
    "ReviewItem",
    "SavedView",
    "Schedule",
    "Signoff",
    "SpendingCap",
    "StoredSearch",
    "Takeover",
    "TakeoverStep",
    "Team",
    "TeamCap",
    "TeamCredential",
    "Template",
    "UsageCounter",
    "UsageEntry",
    "User",
    "Webhook",
]
