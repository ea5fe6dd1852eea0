"""Jobs that their batch holds: ordered together, let go a few at a time, and steered together.

Each function is one unit of work with a fixed number of statements, however many jobs there are.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from bacowr.accounts import quotas
from bacowr.accounts.models import User
from bacowr.audit.service import SYSTEM
from bacowr.base import clock
from bacowr.base.db import after_commit, db, transaction
from bacowr.base.types import new_id
from bacowr.engine import pipeline
from bacowr.engine.order import Order
from bacowr.jobs import announcing, moves, queue, states
from bacowr.jobs.models import Job, JobEvent, JobStep
from bacowr.jobs.states import EventType, JobStatus, StepStatus


@dataclass(frozen=True)
class Wanted:
    """One order of a batch: the row it stands in, and what it is expected to cost."""

    order: Order
    row: int
    estimated_cost_usd: float | None = None


@transaction
def order_held(wanted: Sequence[Wanted], *, owner: User, batch_id: str) -> None:
    """Take many orders; none waits for a worker before `release` lets it go.

    Raise QuotaSpent, and take none, when they are more than the month has left.
    """
    if not wanted:
        return
    quotas.spend_jobs(owner, len(wanted))
    jobs = [_values(each, owner, batch_id) for each in wanted]
    db.session.execute(sa.insert(Job), jobs)
    names = [step.name for step in pipeline.STEPS]
    steps = [
        {"id": new_id(), "job_id": job["id"], "position": position, "name": name}
        for job in jobs
        for position, name in enumerate(names)
    ]
    db.session.execute(sa.insert(JobStep), steps)
    announcing.announce_ordered(owner.id, jobs)
    _note([job["id"] for job in jobs], EventType.CREATED, (None, JobStatus.PENDING), owner.email)


def _values(wanted: Wanted, owner: User, batch_id: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "owner_id": owner.id,
        "batch_id": batch_id,
        "batch_row": wanted.row,
        "is_held": True,
        "estimated_cost_usd": wanted.estimated_cost_usd,
        **asdict(wanted.order),
    }


@transaction
def release(batch_id: str, number: int) -> int:
    """Let that many held jobs wait for a worker; return how many there were.

    They go in the order of their rows; those that failed before come after all others.
    """
    chosen = (
        sa.select(Job.id)
        .where(Job.batch_id == batch_id, Job.is_held, Job.status == JobStatus.PENDING)
        .order_by(Job.automatic_retries, Job.batch_row, Job.id)
        .limit(number)
    )
    ids = db.session.scalars(chosen).all()
    if not ids:
        return 0
    held = sa.and_(Job.id.in_(ids), Job.is_held, Job.status == JobStatus.PENDING)
    released = _change(held, is_held=False, released_at=clock.now())
    after_commit(lambda: _put(released))
    return len(released)


def _put(ids: Sequence[str]) -> None:
    line = queue.current()
    for job_id in ids:
        line.put(job_id)


@transaction
def hold(batch_id: str) -> int:
    """Hold the jobs that no worker has taken yet; return how many there were."""
    waiting = sa.and_(
        Job.batch_id == batch_id, Job.status == JobStatus.PENDING, Job.is_held.is_(False)
    )
    return len(_change(waiting, is_held=True))


@transaction
def cancel(batch_id: str, *, by: User) -> int:
    """Withdraw every job that has not ended; a worker that runs one stops after its step."""
    total = 0
    for source in states.CANCEL.sources:
        condition = sa.and_(Job.batch_id == batch_id, Job.status == source)
        ids = _change(
            condition,
            status=states.CANCEL.target,
            is_held=False,
            finished_at=clock.now(),
            lease_owner=None,
            lease_until=None,
        )
        _note(ids, EventType.CANCELED, (source, states.CANCEL.target), by.email)
        total += len(ids)
    if total:
        _requeue_steps(sa.select(Job.id).where(Job.batch_id == batch_id, Job.status == "canceled"))
    return total


@transaction
def retry(condition: sa.ColumnElement[bool], *, by: User | None) -> int:
    """Let aborted jobs wait for their batch again; their finished steps stay finished.

    `by` is None for what a batch does by itself, which is counted; a person begins the count anew.
    """
    ids = _change(
        sa.and_(condition, Job.status == JobStatus.ABORTED),
        status=states.RETRY.target,
        is_held=True,
        finished_at=None,
        error_code=None,
        error_message=None,
        times_lost=0,
        automatic_retries=0 if by else Job.automatic_retries + 1,
    )
    if ids:
        actor = by.email if by else SYSTEM
        _note(ids, EventType.RETRIED, (JobStatus.ABORTED, states.RETRY.target), actor)
        _requeue_steps(ids)
    return len(ids)


def _change(condition: sa.ColumnElement[bool], **values: Any) -> Sequence[str]:  # noqa: ANN401  # Columns.
    statement = sa.update(Job).where(condition).values(version=Job.version + 1, **values)
    returning = statement.returning(Job.id).execution_options(synchronize_session=False)
    return db.session.scalars(returning).all()


def _requeue_steps(ids: Sequence[str] | sa.Select[str]) -> None:
    db.session.execute(
        sa.update(JobStep)
        .where(JobStep.job_id.in_(ids), JobStep.status.in_(moves.UNFINISHED))
        .values(status=StepStatus.QUEUED, finished_at=None, error=None)
        .execution_options(synchronize_session=False)
    )


def _note(
    ids: Sequence[str],
    event: EventType,
    moved: tuple[JobStatus | None, JobStatus],
    actor: str,
) -> None:
    if not ids:
        return
    source, target = moved
    at = clock.now()
    events = [
        {
            "job_id": job_id,
            "at": at,
            "actor": actor,
            "type": event,
            "from_status": source,
            "to_status": target,
        }
        for job_id in ids
    ]
    db.session.execute(sa.insert(JobEvent), events)
