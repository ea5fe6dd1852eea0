"""Reading the audit log, newest first."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from bacowr.audit.models import AuditEvent
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.errors import NotFound

SECURITY: Final = ("user", "session", "key", "password_link", "invitation", "credential", "team")
FAILED_ACTIONS: Final = ("user.lock", "job.abort", "job.block")
EVERYTHING: Final = sa.true()
FAILED_WORDS: Final = ("failure", "failed", "error", "denied")
AT_A_TIME: Final = 500


@dataclass(frozen=True)
class Wanted:
    """Which rows are looked for; what is None narrows nothing.

    `person` is an id or a part of an e-mail; `action` one action, or a room with a dot (`job.`).
    """

    person: str | None = None
    action: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


Scope = sa.ColumnElement[bool]


def found(wanted: Wanted, scope: Scope = EVERYTHING) -> sa.Select[AuditEvent]:
    """Select the rows that are looked for, of those that `scope` lets through, newest first."""
    return (
        sa.select(AuditEvent)
        .where(scope, *_conditions(wanted))
        .order_by(AuditEvent.at.desc(), AuditEvent.sequence.desc(), AuditEvent.id)
    )


def get(event_id: str, scope: Scope = EVERYTHING) -> AuditEvent:
    """Get one row; raise NotFound when there is none that `scope` lets through."""
    event = db.session.scalar(sa.select(AuditEvent).where(AuditEvent.id == event_id, scope))
    if event is None:
        raise NotFound("There is no such entry in the audit log.")
    return event


def walk(select: sa.Select[AuditEvent]) -> Iterator[AuditEvent]:
    """Give the rows of a select one after another, without holding them all."""
    rows = db.session.execute(select.execution_options(yield_per=AT_A_TIME))
    yield from rows.scalars()


def is_security() -> sa.ColumnElement[bool]:
    """Tell of a row that it is about who gets in, and what with."""
    return sa.or_(*(AuditEvent.action.startswith(f"{each}.", autoescape=True) for each in SECURITY))


def is_failed() -> sa.ColumnElement[bool]:
    """Tell of a row that something was refused, or went wrong."""
    status = AuditEvent.data["status"].as_string()
    code = AuditEvent.data["status_code"].as_string()
    return sa.or_(
        AuditEvent.action.in_(FAILED_ACTIONS),
        sa.func.lower(sa.func.coalesce(status, "")).in_(FAILED_WORDS),
        sa.func.substr(sa.func.coalesce(code, ""), 1, 1).in_(("4", "5")),
    )


def status_of(event: AuditEvent) -> str:
    """Return how an action ended, in the words of older clients."""
    said, code = str(event.data.get("status") or ""), str(event.data.get("status_code") or "")
    is_bad = event.action in FAILED_ACTIONS or said.lower() in FAILED_WORDS
    return "failure" if is_bad or code[:1] in {"4", "5"} else "success"


def recent(hours: int) -> sa.ColumnElement[bool]:
    """Tell of a row that it is not older than so many hours."""
    return AuditEvent.at >= clock.now() - timedelta(hours=hours)


def statistics(hours: int, scope: Scope = EVERYTHING) -> Mapping[str, Any]:
    """Count the rows of the last hours by action, person and end."""
    within = sa.and_(recent(hours), scope)
    counted = dict(_counts(AuditEvent.action, within))
    failed = _count(sa.and_(within, is_failed()))
    total = sum(counted.values())
    took = AuditEvent.data["duration_ms"].as_float()
    average = db.session.scalar(sa.select(sa.func.avg(took)).where(within))
    return {
        "total_events": total,
        "events_by_action": counted,
        "events_by_user": dict(_counts(AuditEvent.actor_label, within)),
        "events_by_status": dict(Counter(success=total - failed, failure=failed)),
        "failed_events": failed,
        "security_events": _count(sa.and_(within, is_security())),
        "avg_duration_ms": None if average is None else float(average),
    }


def actions(scope: Scope = EVERYTHING) -> list[str]:
    """Return every action that was told of, by name."""
    action = AuditEvent.action
    return list(db.session.scalars(sa.select(action).where(scope).distinct().order_by(action)))


def _counts(column: Any, within: Scope) -> list[tuple[str, int]]:  # noqa: ANN401  # A column.
    rows = db.session.execute(
        sa.select(column, sa.func.count()).where(within).group_by(column).order_by(column)
    )
    return [(name, count) for name, count in rows]


def _count(condition: Scope) -> int:
    counted = sa.select(sa.func.count()).select_from(AuditEvent).where(condition)
    return db.session.scalar(counted) or 0


def _conditions(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.person:
        label = sa.func.lower(AuditEvent.actor_label)
        is_named = label.contains(wanted.person.lower(), autoescape=True)
        yield sa.or_(AuditEvent.actor_id == wanted.person, is_named)
    if wanted.action:
        is_room = wanted.action.endswith(".")
        begins = AuditEvent.action.startswith(wanted.action, autoescape=True)
        yield begins if is_room else AuditEvent.action == wanted.action
    if wanted.resource_type:
        yield AuditEvent.resource_type == wanted.resource_type
    if wanted.resource_id:
        yield AuditEvent.resource_id == wanted.resource_id
    if wanted.since:
        yield AuditEvent.at >= wanted.since
    if wanted.until:
        yield AuditEvent.at < wanted.until
