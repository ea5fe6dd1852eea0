"""Checking the chain of the audit log."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bacowr.audit.chain import MAIN, START, hash_of
from bacowr.audit.models import AuditEvent, AuditHead
from bacowr.base.db import db

AT_A_TIME = 500


@dataclass(frozen=True)
class Break:
    """The first place at which the chain doesn't hold."""

    sequence: int
    event_id: str | None
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What a check found: rows that hold, rows outside of the chain, and the first break."""

    checked: int
    unchained: int
    head: str | None
    broken: Break | None

    @property
    def is_whole(self) -> bool:
        """Whether every chained row is as it was written, where it was written."""
        return self.broken is None


def verify() -> Verdict:
    """Check every chained row, and that the last one is the one that was written last.

    Rows from before there was a chain, and those that were taken over, are counted and no more.
    """
    loose = sa.select(sa.func.count()).where(AuditEvent.sequence.is_(None))
    unchained = db.session.scalar(loose) or 0
    # Read before the rows: whoever writes meanwhile only adds to them.
    head = db.session.get(AuditHead, MAIN, populate_existing=True)
    written, last = (head.sequence, head.hash) if head else (0, START)
    checked, previous = 0, START
    for row in _rows():
        if reason := _fault(row, checked + 1, previous):
            return Verdict(checked, unchained, None, Break(checked + 1, row.id, reason))
        checked, previous = checked + 1, row.hash
        if checked == written and previous != last:
            reason = "It is not the row that was written here last."
            return Verdict(checked, unchained, None, Break(checked, row.id, reason))
    if checked < written:
        reason = f"Rows {checked + 1} to {written} are missing at the end."
        return Verdict(checked, unchained, None, Break(checked + 1, None, reason))
    if checked and head is None:
        reason = "The note of where the chain ends is missing."
        return Verdict(checked, unchained, None, Break(checked, None, reason))
    return Verdict(checked, unchained, previous if checked else None, None)


def _rows() -> Iterator[sa.Row[Any]]:
    """Walk through the chained rows by place, so many at a time."""
    place = AuditEvent.sequence
    select = sa.select(*AuditEvent.__table__.columns).where(place.is_not(None)).order_by(place)
    rows = db.session.execute(select.limit(AT_A_TIME)).all()
    while rows:
        yield from rows
        rows = db.session.execute(select.where(place > rows[-1].sequence).limit(AT_A_TIME)).all()


def _fault(event: sa.Row[Any], place: int, previous: str) -> str | None:
    if event.sequence != place:
        return f"Row {place} is missing; row {event.sequence} comes next."
    if event.previous_hash != previous:
        return "It doesn't follow the row before."
    if event.hash != hash_of(event):
        return "It was changed after it was written."
    return None
