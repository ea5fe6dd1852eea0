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
    db.session.add(
        AuditEvent(
            action=action,
            actor_id=actor.id if actor else None,
            actor_label=actor.email if actor else SYSTEM,
            resource_type=resource.__tablename__,
            resource_id=resource.id,
            data=data,
        )
    )
