"""Writing the audit log, inside the unit of work of what it tells about."""

from typing import Any, Protocol

from bacowr.audit import chain, changing
from bacowr.audit.models import AuditEvent
from bacowr.base import clock
from bacowr.base.db import Model, db
from bacowr.base.types import new_id

SYSTEM = "system"

Told = str | int | None | changing.Changes


class Actor(Protocol):
    """Somebody who can do things: a user, seen from below."""

    id: Any
    email: Any


def record(action: str, resource: Model, *, actor: Actor | None, **data: Told) -> None:
    """Add one audit row; it is stored if, and only if, the surrounding unit of work is.

    `actor` is None for what the system does by itself. What was changed of the thing, and is not
    written yet, is told as `changes`: [before, after] of each column, secrets redacted.
    """
    if "changes" not in data and (found := changing.unsaved(resource)):
        data["changes"] = found
    db.session.flush()  # A thing made in this unit of work gets its id here.
    note(action, resource.__tablename__, resource.id, actor=actor, **data)


def note(
    action: str, resource_type: str, resource_id: str, *, actor: Actor | None, **data: Told
) -> None:
    """Add one audit row for what has no row of its own, such as the database as a whole."""
    event = AuditEvent(
        id=new_id(),
        at=clock.now(),
        action=action,
        actor_id=actor.id if actor else None,
        actor_label=actor.email if actor else SYSTEM,
        resource_type=resource_type,
        resource_id=resource_id,
        data=data,
    )
    chain.enlist(db.session(), event)
