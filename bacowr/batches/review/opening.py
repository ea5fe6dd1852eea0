"""Keeping a review in step with its jobs: items for all, and anew where a text has changed."""

import sqlalchemy as sa

from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.batches import announcing
from bacowr.batches.models import Batch, BatchStatus, Decision, ReviewItem
from bacowr.batches.review import approval, findings, queries, states
from bacowr.jobs import states as jobs
from bacowr.jobs.articles import settling, versions
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from bacowr.jobs.texts import Document


def catch_up(batch: Batch) -> None:
    """Give every job of the batch an item, and let what was written anew wait for a decision.

    Looks first, in one statement, and changes nothing when nothing is amiss; any number of
    processes may call this at a time. Does nothing for a batch that isn't up for review.
    """
    if batch.status in states.REVIEWABLE and _is_behind(batch):
        _catch_up(batch)


@transaction
def _catch_up(batch: Batch) -> None:
    hold(batch)
    if batch.status in states.REVIEWABLE:
        open_items(batch)
        for item in db.session.scalars(sa.select(ReviewItem).where(_is_stale(batch))):
            _renew(item)
        settle(batch)


def open_items(batch: Batch) -> None:
    """Make the items that are missing; those that are there stay as they are."""
    without = _has_no_item(batch)
    jobs_without = db.session.scalars(sa.select(Job).where(without)).all()
    counted = findings.numbers_of(without) if jobs_without else {}
    for job in jobs_without:
        db.session.add(
            ReviewItem(
                owner_id=batch.owner_id,
                batch_id=batch.id,
                job_id=job.id,
                qc_status=job.qc_status,
                qc_score=job.qc_score,
                issue_count=counted.get(job.id),
            )
        )
    db.session.flush()


def settle(batch: Batch) -> None:
    """Let the batch be where its items say: completed once all are decided, open otherwise."""
    counted = queries.tally(batch)
    touched = counted.decided + counted.being_written
    status = states.status_of(counted.decided, touched, counted.total)
    if touched:
        batch.review_started_at = batch.review_started_at or clock.now()
    if status is batch.status:
        return
    batch.status, batch.version = status, batch.version + 1
    batch.review_completed_at = clock.now() if status is BatchStatus.COMPLETED else None
    audit.record("batch.review", batch, actor=None, status=status)
    if status is BatchStatus.COMPLETED:
        announcing.announce(batch)


def hold(batch: Batch) -> None:
    """Keep others from deciding in this batch until this unit of work ends, and read it afresh."""
    statement = (
        sa.update(Batch)
        .where(Batch.id == batch.id)
        .values(version=Batch.version, updated_at=Batch.updated_at)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(statement)
    db.session.refresh(batch)


def _is_behind(batch: Batch) -> bool:
    without = sa.exists().where(_has_no_item(batch))
    return bool(db.session.scalar(sa.select(without | sa.exists().where(_is_stale(batch)))))


def _has_no_item(batch: Batch) -> sa.ColumnElement[bool]:
    known = sa.select(ReviewItem.job_id).where(ReviewItem.batch_id == batch.id)
    return sa.and_(Job.batch_id == batch.id, Job.id.not_in(known))


def _is_stale(batch: Batch) -> sa.ColumnElement[bool]:
    """The condition under which an item doesn't say what is the case with its job.

    A job written anew has ended or begun; an approved text was edited, or sent back elsewhere.
    """
    status = sa.select(Job.status).where(Job.id == ReviewItem.job_id).scalar_subquery()
    newer = sa.exists().where(
        Document.job_id == ReviewItem.job_id,
        Document.kind.in_(versions.KINDS),
        Document.created_at > ReviewItem.reviewed_at,
    )
    ended, open_, begun = jobs.ENDED, settling.OPEN, status == JobStatus.PROCESSING
    return sa.and_(
        ReviewItem.batch_id == batch.id,
        sa.or_(
            sa.and_(ReviewItem.decision.in_(states.BEING_WRITTEN), status.in_(ended)),
            sa.and_(ReviewItem.decision == Decision.NEEDS_REGENERATION, begun),
            sa.and_(ReviewItem.decision == Decision.APPROVED, sa.or_(newer, status.not_in(open_))),
        ),
    )


def _renew(item: ReviewItem) -> None:
    """Bring an item in step with its job; who decided, and the note, stay to be read."""
    before, job = item.decision, item.job
    running = before in states.BEING_WRITTEN and job.status is JobStatus.PROCESSING
    item.decision = Decision.REGENERATING if running else Decision.PENDING
    item.version += 1
    item.qc_status, item.qc_score = job.qc_status, job.qc_score
    item.issue_count = approval.findings_of(job)
    audit.record("review.renew", item, actor=None, before=before, after=item.decision)
