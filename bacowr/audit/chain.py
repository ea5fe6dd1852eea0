"""The chain of the audit log: each row carries the hash of the row before.

Rows get their place at the very end of the unit of work that writes them. PostgreSQL lets one unit
of work at a time do that, SQLite has one writer anyway; as nothing is locked afterwards, nobody
waits for somebody who waits in turn.
"""

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bacowr.audit.models import AuditEvent, AuditHead

MAIN: Final = "main"
START: Final = "0" * 64
WAITING: Final = "audit_events_to_chain"
LOCK: Final = 0x62_61_63_6F_77_72  # "bacowr"; any number that nothing else in the house locks.
COVERED: Final = (
    "id",
    "actor_id",
    "actor_label",
    "action",
    "resource_type",
    "resource_id",
    "sequence",
    "previous_hash",
)


def hash_of(event: AuditEvent | sa.Row[Any]) -> str:
    """Return the hash that a row must have in its place; takes the row of its columns too."""
    told = {name: getattr(event, name) for name in COVERED}
    told |= {"at": event.at.isoformat(timespec="microseconds"), "data": _plain(event.data)}
    text = json.dumps(told, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def enlist(session: Session, event: AuditEvent) -> None:
    """Add a row to the session; it is chained when the unit of work ends."""
    session.add(event)
    session.info.setdefault(WAITING, []).append(event)


def close(session: Session) -> None:
    """Give the rows of a unit of work their places; the session calls it before it commits."""
    if session.in_nested_transaction():  # A savepoint is let go; the unit of work goes on.
        return
    waiting = session.info.pop(WAITING, ())
    # What a savepoint took back is in the session no more.
    if kept := [each for each in waiting if each in session]:
        with session.no_autoflush:
            _chain(session, kept)


def _chain(session: Session, events: Iterable[AuditEvent]) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    found = sa.select(AuditHead).where(AuditHead.id == MAIN)
    head = session.scalar(found.execution_options(populate_existing=True))
    if head is None:
        head = AuditHead(id=MAIN, sequence=0, hash=START)
        session.add(head)
    for event in events:
        event.sequence, event.previous_hash = head.sequence + 1, head.hash
        event.hash = hash_of(event)
        head.sequence, head.hash = event.sequence, event.hash


def _plain(value: Any) -> Any:  # noqa: ANN401  # Whatever JSON holds.
    """Return a value as every database gives it back: PostgreSQL writes numbers its own way."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        exact = Decimal(repr(value))
        return int(exact) if exact == exact.to_integral_value() else format(exact.normalize(), "f")
    return value


sa.event.listen(Session, "before_commit", close)
