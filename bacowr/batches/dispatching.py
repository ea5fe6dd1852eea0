"""Letting the jobs of batches go: when their time has come, and no faster than was chosen.

Any number of processes may do this at a time: each turn of a batch holds its row, so that two of
them never count the same gap. Nothing is kept in a process's memory.
"""

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.batches import announcing, progress, states
from bacowr.batches.models import Batch, BatchStatus
from bacowr.batches.progress import Progress
from bacowr.batches.review import opening
from bacowr.engine.outcome import AbortCode
from bacowr.jobs import holds
from bacowr.jobs.models import Job


class Ending(StrEnum):
    """What a batch that goes no further becomes."""

    HALT = "halt"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Turn:
    """What is to be done with a batch at once."""

    retries: bool = False
    releases: int = 0
    ending: Ending | None = None

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is to be done."""
        return self == Turn()


def turn(counted: Progress, *, parallel: int, starts_per_minute: int) -> Turn:
    """Decide what is to be done with a batch that runs."""
    if counted.capped:
        return Turn(ending=Ending.HALT)
    room = min(parallel - counted.flying, starts_per_minute - counted.recent)
    releases = max(0, min(room, counted.held + counted.due))
    if counted.left:
        return Turn(retries=counted.due > 0, releases=releases)
    return Turn(ending=_ending(counted))


def _ending(counted: Progress) -> Ending:
    if counted.reviewable:
        return Ending.FINISH
    return Ending.FAIL if counted.failed else Ending.CANCEL


def dispatch() -> int:
    """Begin the batches whose time has come, and give each that runs its turn.

    Return how many jobs were let go.
    """
    for batch_id in _due():
        _begin(batch_id)
    return sum(_turn(batch) for batch in _running())


def _due() -> list[str]:
    select = sa.select(Batch.id).where(
        Batch.status.in_(states.BEGIN.sources),
        sa.or_(Batch.start_at.is_(None), Batch.start_at <= clock.now()),
    )
    return list(db.session.scalars(select))


def _running() -> list[Batch]:
    select = sa.select(Batch).where(Batch.status == BatchStatus.PROCESSING)
    return list(db.session.scalars(select.order_by(Batch.created_at, Batch.id)))


@transaction
def _begin(batch_id: str) -> None:
    batch = _locked(batch_id, states.BEGIN.sources)
    if batch is not None:
        batch.status = states.BEGIN.target
        batch.started_at = batch.started_at or clock.now()
        audit.record("batch.begin", batch, actor=None)


def _turn(batch: Batch) -> int:
    """Look first, and hold the batch only when there is something to do."""
    return 0 if _next(batch).is_idle else _carry_out(batch.id)


def _next(batch: Batch) -> Turn:
    counted = progress.of([batch.id])[batch.id]
    return turn(counted, parallel=batch.parallel, starts_per_minute=batch.starts_per_minute)


@transaction
def _carry_out(batch_id: str) -> int:
    batch = _locked(batch_id, frozenset({BatchStatus.PROCESSING}))
    if batch is None:
        return 0
    todo = _next(batch)
    if todo.retries:
        due = sa.and_(Job.batch_id == batch.id, progress.is_due(clock.now()))
        holds.retry(due, by=None)
    if todo.ending:
        _end(batch, todo.ending)
    return holds.release(batch.id, todo.releases) if todo.releases else 0


def _end(batch: Batch, ending: Ending) -> None:
    if ending is Ending.HALT:
        batch.status, batch.halt_reason = states.PAUSE.target, AbortCode.CAP_REACHED
        holds.hold(batch.id)
    else:
        moves = {
            Ending.FINISH: states.FINISH,
            Ending.FAIL: states.FAIL,
            Ending.CANCEL: states.CANCEL,
        }
        batch.status, batch.completed_at = moves[ending].target, clock.now()
        if ending is Ending.FINISH:
            opening.open_items(batch)
    cost = progress.spent([batch.id])[batch.id]
    batch.actual_cost_usd, batch.cost_source = cost.usd, cost.source
    audit.record(f"batch.{ending}", batch, actor=None)
    announcing.announce(batch)


def _locked(batch_id: str, statuses: frozenset[BatchStatus]) -> Batch | None:
    """Hold a batch until this unit of work ends, if it is still in one of the statuses."""
    statement = (
        sa.update(Batch)
        .where(Batch.id == batch_id, Batch.status.in_(statuses))
        .values(version=Batch.version, updated_at=Batch.updated_at)
        .returning(Batch.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(statement) is None:
        return None
    return db.session.get_one(Batch, batch_id, populate_existing=True)
