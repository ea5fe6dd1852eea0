"""Who may do what: the whole of it stands on this page."""

from enum import StrEnum
from typing import Protocol

from bacowr.base.errors import Forbidden


class Role(StrEnum):
    """What somebody is trusted with."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


class Permission(StrEnum):
    """One thing that can be allowed; named as room.verb."""

    JOBS_READ = "jobs.read"
    JOBS_CREATE = "jobs.create"
    JOBS_CANCEL = "jobs.cancel"
    JOBS_RETRY = "jobs.retry"
    JOBS_DELETE = "jobs.delete"
    JOBS_EDIT = "jobs.edit"
    JOBS_SIGN = "jobs.sign"
    BACKLINKS_READ = "backlinks.read"
    BACKLINKS_EDIT = "backlinks.edit"
    BACKLINKS_IMPORT = "backlinks.import"
    BATCHES_READ = "batches.read"
    BATCHES_CREATE = "batches.create"
    BATCHES_RUN = "batches.run"
    WATCH_READ = "watch.read"
    WATCH_CHECK = "watch.check"
    ANALYTICS_READ = "analytics.read"
    ACCOUNT_READ = "account.read"
    ACCOUNT_CHANGE = "account.change"
    PEOPLE_MANAGE = "people.manage"
    NOTIFICATIONS_READ = "notifications.read"
    NOTIFICATIONS_CHANGE = "notifications.change"
    API_READ = "api.read"
    KEYS_READ = "keys.read"
    KEYS_ISSUE = "keys.issue"
    KEYS_REVOKE = "keys.revoke"
    SERVICES_READ = "services.read"
    SERVICES_MANAGE = "services.manage"
    AUDIT_READ = "audit.read"
    DATABASE_MANAGE = "database.manage"
    PASSWORD_CHANGE = "password.change"  # noqa: S105  # A permission's name, not a password.


READS = frozenset(
    {
        Permission.JOBS_READ,
        Permission.BACKLINKS_READ,
        Permission.BATCHES_READ,
        Permission.WATCH_READ,
        Permission.ANALYTICS_READ,
        Permission.ACCOUNT_READ,
        Permission.NOTIFICATIONS_READ,
        Permission.API_READ,
        Permission.KEYS_READ,
        Permission.SERVICES_READ,
    }
)
OWN_ACCOUNT = frozenset(
    {
        Permission.ACCOUNT_CHANGE,
        Permission.NOTIFICATIONS_CHANGE,
        Permission.KEYS_ISSUE,
        Permission.KEYS_REVOKE,
        Permission.PASSWORD_CHANGE,
    }
)
ORDERS = frozenset(
    {
        Permission.JOBS_CREATE,
        Permission.JOBS_CANCEL,
        Permission.JOBS_RETRY,
        Permission.JOBS_DELETE,
        Permission.JOBS_EDIT,
        Permission.JOBS_SIGN,
        Permission.BATCHES_CREATE,
        Permission.BATCHES_RUN,
        Permission.WATCH_CHECK,
        Permission.BACKLINKS_EDIT,
        Permission.BACKLINKS_IMPORT,
    }
)

GRANTED: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: READS | OWN_ACCOUNT,
    Role.EDITOR: READS | OWN_ACCOUNT | ORDERS,
    Role.ADMIN: frozenset(Permission),
}


class Holder(Protocol):
    """Somebody with a role."""

    role: Role


def is_allowed(holder: Holder, permission: Permission) -> bool:
    """Tell whether the holder's role grants the permission."""
    return permission in GRANTED[holder.role]


def require(holder: Holder, permission: Permission) -> None:
    """Raise Forbidden unless the holder's role grants the permission."""
    if not is_allowed(holder, permission):
        raise Forbidden(f"Your role ({holder.role}) does not allow {permission}.")
