"""Taking one arrow of the state machine, with the trace that it leaves."""

from collections.abc import Sequence

import sqlalchemy as sa

from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.errors import Conflict
from bacowr.engine import pipeline
from bacowr.jobs import queries, states
from bacowr.jobs.leases import Lease, LeaseLost
from bacowr.jobs.models import Job, JobEvent, JobStep
from bacowr.jobs.queries import Held
from bacowr.jobs.states import EventType, JobStatus, Move, Stage, StepStatus

UNFINISHED = (StepStatus.RUNNING, StepStatus.FAILED)


def lock(job: Job) -> None:
    """Keep others from changing the job until this unit of work ends, and read it afresh.

    A write that comes first locks the row on PostgreSQL and the file on SQLite alike.
    """
    _lock(Job.id == job.id)
    db.session.refresh(job)


def lock_held(lease: Lease) -> Job:
    """Lock the job of a lease and return it; raise LeaseLost when it is in other hands."""
    if not _lock(lease.holds):
        raise LeaseLost(lease.job_id)
    return db.session.get_one(Job, lease.job_id, populate_existing=True)


def lock_unchanged(held: Held) -> Job | None:
    """Lock a job whose lease is as it was seen and return it; None when it has changed."""
    if not _lock(
        sa.and_(
            Job.id == held.job_id,
            Job.status == JobStatus.PROCESSING,
            Job.lease_owner == held.worker,
            Job.lease_until == held.until,
        )
    ):
        return None
    return db.session.get_one(Job, held.job_id, populate_existing=True)


def _lock(condition: sa.ColumnElement[bool]) -> bool:
    return written(sa.update(Job).where(condition).values(version=Job.version + 1))


def written(statement: sa.Update) -> bool:
    """Change one job by one statement, and tell whether there was one to change."""
    returning = statement.returning(Job.id).execution_options(synchronize_session=False)
    return db.session.scalar(returning) is not None


def make(job: Job, move: Move, *, actor: str, **data: str | int) -> None:
    """Take the arrow, and note it; raise Conflict when it does not start at the job's status."""
    if job.status not in move.sources:
        raise Conflict(f"Job {job.id} is {job.status}, so it can't become {move.target}.")
    source, job.status = job.status, move.target
    ended = move.target in states.ENDED
    job.finished_at = clock.now() if ended else None
    job.lease_owner = job.lease_until = None
    job.block_reason = job.error_code = job.error_message = None
    note(job, move.event, actor=actor, source=source, **data)


def note(
    job: Job,
    event: EventType,
    *,
    actor: str,
    source: JobStatus | None = None,
    **data: str | int,
) -> None:
    """Add to what happened to the job."""
    db.session.add(
        JobEvent(
            job_id=job.id,
            at=clock.now(),
            actor=actor,
            type=event,
            from_status=source,
            to_status=job.status,
            data=data,
        )
    )


def note_step(job: Job, event: EventType, step: JobStep, *, actor: str) -> None:
    """Add to what happened to the job: something with one of its steps."""
    note(job, event, actor=actor, source=job.status, step=step.name, attempt=step.attempt)


def requeue_steps(job: Job) -> None:
    """Let the steps that were begun and not finished wait for another try."""
    db.session.execute(
        sa.update(JobStep)
        .where(JobStep.job_id == job.id, JobStep.status.in_(UNFINISHED))
        .values(status=StepStatus.QUEUED, finished_at=None, error=None)
    )


def complete_steps(job: Job) -> None:
    """Give the job the steps of the pipeline that it doesn't have, and all of them their places.

    An older job has fewer: what came after it was ordered is carried out too.
    """
    known = {each.name: each for each in queries.steps_of(job)}
    for position, step in enumerate(pipeline.STEPS):
        if step.name in known:
            known[step.name].position = position
        else:
            db.session.add(JobStep(job_id=job.id, position=position, name=step.name))


def begin_anew(job: Job, steps: Sequence[Stage]) -> None:
    """Let these steps, the pipeline's last ones, wait again as another round."""
    job.round_number += 1
    job.stage = steps[0]
    job.qc_status = job.qc_score = None
    db.session.execute(
        sa.update(JobStep)
        .where(JobStep.job_id == job.id, JobStep.name.in_(steps))
        .values(status=StepStatus.QUEUED, output=None, finished_at=None, error=None)
    )
