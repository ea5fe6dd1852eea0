"""The latest orders that came to an end, one by one: what failed, what was mended, how long.

Reports, events and signatures of a hundred thousand orders are too much to read for a page; of
the latest few hundred they are not. Below that many, it is all of them.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, NamedTuple

import sqlalchemy as sa

from bacowr.analytics.kept import Memory
from bacowr.base.db import db
from bacowr.base.types import UTCDateTime
from bacowr.engine.checks.model import QcStatus
from bacowr.jobs.models import Job, JobEvent
from bacowr.jobs.outcome import REPAIRED
from bacowr.jobs.states import EventType, SignoffStep
from bacowr.jobs.texts import Document, QcRun, Signoff

Json = Any  # A report, as it was kept.


class Looked(NamedTuple):
    """One order looked at: the checks that did not pass, and how long its parts took."""

    failed: tuple[str, ...] = ()
    is_checked: bool = False
    is_mended: bool = False
    seconds: float | None = None
    seconds_to_sign: float | None = None


@dataclass(frozen=True)
class Recent:
    """The latest orders taken together; `orders` is how many there are.

    `seconds` is from the moment a worker took an order until its text was there, and
    `seconds_to_sign` from there until both steps were signed: medians, None without any.
    """

    orders: int
    checked: int
    mended: int
    signed: int
    failed: Mapping[str, int]
    seconds: float | None
    mean_seconds: float | None
    seconds_to_sign: float | None

    @property
    def mended_rate(self) -> float | None:
        """The share of checked articles that were repaired once; None without any."""
        return self.mended / self.checked if self.checked else None


memory: Memory[Looked] = Memory(5000)


def of(ended: Sequence[tuple[str, int]]) -> Recent:
    """Take orders together, given by id and version; four statements for those not yet known."""
    known = {key: found for key in ended if (found := memory.get(key)) is not None}
    missing = {key[0]: key for key in ended if key not in known}
    for job_id, found in (_look(missing) if missing else {}).items():
        known[missing[job_id]] = found
        memory.put(missing[job_id], found)
    return _together(list(known.values()))


def _together(looked: Sequence[Looked]) -> Recent:
    times = [each.seconds for each in looked if each.seconds is not None]
    signs = [each.seconds_to_sign for each in looked if each.seconds_to_sign is not None]
    return Recent(
        orders=len(looked),
        checked=sum(each.is_checked for each in looked),
        mended=sum(each.is_mended for each in looked),
        signed=len(signs),
        failed=Counter(name for each in looked for name in each.failed),
        seconds=median(times) if times else None,
        mean_seconds=sum(times) / len(times) if times else None,
        seconds_to_sign=median(signs) if signs else None,
    )


def _look(job_ids: Collection[str]) -> dict[str, Looked]:
    reports, ends, signs = _reports(job_ids), _ends(job_ids), _signs(job_ids)
    mended = _mended(job_ids)
    return {
        job_id: Looked(
            failed=_failed(reports.get(job_id)),
            is_checked=job_id in reports,
            is_mended=job_id in mended,
            seconds=_between(*ends.get(job_id, (None, None))),
            seconds_to_sign=_between(ends.get(job_id, (None, None))[1], signs.get(job_id)),
        )
        for job_id in job_ids
    }


def _failed(report: Json) -> tuple[str, ...]:
    checks = (report or {}).get("checks", ())
    return tuple(each["name"] for each in checks if each["status"] != QcStatus.PASS)


def _between(start: datetime | None, end: datetime | None) -> float | None:
    if start is None or end is None:
        return None
    return max(0.0, (end - start).total_seconds())


def _reports(job_ids: Collection[str]) -> dict[str, Json]:
    """Return the latest report on each order's article."""
    runs = (
        sa.select(QcRun.job_id, QcRun.id)
        .where(QcRun.job_id.in_(job_ids))
        .order_by(QcRun.created_at, QcRun.id.desc())
    )
    latest = {row[0]: row[1] for row in db.session.execute(runs)}
    reports = sa.select(QcRun.job_id, QcRun.report).where(QcRun.id.in_(latest.values()))
    return {row[0]: row[1] for row in db.session.execute(reports)}


def _mended(job_ids: Collection[str]) -> frozenset[str]:
    select = sa.select(Document.job_id).where(
        Document.job_id.in_(job_ids), Document.note == REPAIRED
    )
    return frozenset(db.session.scalars(select))


def _ends(job_ids: Collection[str]) -> dict[str, tuple[datetime | None, datetime | None]]:
    """Return when each order was first taken, and when it first had a text.

    An order's own end moves with every edit and signature; the first one stands in its events. Of
    what an older BACOWR has carried out, there are none.
    """
    first = (
        sa.select(sa.func.min(JobEvent.at, type_=UTCDateTime()))
        .where(
            JobEvent.job_id == Job.id,
            JobEvent.type.in_((EventType.DELIVERED, EventType.BLOCKED)),
        )
        .correlate(Job)
        .scalar_subquery()
    )
    select = sa.select(
        Job.id, Job.started_at, sa.func.coalesce(first, Job.finished_at, type_=UTCDateTime())
    ).where(Job.id.in_(job_ids))
    return {row[0]: (row[1], row[2]) for row in db.session.execute(select)}


def _signs(job_ids: Collection[str]) -> dict[str, datetime]:
    """Return when the second of both signatures was given, where both hold."""
    select = (
        sa.select(Signoff.job_id, sa.func.max(Signoff.signed_at, type_=UTCDateTime()))
        .where(Signoff.job_id.in_(job_ids), Signoff.voided_at.is_(None))
        .group_by(Signoff.job_id)
        .having(sa.func.count(Signoff.step.distinct()) == len(SignoffStep))
    )
    return {row[0]: row[1] for row in db.session.execute(select)}
