"""What somebody who follows a job is told, one thing after the other (domain 7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User, UserStatus
from bacowr.accounts.visibility import visible_to
from bacowr.base.db import db
from bacowr.engine import pipeline
from bacowr.jobs import states
from bacowr.jobs.models import Job, JobEvent
from bacowr.jobs.states import EventType, JobStatus, Stage

WHOLE = 100
MESSAGES = {
    EventType.CREATED: "Ordered.",
    EventType.CLAIMED: "A worker has taken it.",
    EventType.STEP_STARTED: "The step {step} begins.",
    EventType.STEP_FINISHED: "The step {step} is done.",
    EventType.STEP_FAILED: "The step {step} failed.",
    EventType.HANDED_BACK: "It waits for another worker.",
    EventType.LEASE_EXPIRED: "Its worker fell silent, so it waits for another.",
    EventType.DELIVERED: "It is delivered.",
    EventType.BLOCKED: "It is blocked: {message}",
    EventType.ABORTED: "It was given up: {code}.",
    EventType.CANCELED: "It was canceled.",
    EventType.RETRIED: "It waits to be tried again.",
    EventType.EDITED: "Its text was edited.",
    EventType.DECIDED: "A finding was decided on.",
    EventType.SIGNED: "It is signed.",
    EventType.SENT_BACK: "It is to be written anew.",
}
FAILED = frozenset({JobStatus.ABORTED, JobStatus.CANCELED})


@dataclass(frozen=True)
class Told:
    """One thing that happened to a job; `number` counts them from 1."""

    number: int
    job_id: str
    status: JobStatus
    progress: int
    """How much of the work is done, in percent."""
    message: str
    timestamp: datetime

    @property
    def is_last(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.status in states.ENDED

    @property
    def name(self) -> str:
        """Name the kind of thing as older clients know it."""
        if not self.is_last:
            return "job:update"
        return "job:error" if self.status in FAILED else "job:completed"


def version_for(job_id: str, user: User) -> int | None:
    """Return the version of a job; None as soon as the person may not see it any more."""
    is_active = sa.exists().where(User.id == user.id, User.status == UserStatus.ACTIVE)
    select = sa.select(Job.version).where(
        Job.id == job_id, Job.deleted_at.is_(None), visible_to(user, Job.owner_id), is_active
    )
    return db.session.scalar(select)


def all_of(job_id: str) -> list[Told]:
    """Tell everything that happened to a job, the earliest first.

    Of one that an older version kept no history of, only how it stands is known.
    """
    select = (
        sa.select(JobEvent.at, JobEvent.type, JobEvent.to_status, JobEvent.data)
        .where(JobEvent.job_id == job_id)
        .order_by(JobEvent.at, JobEvent.id)
    )
    done: set[str] = set()
    told = []
    for number, (at, kind, status, data) in enumerate(db.session.execute(select), 1):
        _count(done, kind, data)
        message = MESSAGES[kind].format_map(_Words(data))
        told.append(Told(number, job_id, status, _progress(done, status), message, at))
    return told or [_as_it_stands(job_id)]


def _as_it_stands(job_id: str) -> Told:
    job = db.session.get_one(Job, job_id, populate_existing=True)
    message = f"It is {job.status}."
    return Told(1, job.id, job.status, _progress(set(), job.status), message, job.updated_at)


class _Words(dict[str, Any]):
    """What an event says; a word that it lacks is left out."""

    def __missing__(self, key: str) -> str:
        return "?"


def _count(done: set[str], kind: EventType, data: dict[str, Any]) -> None:
    if kind is EventType.STEP_FINISHED:
        done.add(str(data.get("step")))
    elif kind is EventType.SENT_BACK:
        done -= _repeated(data.get("stage"))


def _repeated(stage: object) -> set[str]:
    steps: Sequence[Stage] = pipeline.FROM_WRITING
    if stage == Stage.SERP:
        steps = pipeline.FROM_SEARCHING
    return {str(each) for each in steps}


def _progress(done: set[str], status: JobStatus) -> int:
    if status in {JobStatus.DELIVERED, JobStatus.BLOCKED}:
        return WHOLE
    known = {step.name for step in pipeline.STEPS}
    return WHOLE * len(done & known) // len(known)
