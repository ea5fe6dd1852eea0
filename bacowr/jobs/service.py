"""Changing jobs: what people ask for, and what a worker does while it holds one."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bacowr.accounts import quotas
from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import after_commit, db, transaction
from bacowr.base.errors import Conflict, Invalid
from bacowr.base.types import new_id
from bacowr.engine import pipeline
from bacowr.engine.order import Order
from bacowr.jobs import announcing, moves, queries, queue, states, workers
from bacowr.jobs.articles import arrival, settling
from bacowr.jobs.leases import Lease, LeaseLost
from bacowr.jobs.models import IDEMPOTENCY_KEY_LENGTH, Job
from bacowr.jobs.money import costs
from bacowr.jobs.outcome import Outcome
from bacowr.jobs.queries import Held
from bacowr.jobs.states import EventType, JobStatus, StepStatus

LOST_TOO_OFTEN = 20
WORKER_LOST = "WORKER_LOST"
FORGOTTEN_AFTER = timedelta(seconds=5)


def create(
    order: Order,
    *,
    owner: User,
    idempotency_key: str | None = None,
    is_demo: bool = False,
    estimated_cost_usd: float | None = None,
) -> Job:
    """Take an order and let it wait for a worker.

    The same order under the same key gives the job that exists; raise Conflict when the key
    belongs to another order, Invalid when it is too long. A demo runs on the sample pages that
    come with the product, and isn't counted against the quota; raise QuotaSpent when that is used
    up. `estimated_cost_usd` is what the orderer was told (`money.expected`).
    """
    if idempotency_key and len(idempotency_key) > IDEMPOTENCY_KEY_LENGTH:
        text = f"An idempotency key has at most {IDEMPOTENCY_KEY_LENGTH} characters."
        raise Invalid(text, fields={"idempotency_key": [text]})
    about = {"is_demo": is_demo, "estimated_cost_usd": estimated_cost_usd}
    try:
        return _create(order, owner, idempotency_key, **about)
    except IntegrityError:
        # Somebody was faster with the same key: theirs is stored by the time this one fails.
        if idempotency_key is None:
            raise
        return _create(order, owner, idempotency_key, **about)


@transaction
def _create(order: Order, owner: User, key: str | None, **about: Any) -> Job:  # noqa: ANN401  # Columns.
    if key and (known := queries.find_by_idempotency_key(key, owner=owner)):
        if known.order != order:
            raise Conflict("This idempotency key belongs to another order.")
        return known
    if not about["is_demo"]:
        quotas.spend_jobs(owner)
    job = Job(id=new_id(), owner_id=owner.id, idempotency_key=key, **about, **asdict(order))
    db.session.add(job)
    db.session.flush()  # The steps refer to it.
    moves.complete_steps(job)
    moves.note(job, EventType.CREATED, actor=owner.email)
    audit.record("job.create", job, actor=owner)
    announcing.announce(job)
    after_commit(lambda: queue.current().put(job.id))
    return job


@transaction
def cancel(job: Job, *, by: User) -> None:
    """Withdraw a job; raise Conflict when it has ended.

    A worker that runs it finishes its step, notices, and stops.
    """
    moves.lock(job)
    moves.make(job, states.CANCEL, actor=by.email)
    moves.requeue_steps(job)
    audit.record("job.cancel", job, actor=by)


@transaction
def retry(job: Job, *, by: User) -> None:
    """Send a job that was aborted or canceled on its way again; raise Conflict for any other.

    Its finished steps stay finished.
    """
    moves.lock(job)
    moves.make(job, states.RETRY, actor=by.email)
    moves.requeue_steps(job)
    job.times_lost, job.is_held = 0, False
    audit.record("job.retry", job, actor=by)
    after_commit(lambda: queue.current().put(job.id))


@transaction
def send_back(job: Job, *, by: User, wish: str | None = None) -> None:
    """Have a finished job written anew; raise Conflict for any other.

    What was read and found out stays; every version of the text stays too, and what was signed is
    void. `wish` is what the writer is told to do differently.
    """
    moves.lock(job)
    told = {"wish": wish} if wish else {}
    moves.make(job, states.SEND_BACK, actor=by.email, **told)
    moves.begin_anew(job, pipeline.FROM_WRITING)
    settling.void_signoffs(job, "It was sent back to be written anew.")
    audit.record("job.send_back", job, actor=by, round=job.round_number)
    after_commit(lambda: queue.current().put(job.id))


@transaction
def research_again(job: Job, *, by: User) -> None:
    """Have a finished job's searches made anew, and all that rests on them; Conflict for any other.

    The pages that were read and their profiles stay, and every version of the text; what was
    signed is void. With a writer connected the article is written anew as well.
    """
    moves.lock(job)
    moves.make(job, states.SEND_BACK, actor=by.email, stage=states.Stage.SERP)
    moves.begin_anew(job, pipeline.FROM_SEARCHING)
    settling.void_signoffs(job, "Its search results changed.")
    audit.record("job.research_again", job, actor=by, round=job.round_number)
    after_commit(lambda: queue.current().put(job.id))


@transaction
def claim(job_id: str, *, worker: str, seconds: int) -> Lease | None:
    """Take a waiting job for `seconds`; None when it doesn't wait, or another worker was faster.

    One atomic UPDATE decides. A job that its batch holds doesn't wait for a worker yet.
    """
    now = clock.now()
    statement = (
        sa.update(Job)
        .where(Job.id == job_id, Job.status.in_(states.CLAIM.sources), Job.is_held.is_(False))
        .values(
            status=states.CLAIM.target,
            lease_owner=worker,
            lease_until=now + timedelta(seconds=seconds),
            attempt=Job.attempt + 1,
            started_at=sa.func.coalesce(Job.started_at, now),
            version=Job.version + 1,
        )
    )
    if not moves.written(statement):
        return None
    job = db.session.get_one(Job, job_id, populate_existing=True)
    moves.note(job, EventType.CLAIMED, actor=worker, source=JobStatus.PENDING, attempt=job.attempt)
    moves.requeue_steps(job)
    moves.complete_steps(job)
    return Lease(job.id, worker, job.attempt)


@transaction
def heartbeat(lease: Lease, *, seconds: int) -> None:
    """Hold a job for another `seconds`; raise LeaseLost when it is in other hands."""
    until = clock.now() + timedelta(seconds=seconds)
    statement = (
        sa.update(Job).where(lease.holds).values(lease_until=until, updated_at=Job.updated_at)
    )
    if not moves.written(statement):
        raise LeaseLost(lease.job_id)


@transaction
def start_step(lease: Lease, name: str, *, input_hash: str) -> None:
    """Note that a step begins; raise LeaseLost when the job is in other hands."""
    job = moves.lock_held(lease)
    step = queries.get_step(job, name)
    step.status, step.started_at, step.input_hash = StepStatus.RUNNING, clock.now(), input_hash
    step.attempt += 1
    job.stage = name
    moves.note_step(job, EventType.STEP_STARTED, step, actor=lease.worker)


@transaction
def finish_step(lease: Lease, name: str, output: dict[str, Any]) -> None:
    """Keep what a step found out, for good; raise LeaseLost when the job is in other hands."""
    job = moves.lock_held(lease)
    step = queries.get_step(job, name)
    step.status, step.finished_at, step.output = StepStatus.DONE, clock.now(), output
    job.times_lost = 0
    moves.note_step(job, EventType.STEP_FINISHED, step, actor=lease.worker)


@transaction
def finish(lease: Lease, outcome: Outcome) -> None:
    """Store what came of a job: delivered, or blocked when there is a reason for that.

    Raises LeaseLost when the job is in other hands; nothing is stored then.
    """
    job = moves.lock_held(lease)
    if outcome.block_reason is None:
        moves.make(job, states.DELIVER, actor=lease.worker)
        job.stage = states.Stage.DONE
        audit.record("job.deliver", job, actor=None)
    else:
        told = {"reason": outcome.block_reason, "message": outcome.block_message or ""}
        moves.make(job, states.BLOCK, actor=lease.worker, **told)
        job.block_reason = outcome.block_reason
        audit.record("job.block", job, actor=None, reason=outcome.block_reason)
    job.is_demo = job.is_demo or outcome.is_demo
    job.qc_status, job.qc_score = outcome.qc_status, outcome.qc_score
    costs.close(job)
    arrival.store(job, outcome)
    announcing.announce(job)


@transaction
def fail(lease: Lease, *, code: str, message: str) -> None:
    """Give a job up; its finished steps stay, so that a retry goes on from there.

    Raises LeaseLost when the job is in other hands.
    """
    job = moves.lock_held(lease)
    _abort(job, code=code, message=message, actor=lease.worker)


def _abort(job: Job, *, code: str, message: str, actor: str) -> None:
    for step in queries.running_steps_of(job):
        step.status, step.finished_at, step.error = StepStatus.FAILED, clock.now(), message
        moves.note_step(job, EventType.STEP_FAILED, step, actor=actor)
    moves.make(job, states.ABORT, actor=actor, code=code)
    job.error_code, job.error_message = code, message
    costs.note(job)
    audit.record("job.abort", job, actor=None, code=code)
    announcing.announce(job)


@transaction
def hand_back(lease: Lease) -> None:
    """Let a job wait for another worker, at once; raise LeaseLost when it is in other hands."""
    job = moves.lock_held(lease)
    moves.make(job, states.HAND_BACK, actor=lease.worker)
    moves.requeue_steps(job)
    after_commit(lambda: queue.current().put(job.id))


def release_expired() -> int:
    """Let the jobs of silent workers wait for others; return how many there were.

    A worker is silent when its lease has run out, or when it is known to be gone. A job whose
    worker fell silent twenty times within one step is aborted instead, so that a step which kills
    its worker can't go on forever. Any number of sweepers may call this at a time.
    """
    now = clock.now()
    return sum(
        _release(held)
        for held in queries.held()
        if held.until < now or workers.is_gone(held.worker)
    )


@transaction
def _release(held: Held) -> bool:
    job = moves.lock_unchanged(held)
    if job is None:
        return False
    job.times_lost += 1
    if job.times_lost >= LOST_TOO_OFTEN:
        message = f"The worker fell silent {job.times_lost} times in the step {job.stage}."
        _abort(job, code=WORKER_LOST, message=message, actor=audit.SYSTEM)
        return True
    moves.make(job, states.EXPIRE, actor=audit.SYSTEM, worker=held.worker)
    moves.requeue_steps(job)
    after_commit(lambda: queue.current().put(job.id))
    return True


def requeue_forgotten() -> int:
    """Put the jobs back that have waited for some seconds without standing in the queue.

    Returns how many there were. An id that stands there twice does no harm.
    """
    waiting = queries.pending_since(clock.now() - FORGOTTEN_AFTER)
    line = queue.current()
    queued = line.waiting() if waiting else frozenset()
    forgotten = [job_id for job_id in waiting if job_id not in queued]
    for job_id in forgotten:
        line.put(job_id)
    return len(forgotten)
