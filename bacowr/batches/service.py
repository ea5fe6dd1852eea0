"""Changing batches: made, paused, resumed, canceled and tried again, by people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, Invalid
from bacowr.batches import progress, states
from bacowr.batches.models import PARALLEL, STARTS_PER_MINUTE, Batch, BatchStatus
from bacowr.batches.states import Move
from bacowr.jobs import holds
from bacowr.jobs.holds import Wanted
from bacowr.jobs.models import Job
from bacowr.jobs.money import caps
from bacowr.jobs.states import JobStatus

MOST_PARALLEL = 64
MOST_STARTS = 600
NAME_LENGTH = 255


@dataclass(frozen=True)
class Pace:
    """How fast a batch may go, and what it may spend in all."""

    parallel: int = PARALLEL
    starts_per_minute: int = STARTS_PER_MINUTE
    cap_usd: float | None = None


@dataclass(frozen=True)
class Plan:
    """What a batch is called, how fast it goes, and when it begins; None for at once."""

    name: str
    pace: Pace = Pace()
    start_at: datetime | None = None
    time_zone: str | None = None


@transaction
def create(wanted: Sequence[Wanted], plan: Plan, *, owner: User) -> Batch:
    """Take the orders of a batch, all or none, and let it wait for its start.

    Raise Invalid for a plan that can't be, or no orders.
    """
    _check(plan, wanted)
    costs = [each.estimated_cost_usd for each in wanted]
    batch = Batch(
        owner_id=owner.id,
        name=plan.name.strip(),
        status=states.START.target,
        parallel=plan.pace.parallel,
        starts_per_minute=plan.pace.starts_per_minute,
        start_at=plan.start_at,
        time_zone=plan.time_zone,
        estimated_cost_usd=None if None in costs else round(sum(filter(None, costs)), 6),
    )
    db.session.add(batch)
    db.session.flush()
    caps.set_cap_of_batch(batch.id, plan.pace.cap_usd)
    holds.order_held(wanted, owner=owner, batch_id=batch.id)
    audit.record("batch.create", batch, actor=owner, jobs=len(wanted))
    return batch


def _check(plan: Plan, wanted: Sequence[Wanted]) -> None:
    faults = _faults_of(plan.pace)
    if not 1 <= len(plan.name.strip()) <= NAME_LENGTH:
        faults["name"] = [f"Give it a name of 1 to {NAME_LENGTH} characters."]
    if not wanted:
        faults["rows"] = ["Choose at least one row that has no faults."]
    if faults:
        raise Invalid("The batch can't be made like this.", fields=faults)


def _faults_of(pace: Pace) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    for name, value, most in (
        ("parallel", pace.parallel, MOST_PARALLEL),
        ("starts_per_minute", pace.starts_per_minute, MOST_STARTS),
    ):
        if not 1 <= value <= most:
            faults[name] = [f"Give a number from 1 to {most}."]
    return faults


@transaction
def pause(batch: Batch, *, by: User) -> None:
    """Let no further job begin; those under way go on to their ends. Conflict unless it runs."""
    _take(batch, states.PAUSE, by)
    batch.halt_reason = None
    holds.hold(batch.id)


@transaction
def resume(batch: Batch, *, by: User) -> None:
    """Go on with a paused batch, from its start if that is still to come; Conflict for any other.

    Jobs that a cap had stopped are taken up again.
    """
    _take(batch, states.RESUME, by)
    batch.halt_reason = None
    holds.hold(batch.id)
    holds.retry(sa.and_(Job.batch_id == batch.id, progress.is_capped()), by=by)


@transaction
def cancel(batch: Batch, *, by: User) -> None:
    """Withdraw all that has not ended; steps that run come to their end.

    Raise Conflict once the batch is over.
    """
    _take(batch, states.CANCEL, by)
    batch.halt_reason = None
    batch.completed_at = clock.now()
    holds.cancel(batch.id, by=by)


@transaction
def retry_failed(batch: Batch, *, by: User) -> int:
    """Let the jobs that failed wait for their batch again; return how many there are.

    A batch that was through goes on with them; Conflict when nothing failed or it was withdrawn.
    """
    _lock(batch)
    if batch.status not in states.OPEN | states.RETRY.sources:
        raise Conflict(f"The batch is {batch.status}, so nothing of it can be tried again.")
    number = holds.retry(sa.and_(Job.batch_id == batch.id, Job.status == JobStatus.ABORTED), by=by)
    if not number:
        raise Conflict("No order of this batch has failed.")
    if batch.status in states.RETRY.sources:
        batch.status, batch.completed_at = states.RETRY.target, None
    audit.record("batch.retry", batch, actor=by, jobs=number)
    return number


@transaction
def steer(batch: Batch, pace: Pace, *, by: User) -> None:
    """Change how fast a batch goes and what it may spend; Invalid for what can't be.

    Raise Conflict when it has no job to come.
    """
    if faults := _faults_of(pace):
        raise Invalid("The batch can't go like this.", fields=faults)
    _lock(batch)
    if batch.status not in states.OPEN:
        raise Conflict(f"The batch is {batch.status}: nothing of it is still to begin.")
    batch.parallel, batch.starts_per_minute = pace.parallel, pace.starts_per_minute
    caps.set_cap_of_batch(batch.id, pace.cap_usd)
    cap = "none" if pace.cap_usd is None else f"{pace.cap_usd:.2f}"
    audit.record(
        "batch.steer",
        batch,
        actor=by,
        parallel=pace.parallel,
        starts_per_minute=pace.starts_per_minute,
        cap_usd=cap,
    )


def _take(batch: Batch, move: Move, by: User) -> None:
    _lock(batch)
    if batch.status not in move.sources:
        raise Conflict(f"The batch is {batch.status}, so it can't become {move.target}.")
    batch.status = BatchStatus(move.target)
    audit.record(f"batch.{move.name}", batch, actor=by)


def _lock(batch: Batch) -> None:
    """Keep others from changing the batch until this unit of work ends, and read it afresh."""
    changed = sa.update(Batch).where(Batch.id == batch.id).values(version=Batch.version + 1)
    db.session.execute(changed.execution_options(synchronize_session=False))
    db.session.refresh(batch)
