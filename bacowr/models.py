"""Every table, imported once: for migrations, the shell and comparisons."""

from bacowr.accounts.models import ApiKey, LoginSession, User
from bacowr.audit.models import AuditEvent

__all__ = ["ApiKey", "AuditEvent", "LoginSession", "User"]
