"""Writing the audit log, inside the unit of work of what it tells about."""

from typing import Any, Protocol

from bacowr.audit.models import AuditEvent
from bacowr.base.db import Model, db

SYSTEM = "system"


class Actor(Protocol):
    """Somebody who can do things: a user, seen from below."""

    id: Any
    email: Any


def record(action: str, resource: Model, *, actor: Actor | None, **data: str | int | None) -> None:
    """Add one audit row; it is stored if, and only if, the surrounding unit of work is.

    `actor` is None for what the system does by itself.
    """
    db.session.flush()  # A thing made in this unit of work gets its id here.
    note(action, resource.__tablename__, resource.id, actor=actor, **data)


def note(
    action: str,
    resource_type: str,
    resource_id: str,
    *,
    actor: Actor | None,
    **data: str | int | None,
) -> None:
    """Add one audit row for what has no row of its own, such as the database as a whole."""
    db.session.add(
        AuditEvent(
            action=action,
            actor_id=actor.id if actor else None,
            actor_label=actor.email if actor else SYSTEM,
            resource_type=resource_type,
            resource_id=resource_id,
            data=data,
        )
    )
