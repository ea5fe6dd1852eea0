"""How far batches are: counted from their jobs and calls, never kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.usage import CostSource
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.batches.states import MOST_RETRIES, RETRYABLE, wait_seconds
from bacowr.engine.outcome import AbortCode
from bacowr.jobs.models import Job
from bacowr.jobs.spending import CapScope, ModelCall
from bacowr.jobs.states import JobStatus

MINUTE = timedelta(minutes=1)
SAMPLED = 50


@dataclass(frozen=True)
class Progress:
    """The jobs of one batch, counted by where they are.

    `held` wait for their batch, `waiting` for a worker. `recent` were let go within a minute;
    of the aborted, `due` and `later` will be tried again by themselves, and `capped` ran into a
    cap of more than one order. `jobs_version` grows with everything that happens to a job.
    """

    held: int = 0
    waiting: int = 0
    running: int = 0
    delivered: int = 0
    blocked: int = 0
    aborted: int = 0
    canceled: int = 0
    recent: int = 0
    due: int = 0
    later: int = 0
    capped: int = 0
    jobs_version: int = 0

    @property
    def flying(self) -> int:
        """How many are under way, whether or not a worker has them yet."""
        return self.waiting + self.running

    @property
    def ended(self) -> int:
        """How many came to an end, good or bad; those to be tried again did not."""
        return self.reviewable + self.failed + self.canceled

    @property
    def reviewable(self) -> int:
        """How many have something to look at."""
        return self.delivered + self.blocked

    @property
    def failed(self) -> int:
        """How many were given up."""
        return self.aborted - self.due - self.later

    @property
    def total(self) -> int:
        """How many there are."""
        return self.held + self.flying + self.reviewable + self.aborted + self.canceled

    @property
    def left(self) -> int:
        """How many are still to come to an end."""
        return self.total - self.ended

    def share(self, count: int) -> float:
        """Give a count's share of all, in percent."""
        return round(100 * count / self.total, 2) if self.total else 0.0


@dataclass(frozen=True)
class Spent:
    """What batches' calls cost; None when the price of one is unknown."""

    usd: float | None = 0.0
    source: CostSource | None = None


def of(batch_ids: Collection[str]) -> Mapping[str, Progress]:
    """Count the jobs of batches, in one statement."""
    now = clock.now()
    rows = db.session.execute(
        sa.select(Job.batch_id, *(_counted(name, sign) for name, sign in _signs(now).items()))
        .add_columns(sa.func.sum(Job.version).label("jobs_version"))
        .where(Job.batch_id.in_(batch_ids))
        .group_by(Job.batch_id)
    )
    found = {row.batch_id: _progress(row._mapping) for row in rows}  # noqa: SLF001  # Theirs, public.
    return {batch_id: found.get(batch_id, Progress()) for batch_id in batch_ids}


def _progress(row: Mapping[Any, Any]) -> Progress:
    return Progress(**{name: int(row[name] or 0) for name in Progress.__dataclass_fields__})


def _counted(name: str, sign: sa.ColumnElement[bool]) -> sa.Label[int]:
    return sa.func.sum(sa.case((sign, 1), else_=0)).label(name)


def _signs(now: datetime) -> dict[str, sa.ColumnElement[bool]]:
    pending = Job.status == JobStatus.PENDING
    return {
        "held": sa.and_(pending, Job.is_held),
        "waiting": sa.and_(pending, Job.is_held.is_(False)),
        "running": Job.status == JobStatus.PROCESSING,
        "delivered": Job.status == JobStatus.DELIVERED,
        "blocked": Job.status == JobStatus.BLOCKED,
        "aborted": Job.status == JobStatus.ABORTED,
        "canceled": Job.status == JobStatus.CANCELED,
        "recent": sa.and_(Job.released_at.is_not(None), Job.released_at > now - MINUTE),
        "due": is_due(now),
        "later": sa.and_(_may_pass(), sa.not_(is_due(now))),
        "capped": is_capped(),
    }


def _may_pass() -> sa.ColumnElement[bool]:
    return sa.and_(
        Job.status == JobStatus.ABORTED,
        Job.error_code.in_(RETRYABLE),
        Job.automatic_retries < MOST_RETRIES,
    )


def is_due(now: datetime) -> sa.ColumnElement[bool]:
    """The condition under which a failed job is to be tried again by itself."""
    waited = (
        sa.and_(
            Job.automatic_retries == number,
            Job.finished_at <= now - timedelta(seconds=wait_seconds(number)),
        )
        for number in range(MOST_RETRIES)
    )
    return sa.and_(_may_pass(), sa.or_(*waited))


def is_capped() -> sa.ColumnElement[bool]:
    """The condition under which a job was stopped by a cap or quota that stops the others too.

    Only the words tell the cap of one order, which stops nobody else, from the rest.
    """
    return sa.and_(
        Job.status == JobStatus.ABORTED,
        Job.error_code.in_([AbortCode.CAP_REACHED, AbortCode.TOKENS_SPENT]),
        sa.not_(Job.error_message.contains(f"per {CapScope.ORDER} ")),
    )


def spent(batch_ids: Collection[str]) -> Mapping[str, Spent]:
    """Add up what batches cost so far, in one statement."""
    known, measured = (
        sa.func.min(sa.case((condition, 1), else_=0))
        for condition in (
            ModelCall.cost_usd.is_not(None),
            ModelCall.cost_source == CostSource.MEASURED,
        )
    )
    rows: Any = db.session.execute(
        sa.select(Job.batch_id, sa.func.sum(ModelCall.cost_usd), known, measured)
        .join(ModelCall, ModelCall.job_id == Job.id)
        .where(Job.batch_id.in_(batch_ids))
        .group_by(Job.batch_id)
    )
    found = {
        batch_id: Spent(
            round(total, 6) if is_known else None,
            (CostSource.MEASURED if is_measured else CostSource.ESTIMATE) if is_known else None,
        )
        for batch_id, total, is_known, is_measured in rows
    }
    return {batch_id: found.get(batch_id, Spent()) for batch_id in batch_ids}


def usual_seconds(batch_id: str) -> float | None:
    """Give how long the batch's last jobs took on average; None before one has ended."""
    rows = db.session.execute(
        sa.select(Job.started_at, Job.finished_at)
        .where(
            Job.batch_id == batch_id,
            Job.status.in_((JobStatus.DELIVERED, JobStatus.BLOCKED)),
            Job.started_at.is_not(None),
        )
        .order_by(Job.finished_at.desc())
        .limit(SAMPLED)
    ).all()
    took = [(end - start).total_seconds() for start, end in rows if start and end]
    return sum(took) / len(took) if took else None


def seconds_needed(jobs: int, seconds_each: float, parallel: int, starts_per_minute: int) -> float:
    """Say how long jobs take that many at a time, with so many starts a minute at most.

    The starts come first: the last job begins once all others have, and then takes its time.
    """
    if jobs < 1:
        return 0.0
    rounds = -(-jobs // parallel)
    starting = (jobs - 1) // starts_per_minute * MINUTE.total_seconds()
    return max(rounds * seconds_each, starting + seconds_each)
