"""Taking jobs out of sight, unless something that counts rests on them."""

from collections.abc import Iterator

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.backlinks.models import Backlink
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict
from bacowr.batches.models import ReviewItem
from bacowr.jobs import moves, states
from bacowr.jobs.articles import signing
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus


@transaction
def delete(job: Job, *, by: User) -> None:
    """Take a job out of sight for good; one that waits is withdrawn first.

    Its rows stay, so that what it cost still counts against every cap, and its idempotency key is
    free again. Raise Conflict while a worker runs it, and for one that belongs to a batch, carries
    a signature or stands behind a deal.
    """
    moves.lock(job)
    for reason in _reasons(job):
        raise Conflict(f"This job can't be deleted: {reason}")
    if job.status is JobStatus.PENDING:
        moves.make(job, states.CANCEL, actor=by.email)
    job.deleted_at, job.idempotency_key = clock.now(), None
    audit.record("job.delete", job, actor=by, status=job.status)


def _reasons(job: Job) -> Iterator[str]:
    if job.status is JobStatus.PROCESSING:
        yield "a worker runs it. Cancel it first."
    if job.batch_id is not None or _exists(ReviewItem.job_id == job.id):
        yield "it belongs to a batch, whose review would lose it."
    if signing.valid_of(job):
        yield "somebody has signed its article."
    if _exists(Backlink.job_id == job.id):
        yield "a deal of the library rests on it."


def _exists(condition: sa.ColumnElement[bool]) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(condition))))
