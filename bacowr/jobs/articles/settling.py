"""What the checks of a version mean for its job."""

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.errors import Conflict
from bacowr.engine.checks.assembly import Material
from bacowr.engine.checks.model import Report
from bacowr.engine.steps.done import verdict
from bacowr.jobs import moves, states
from bacowr.jobs.models import Job
from bacowr.jobs.states import EventType, JobStatus, Move
from bacowr.jobs.texts import Signoff

OPEN = frozenset({JobStatus.DELIVERED, JobStatus.BLOCKED})


def require_open(job: Job) -> None:
    """Raise Conflict unless the job has come to an end at which a person may work on it."""
    if job.status not in OPEN:
        raise Conflict(f"The order is {job.status}; its text can't be worked on.")


def settle(job: Job, report: Report, material: Material, event: EventType, *, by: User) -> None:
    """Let the job be delivered or blocked, as the checks of its latest version have it."""
    block = material.block or verdict(report.status)
    target = JobStatus.BLOCKED if block else JobStatus.DELIVERED
    told = {"reason": str(block.reason)} if block else {}
    moves.make(job, Move(event, OPEN, target), actor=by.email, **told)
    job.block_reason = block.reason if block else None
    job.qc_status, job.qc_score = report.status, report.score
    job.stage = states.Stage.DONE


def void_signoffs(job: Job, reason: str) -> None:
    """Void every signature that still holds."""
    db.session.execute(
        sa.update(Signoff)
        .where(Signoff.job_id == job.id, Signoff.voided_at.is_(None))
        .values(voided_at=clock.now(), void_reason=reason)
    )
