"""Reading batches, how far they are, and their jobs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.accounts.visibility import visible_to
from bacowr.base import paging
from bacowr.base.db import db
from bacowr.base.errors import NotFound
from bacowr.base.paging import Page
from bacowr.batches import progress, states
from bacowr.batches.models import Batch, BatchStatus
from bacowr.batches.progress import Progress, Spent
from bacowr.jobs import queries as jobs
from bacowr.jobs.models import Job
from bacowr.jobs.spending import BatchCap
from bacowr.jobs.states import JobStatus

_job = Job.__table__.c
ROWS = (
    jobs.LISTED.add_columns(_job.batch_row, _job.is_held, _job.automatic_retries, _job.released_at)
    .order_by(None)
    .order_by(_job.batch_row, _job.id)
)


@dataclass(frozen=True)
class Standing:
    """A batch, how far it is, what it cost, and how long it may still take."""

    batch: Batch
    progress: Progress
    spent: Spent
    cap_usd: float | None
    seconds_left: float | None = None

    @property
    def version(self) -> str:
        """Tell one state of the page from another."""
        return f"{self.batch.version}.{self.progress.jobs_version}.{self.batch.status}"

    @property
    def is_open(self) -> bool:
        """Tell whether jobs of it are still to come to an end."""
        return self.batch.status in states.OPEN

    def may(self, move: states.Move) -> bool:
        """Tell whether the state machine lets it go that way."""
        return self.batch.status in move.sources

    @property
    def is_retryable(self) -> bool:
        """Tell whether failed jobs of it can be sent on their way again."""
        return bool(self.progress.failed) and self.batch.status in (
            states.OPEN | states.RETRY.sources
        )


def get(batch_id: str, *, owner: User) -> Batch:
    """Get a batch that the person may see; raise NotFound for any other."""
    select = sa.select(Batch).where(Batch.id == batch_id, visible_to(owner, Batch.owner_id))
    if batch := db.session.scalar(select):
        return batch
    raise NotFound("There is no such batch.")


def owned_by(owner: User, *, statuses: Collection[BatchStatus] = ()) -> sa.Select[Batch]:
    """Select the batches that the person may see, newest first."""
    select = sa.select(Batch).where(visible_to(owner, Batch.owner_id))
    if statuses:
        select = select.where(Batch.status.in_(sorted(statuses)))
    return select.order_by(Batch.created_at.desc(), Batch.id.desc())


def part_of(select: sa.Select[Batch], *, skip: int, limit: int) -> Sequence[Batch]:
    """Give some of the batches that `owned_by` selects."""
    return db.session.scalars(select.offset(skip).limit(limit)).all()


def page_of(
    owner: User, *, statuses: Collection[BatchStatus] = (), page: int, size: int
) -> Page[Any]:
    """Give a page of the batches that the person may see, with how far each is; five statements."""
    select = owned_by(owner, statuses=statuses)
    total = paging.count(select)
    number = max(1, min(page, -(-total // size)))
    found = paging.paginate(select, page=number, page_size=size, total=total)
    return replace(found, items=standings(found.items))


def standings(batches: Sequence[Batch]) -> list[Standing]:
    """Tell how far batches are, in three statements."""
    ids = [each.id for each in batches]
    counted, cost, caps = progress.of(ids), progress.spent(ids), _caps(ids)
    return [Standing(each, counted[each.id], cost[each.id], caps.get(each.id)) for each in batches]


def standing(batch: Batch) -> Standing:
    """Tell how far a batch is and how long it may still take, by its own jobs so far."""
    found = standings([batch])[0]
    if batch.status is not BatchStatus.PROCESSING:
        return found
    each = progress.usual_seconds(batch.id)
    if each is None:
        return found
    left = progress.seconds_needed(
        found.progress.left, each, batch.parallel, batch.starts_per_minute
    )
    return replace(found, seconds_left=left)


def _caps(ids: Collection[str]) -> dict[str, float]:
    select = sa.select(BatchCap).where(BatchCap.batch_id.in_(ids))
    return {each.batch_id: each.limit_usd for each in db.session.scalars(select)}


PARTS: Mapping[str, sa.ColumnElement[bool]] = MappingProxyType(
    {
        "held": sa.and_(_job.status == JobStatus.PENDING, _job.is_held),
        "running": sa.or_(
            _job.status == JobStatus.PROCESSING,
            sa.and_(_job.status == JobStatus.PENDING, _job.is_held.is_(False)),
        ),
        "delivered": _job.status == JobStatus.DELIVERED,
        "blocked": _job.status == JobStatus.BLOCKED,
        "aborted": _job.status == JobStatus.ABORTED,
        "canceled": _job.status == JobStatus.CANCELED,
    }
)
"""The parts of a batch that its list of jobs can be narrowed to."""


def rows_of(batch: Batch, part: str = "") -> sa.Select[*tuple[Any, ...]]:
    """Select the batch's jobs in the order of their rows, all or one part of them."""
    select = ROWS.where(_job.batch_id == batch.id)
    return select.where(PARTS[part]) if part in PARTS else select
