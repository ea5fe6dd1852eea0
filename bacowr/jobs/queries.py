"""Reading jobs, their steps, what happened to them and what came of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.visibility import visible_to
from bacowr.base import paging, tally
from bacowr.base.db import db
from bacowr.base.errors import NotFound
from bacowr.jobs.models import Job, JobEvent, JobStep
from bacowr.jobs.states import DocumentKind, EventType, JobStatus, StepStatus
from bacowr.jobs.texts import Document

# The table's own columns, not the model's attributes: rows of a list are not tracked objects.
_column = Job.__table__.c
LISTED = sa.select(
    _column.id,
    _column.owner_id,
    _column.publisher_domain,
    _column.target_url,
    _column.anchor_text,
    _column.language,
    _column.country,
    _column.llm_provider,
    _column.writing_strategy,
    _column.is_demo,
    _column.status,
    _column.stage,
    _column.block_reason,
    _column.qc_status,
    _column.qc_score,
    _column.estimated_cost_usd,
    _column.actual_cost_usd,
    _column.cost_source,
    _column.error_code,
    _column.error_message,
    _column.created_at,
    _column.updated_at,
    _column.started_at,
    _column.finished_at,
    _column.version,
).order_by(_column.created_at.desc(), _column.id.desc())


@dataclass(frozen=True)
class JobDetail:
    """A job with everything that a person may want to see of it."""

    job: Job
    steps: Sequence[JobStep]
    events: Sequence[JobEvent]
    documents: Sequence[Document]

    @property
    def retry_count(self) -> int:
        """How often somebody sent it on its way again."""
        return sum(event.type is EventType.RETRIED for event in self.events)

    @property
    def execution_log(self) -> dict[str, object]:
        """What happened, under the name by which older clients ask for it."""
        return {"log_entries": self.events}


class Held(NamedTuple):
    """A job in some worker's hands."""

    job_id: str
    worker: str
    until: datetime


def get(job_id: str, *, owner: User) -> Job:
    """Get one of the jobs that the person may see; raise NotFound for any other."""
    select = sa.select(Job).where(
        Job.id == job_id, Job.deleted_at.is_(None), visible_to(owner, Job.owner_id)
    )
    if job := db.session.scalar(select):
        return job
    raise NotFound("There is no such job.")


def detail(job_id: str, *, owner: User) -> JobDetail:
    """Get a job that the person may see, with all that belongs to it; else raise NotFound."""
    job = get(job_id, owner=owner)
    return JobDetail(job, steps_of(job), events_of(job), documents_of(job))


def find_by_idempotency_key(key: str, *, owner: User) -> Job | None:
    """Find the job that the person ordered under this key."""
    select = sa.select(Job).where(Job.owner_id == owner.id, Job.idempotency_key == key)
    return db.session.scalar(select)


def owned_by(
    owner: User, *, statuses: Collection[JobStatus] = (), search: str = ""
) -> sa.Select[*tuple[Any, ...]]:
    """Select the jobs that the person may see, newest first, as rows of what lists show.

    `search` is a part of the publisher, the target or the anchor, whatever its case.
    """
    return LISTED.where(*_narrowed(owner, statuses, search))


def count_owned_by(owner: User, *, statuses: Collection[JobStatus] = (), search: str = "") -> int:
    """Count what `owned_by` selects; remembered for as long as nothing is written."""
    return tally.remembered(
        ("jobs", owner.team_id or owner.id, frozenset(statuses), search.strip()),
        lambda: paging.count(LISTED.where(*_narrowed(owner, statuses, search))),
    )


def _narrowed(
    owner: User, statuses: Collection[JobStatus], search: str
) -> list[sa.ColumnElement[bool]]:
    conditions = [visible_to(owner, _column.owner_id), _column.deleted_at.is_(None)]
    if statuses:
        conditions.append(_column.status.in_(sorted(statuses)))
    if words := search.strip():
        searched = (_column.publisher_domain, _column.target_url, _column.anchor_text)
        conditions.append(
            sa.or_(
                *(
                    column.icontains(spelling, autoescape=True)
                    for column in searched
                    for spelling in _spellings(words)
                )
            )
        )
    return conditions


def _spellings(words: str) -> set[str]:
    """Return the cases to look for: SQLite folds a to z only, so å needs to be asked for as Å."""
    return {words} if words.isascii() else {words, words.lower(), words.upper()}


def steps_of(job: Job) -> Sequence[JobStep]:
    """Return all steps of a job, in their order, those to come too."""
    select = sa.select(JobStep).where(JobStep.job_id == job.id).order_by(JobStep.position)
    return db.session.scalars(select).all()


def get_step(job: Job, name: str) -> JobStep:
    """Get one step of a job; raise NotFound when the job has none of that name."""
    select = sa.select(JobStep).where(JobStep.job_id == job.id, JobStep.name == name)
    if step := db.session.scalar(select):
        return step
    raise NotFound(f"Job {job.id} has no step {name}.")


def running_steps_of(job: Job) -> Sequence[JobStep]:
    """Return the steps of a job that are under way: one, or none."""
    select = sa.select(JobStep).where(
        JobStep.job_id == job.id, JobStep.status == StepStatus.RUNNING
    )
    return db.session.scalars(select).all()


def outputs_of(job: Job) -> dict[str, dict[str, Any]]:
    """Return what the finished steps of a job found out, by their names, in their order."""
    return {step.name: step.output for step in steps_of(job) if step.output is not None}


def events_of(job: Job) -> Sequence[JobEvent]:
    """Return what happened to a job, the earliest first."""
    select = sa.select(JobEvent).where(JobEvent.job_id == job.id).order_by(JobEvent.at, JobEvent.id)
    return db.session.scalars(select).all()


def documents_of(job: Job) -> Sequence[Document]:
    """Return the latest document of each kind, in the order in which they were first written."""
    select = (
        sa.select(Document)
        .where(Document.job_id == job.id)
        .order_by(Document.created_at, Document.id)
    )
    return list({document.kind: document for document in db.session.scalars(select)}.values())


def kinds_of(job_ids: Collection[str]) -> dict[str, frozenset[DocumentKind]]:
    """Return which kinds of documents each of these jobs has; those without any are left out."""
    select = sa.select(Document.job_id, Document.kind).where(Document.job_id.in_(job_ids))
    found: dict[str, set[DocumentKind]] = {}
    for job_id, kind in db.session.execute(select.distinct()):
        found.setdefault(job_id, set()).add(kind)
    return {job_id: frozenset(kinds) for job_id, kinds in found.items()}


def held() -> Sequence[Held]:
    """Return every lease that is out."""
    held: sa.Select[*tuple[Any, ...]] = sa.select(Job.id, Job.lease_owner, Job.lease_until)
    rows = db.session.execute(held.where(Job.status == JobStatus.PROCESSING))
    return [Held(*row) for row in rows]


def pending_since(moment: datetime) -> Sequence[str]:
    """Return the ids of the jobs that have waited since `moment` or longer, the oldest first.

    Those that their batches hold don't wait for a worker.
    """
    select = (
        sa.select(Job.id)
        .where(Job.status == JobStatus.PENDING, Job.is_held.is_(False), Job.updated_at <= moment)
        .order_by(Job.created_at)
    )
    return db.session.scalars(select).all()
