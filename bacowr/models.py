"""Every table, imported once: for migrations, the shell and comparisons."""

from bacowr.accounts.models import ApiKey, LoginSession, User
from bacowr.audit.models import AuditEvent
from bacowr.jobs.models import Document, Job, JobEvent, JobStep

__all__ = [
    "ApiKey",
    "AuditEvent",
    "Document",
    "Job",
    "JobEvent",
    "JobStep",
    "LoginSession",
    "User",
]
