"""What a person first wants to see: what waits for somebody, and what is under way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.visibility import visible_to
from bacowr.base.db import db
from bacowr.batches import progress, queries
from bacowr.batches.models import Batch, BatchStatus, Decision, ReviewItem
from bacowr.batches.queries import Standing
from bacowr.jobs.models import Job

MOST_BATCHES = 5
MOST_ORDERS = 6
UNDER_WAY = (BatchStatus.PROCESSING, BatchStatus.PENDING, BatchStatus.PAUSED)
REVIEWABLE = (BatchStatus.READY_FOR_REVIEW, BatchStatus.IN_REVIEW)
DECIDED = (Decision.APPROVED, Decision.REJECTED)


@dataclass(frozen=True)
class Review:
    """A batch up for review, and how many of its orders nobody has decided on."""

    batch: Batch
    left: int


@dataclass(frozen=True)
class Desk:
    """Batches that wait for a reviewer, and those that run, with how far they are."""

    reviews: Sequence[Review]
    running: Sequence[Standing]


def desk(user: User) -> Desk:
    """Find the person's open batches, the latest of each kind; a constant number of statements."""
    running, reviewed = _batches(user, UNDER_WAY), _batches(user, REVIEWABLE)
    told = queries.standings([*running, *reviewed]) if running or reviewed else []
    decided = _decided(reviewed)
    return Desk(
        reviews=[
            Review(each.batch, max(0, each.progress.ended - decided.get(each.batch.id, 0)))
            for each in told[len(running) :]
        ],
        running=[_with_time(each) for each in told[: len(running)]],
    )


def latest_orders(user: User) -> sa.Select[Job]:
    """Select the person's latest orders."""
    return (
        sa.select(Job)
        .where(visible_to(user, Job.owner_id), Job.deleted_at.is_(None))
        .order_by(Job.created_at.desc(), Job.id.desc())
        .limit(MOST_ORDERS)
    )


def _batches(user: User, statuses: Sequence[BatchStatus]) -> Sequence[Batch]:
    select = queries.owned_by(user, statuses=statuses).limit(MOST_BATCHES)
    return db.session.scalars(select).all()


def _decided(batches: Sequence[Batch]) -> Mapping[str, int]:
    if not batches:
        return {}
    select = (
        sa.select(ReviewItem.batch_id, sa.func.count())
        .where(
            ReviewItem.batch_id.in_([each.id for each in batches]),
            ReviewItem.decision.in_(DECIDED),
        )
        .group_by(ReviewItem.batch_id)
    )
    return {row[0]: row[1] for row in db.session.execute(select)}


def _with_time(standing: Standing) -> Standing:
    """Say how long a batch may still take, once an order of it has ended."""
    batch = standing.batch
    if batch.status is not BatchStatus.PROCESSING:
        return standing
    each = progress.usual_seconds(batch.id)
    if each is None:
        return standing
    left = progress.seconds_needed(
        standing.progress.left, each, batch.parallel, batch.starts_per_minute
    )
    return replace(standing, seconds_left=left)
