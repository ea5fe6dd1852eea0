"""What the jobs of batches wait for, and what becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.errors import Conflict
from bacowr.batches import dispatching, progress, service, states
from bacowr.batches.dispatching import Ending, turn
from bacowr.batches.models import Batch, BatchStatus
from bacowr.batches.progress import Progress
from bacowr.batches.service import Pace
from bacowr.engine.outcome import AbortCode, Aborted, BlockReason
from bacowr.jobs import queue
from bacowr.jobs import service as jobs
from bacowr.jobs.models import Job, JobEvent, JobStep
from bacowr.jobs.states import EventType, JobStatus
from tests.batches.conftest import NewBatch, Work
from tests.plugins.short_pipeline import Pipeline, ended


def counted(batch: Batch) -> Progress:
    return progress.of([batch.id])[batch.id]


def jobs_of(batch: Batch) -> list[Job]:
    db.session.expire_all()
    select = sa.select(Job).where(Job.batch_id == batch.id).order_by(Job.batch_row)
    return list(db.session.scalars(select))


class StandingClock:
    """A clock that goes on when a test says so, however slow the machine is."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        self.moment += timedelta(microseconds=1)  # No two things happen at one moment.
        return self.moment

    def let_seconds_pass(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def standing(monkeypatch: pytest.MonkeyPatch) -> StandingClock:
    made = StandingClock()
    monkeypatch.setattr(clock, "now", made.now)
    return made


def test_nothing_waits_for_a_worker_before_the_batch_lets_it_go(new_batch: NewBatch) -> None:
    batch = new_batch(4)
    assert counted(batch).held == 4
    assert not queue.current().waiting()
    assert jobs.claim(jobs_of(batch)[0].id, worker="w", seconds=9) is None
    with db.session.begin_nested():
        db.session.execute(sa.update(Job).values(updated_at=clock.now() - timedelta(hours=1)))
    assert jobs.requeue_forgotten() == 0


def test_a_job_of_a_batch_has_its_steps_and_its_first_event(new_batch: NewBatch) -> None:
    job = jobs_of(new_batch(1))[0]
    steps = db.session.scalars(sa.select(JobStep.name).order_by(JobStep.position)).all()
    assert steps == ["receive", "fetch", "brief", "done"]
    assert [each.type for each in db.session.scalars(sa.select(JobEvent))] == [EventType.CREATED]
    assert (job.batch_row, job.estimated_cost_usd) == (2, 0.01)


def test_a_batch_runs_to_its_review(new_batch: NewBatch, work: Work) -> None:
    batch = new_batch(7)
    assert [work() for _ in range(4)] == [3, 3, 1, 0]
    assert batch.status == BatchStatus.READY_FOR_REVIEW
    assert counted(batch).delivered == 7
    assert batch.started_at
    assert batch.completed_at
    assert [each.attempt for each in jobs_of(batch)] == [1] * 7


def test_no_more_begin_within_a_minute_than_was_chosen(
    standing: StandingClock, new_batch: NewBatch, work: Work
) -> None:
    new_batch(5, Pace(parallel=5, starts_per_minute=2))
    assert [work(), work()] == [2, 0]
    standing.let_seconds_pass(61)
    assert [work(), work()] == [2, 0]


def test_a_batch_waits_for_its_start(new_batch: NewBatch, work: Work) -> None:
    batch = new_batch(2, start_at=clock.now() + timedelta(hours=3))
    assert work() == 0
    assert batch.status == BatchStatus.PENDING
    batch.start_at = clock.now()
    db.session.commit()
    assert work() == 2


def test_paused_jobs_stay_where_they_are_until_the_batch_goes_on(
    new_batch: NewBatch, work: Work, owner: User
) -> None:
    batch = new_batch(5)
    dispatching.dispatch()
    service.pause(batch, by=owner)
    assert (counted(batch).held, work()) == (5, 0)
    service.resume(batch, by=owner)
    while work():
        pass
    assert batch.status == BatchStatus.READY_FOR_REVIEW


def test_a_job_under_way_goes_on_while_its_batch_is_paused(
    new_batch: NewBatch, owner: User
) -> None:
    batch = new_batch(2)
    dispatching.dispatch()
    lease = jobs.claim(jobs_of(batch)[0].id, worker="w", seconds=60)
    assert lease
    service.pause(batch, by=owner)
    jobs.fail(lease, code="X", message="It went on.")
    assert (counted(batch).held, counted(batch).aborted) == (1, 1)


def test_canceling_withdraws_what_has_not_ended(
    new_batch: NewBatch, work: Work, owner: User
) -> None:
    batch = new_batch(5)
    work()
    service.cancel(batch, by=owner)
    assert (counted(batch).delivered, counted(batch).canceled) == (3, 2)
    assert work() == 0
    assert not any(each.is_held for each in jobs_of(batch))
    with pytest.raises(Conflict):
        service.resume(batch, by=owner)


def test_a_running_step_notices_that_the_batch_was_canceled(
    new_batch: NewBatch, work: Work, steps: Pipeline, owner: User
) -> None:
    batch = new_batch(1)
    steps.before["fetch"] = lambda: service.cancel(batch, by=owner)
    work()
    assert jobs_of(batch)[0].status == JobStatus.CANCELED
    assert steps.ran == ["receive", "fetch"]


def fail_with(code: AbortCode, message: str = "It failed.") -> object:
    def fail() -> None:
        raise Aborted(code, message)

    return fail


def test_what_may_pass_is_tried_again_four_times(
    standing: StandingClock, new_batch: NewBatch, work: Work, steps: Pipeline
) -> None:
    batch = new_batch(1)
    steps.before["brief"] = fail_with(AbortCode.WRITER_FAILED)  # type: ignore[assignment]  # Raises.
    for seconds in (2, 4, 8, 16):
        assert work() == 1
        standing.let_seconds_pass(seconds - 1)
        assert work() == 0
        standing.let_seconds_pass(1)
    assert [work(), work()] == [1, 0]
    assert batch.status == BatchStatus.FAILED
    job = jobs_of(batch)[0]
    assert (job.error_code, job.automatic_retries) == (AbortCode.WRITER_FAILED, 4)
    assert steps.ran.count("fetch") == 1


def test_a_failed_row_holds_up_nobody(
    standing: StandingClock, new_batch: NewBatch, work: Work, steps: Pipeline
) -> None:
    batch = new_batch(6, Pace(parallel=1, starts_per_minute=600))
    ran: list[bool] = []

    def fail_first() -> None:
        ran.append(True)
        if len(ran) == 1:
            raise Aborted(AbortCode.WRITER_FAILED, "It failed.")

    steps.before["brief"] = fail_first
    work()
    standing.let_seconds_pass(5)
    while work():
        pass
    assert counted(batch).delivered == 6
    first, *others = jobs_of(batch)
    assert all(first.finished_at > each.finished_at for each in others if each.finished_at)  # type: ignore[operator]  # It ended.


def test_what_failed_for_good_can_be_tried_again(
    new_batch: NewBatch, work: Work, steps: Pipeline, owner: User
) -> None:
    batch = new_batch(2)
    steps.before["brief"] = steps.abort
    while work():
        pass
    assert counted(batch).failed == 2
    steps.before.clear()
    assert service.retry_failed(batch, by=owner) == 2
    while work():
        pass
    assert counted(batch).delivered == 2
    with pytest.raises(Conflict):
        service.retry_failed(batch, by=owner)


@pytest.mark.parametrize("scope", ["batch", "day"])
def test_a_cap_pauses_the_batch_and_resuming_takes_up_what_it_stopped(
    new_batch: NewBatch, work: Work, steps: Pipeline, owner: User, scope: str
) -> None:
    batch = new_batch(5)
    text = f"The cap of 1.00 USD per {scope} would be passed: 1 USD are spent."
    steps.before["brief"] = fail_with(AbortCode.CAP_REACHED, text)  # type: ignore[assignment]  # Raises.
    assert [work(), work()] == [3, 0]
    assert (batch.status, batch.halt_reason) == (BatchStatus.PAUSED, AbortCode.CAP_REACHED)
    steps.before.clear()
    service.resume(batch, by=owner)
    while work():
        pass
    assert counted(batch).delivered == 5
    assert batch.halt_reason is None


def test_the_cap_of_one_order_stops_no_other(
    new_batch: NewBatch, work: Work, steps: Pipeline
) -> None:
    batch = new_batch(2)
    text = "The cap of 1.00 USD per order would be passed: 1 USD are spent."
    steps.before["brief"] = fail_with(AbortCode.CAP_REACHED, text)  # type: ignore[assignment]  # Raises.
    while work():
        pass
    assert batch.status == BatchStatus.FAILED


def test_a_blocked_job_is_something_to_review(
    new_batch: NewBatch, work: Work, steps: Pipeline
) -> None:
    batch = new_batch(1)
    steps.outputs["done"] = ended(BlockReason.TARGET_HTTP)
    while work():
        pass
    assert (batch.status, counted(batch).blocked) == (BatchStatus.READY_FOR_REVIEW, 1)


def test_a_batch_of_which_nothing_is_left_is_canceled(
    new_batch: NewBatch, work: Work, owner: User
) -> None:
    batch = new_batch(1)
    jobs.cancel(jobs_of(batch)[0], by=owner)
    assert [work(), work()] == [0, 0]
    assert batch.status == BatchStatus.CANCELED


numbers = st.integers(0, 9)


@given(
    st.builds(Progress, *[numbers] * 11),
    st.integers(1, 9),
    st.integers(1, 20),
)
def test_a_turn_never_goes_beyond_what_was_chosen(
    found: Progress, parallel: int, starts: int
) -> None:
    if found.aborted < found.due + found.later + found.capped:
        return
    todo = turn(found, parallel=parallel, starts_per_minute=starts)
    assert not todo.releases or found.flying + todo.releases <= parallel
    assert not todo.releases or found.recent + todo.releases <= starts
    assert todo.releases <= found.held + found.due
    if todo.ending and todo.ending is not Ending.HALT:
        assert found.left == 0
    if found.left == 0 or found.capped:
        assert todo.ending


def test_every_status_but_the_last_ones_can_be_left() -> None:
    moves = [each for each in vars(states).values() if isinstance(each, states.Move)]
    left = {source for move in moves for source in move.sources}
    assert left == {
        BatchStatus.DRAFT,
        BatchStatus.PENDING,
        BatchStatus.PROCESSING,
        BatchStatus.PAUSED,
        BatchStatus.READY_FOR_REVIEW,
        BatchStatus.FAILED,
    }


@pytest.mark.parametrize(
    ("jobs_left", "seconds"), [(0, 0.0), (1, 45.0), (175, 2655.0), (3, 45.0), (20, 315.0)]
)
def test_the_time_that_a_batch_needs(jobs_left: int, seconds: float) -> None:
    assert progress.seconds_needed(jobs_left, 45, 3, 10) == seconds
