"""Reading the review of a batch: summaries only, never a text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.base.db import db
from bacowr.base.errors import NotFound
from bacowr.batches.models import Batch, Decision, ReviewItem
from bacowr.batches.review import states
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus, QcStatus

_item, _job, _user = ReviewItem.__table__.c, Job.__table__.c, User.__table__.c
WORST = sa.case(
    (_job.status.in_((JobStatus.ABORTED, JobStatus.CANCELED)), 0),
    (_job.qc_status == QcStatus.BLOCKED, 1),
    (_job.qc_status == QcStatus.NEEDS_SIGNOFF, 2),
    (_job.status == JobStatus.BLOCKED, 1),
    (_job.qc_status == QcStatus.WARNING, 3),
    (_job.qc_status == QcStatus.PASS, 5),
    else_=4,
)
"""The worst first; what was never measured comes before what passed."""

# The table's own columns, not the model's attributes: rows of a list are not tracked objects.
LISTED = (
    sa.select(
        _item.id,
        _item.job_id,
        _item.version,
        _item.decision,
        _item.notes,
        _item.reviewed_at,
        _item.regeneration_count,
        _user.email.label("reviewer"),
        _job.publisher_domain,
        _job.target_url,
        _job.anchor_text,
        _job.status,
        _job.block_reason,
        _job.qc_status,
        _job.qc_score,
        _job.is_demo,
        _job.batch_row,
    )
    .join_from(ReviewItem.__table__, Job.__table__, _item.job_id == _job.id)
    .outerjoin(User.__table__, _item.reviewer_id == _user.id)
)


@dataclass(frozen=True)
class Tally:
    """The items of a review, counted by what was decided."""

    approved: int
    rejected: int
    being_written: int
    total: int

    @property
    def decided(self) -> int:
        """How many are decided."""
        return self.approved + self.rejected

    @property
    def waiting(self) -> int:
        """How many wait for a decision."""
        return self.total - self.decided - self.being_written


def rows_of(batch: Batch) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """List a batch's items, the worst first; one statement, however many there are."""
    select = LISTED.where(_item.batch_id == batch.id).order_by(
        WORST, _job.qc_score, _job.batch_row, _item.id
    )
    return db.session.execute(select).all()


def row_of(item: ReviewItem) -> sa.Row[*tuple[Any, ...]]:
    """Give one item as the list has it."""
    return db.session.execute(LISTED.where(_item.id == item.id)).one()


def get(batch: Batch, item_id: str) -> ReviewItem:
    """Get one item of a batch; raise NotFound for any other."""
    select = sa.select(ReviewItem).where(ReviewItem.id == item_id, ReviewItem.batch_id == batch.id)
    if item := db.session.scalar(select):
        return item
    raise NotFound("This batch has no such item.")


def tally(batch: Batch) -> Tally:
    """Count a batch's items by what was decided, in one statement."""
    select = sa.select(_item.decision, sa.func.count().label("number")).where(
        _item.batch_id == batch.id
    )
    rows = db.session.execute(select.group_by(_item.decision))
    return tally_of(Counter({row.decision: row.number for row in rows}))


def tally_of(counted: Counter[Decision]) -> Tally:
    """Sum up how often each decision stands."""
    return Tally(
        approved=counted[Decision.APPROVED],
        rejected=counted[Decision.REJECTED],
        being_written=sum(counted[each] for each in states.BEING_WRITTEN),
        total=counted.total(),
    )


def approved(batch: Batch) -> Sequence[ReviewItem]:
    """Return what was approved, in the order of the batch's rows."""
    select = (
        sa.select(ReviewItem)
        .join(ReviewItem.job)
        .where(ReviewItem.batch_id == batch.id, ReviewItem.decision == Decision.APPROVED)
        .options(sa.orm.contains_eager(ReviewItem.job))
        .order_by(Job.batch_row, ReviewItem.id)
    )
    return db.session.scalars(select).all()
