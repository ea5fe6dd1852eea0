"""Ordering, canceling, retrying, and what a worker stores."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.audit.models import AuditEvent
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict
from bacowr.engine import pipeline
from bacowr.engine.order import Order
from bacowr.engine.steps import done
from bacowr.jobs import queries, queue, service, workers
from bacowr.jobs.leases import Lease, LeaseLost
from bacowr.jobs.models import Job
from bacowr.jobs.outcome import Brief, Outcome
from bacowr.jobs.states import DocumentKind, EventType, JobStatus, StepStatus
from tests.plugins.short_pipeline import ORDER

OTHER = Order("publisher.example", "https://target.example/other", "an anchor")


def claimed(job: Job, worker: str = "w1", seconds: int = 60) -> Lease:
    lease = service.claim(job.id, worker=worker, seconds=seconds)
    assert lease is not None
    return lease


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.at)))


def step_names() -> list[str]:
    return [step.name for step in pipeline.STEPS]


@transaction
def silence(job: Job) -> None:
    """Let the lease of a job run out."""
    job.lease_until = clock.now() - timedelta(seconds=1)


def test_an_order_waits_with_all_its_steps_and_stands_in_the_queue(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    found = queries.get(job.id, owner=owner)
    assert found.order == ORDER
    assert (found.status, found.stage, found.attempt) == (JobStatus.PENDING, "receive", 0)
    assert [step.name for step in queries.steps_of(job)] == step_names()
    assert {step.status for step in queries.steps_of(job)} <= {StepStatus.QUEUED}
    assert queue.current().waiting() == {job.id}
    assert actions()[-1] == "job.create"


def test_the_same_order_under_the_same_key_is_one_job(owner: User) -> None:
    first = service.create(ORDER, owner=owner, idempotency_key="k")
    again = service.create(ORDER, owner=owner, idempotency_key="k")
    assert again.id == first.id
    assert queries.count_owned_by(owner) == 1
    with pytest.raises(Conflict, match="belongs to another order"):
        service.create(OTHER, owner=owner, idempotency_key="k")


def test_a_key_that_comes_twice_at_once_gives_one_job(app: Flask, owner: User) -> None:
    start = threading.Barrier(4)
    made: list[str] = []

    def order() -> None:
        with app.app_context():
            start.wait()
            made.append(service.create(ORDER, owner=owner, idempotency_key="k").id)

    threads = [threading.Thread(target=order) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1
    assert queries.count_owned_by(owner) == 1


def test_a_broken_order_without_a_key_is_not_tried_again(owner: User) -> None:
    broken = Order(None, "https://target.example/", "x")  # type: ignore[arg-type]
    with pytest.raises(sa.exc.IntegrityError):
        service.create(broken, owner=owner)
    assert queries.count_owned_by(owner) == 0


def test_one_of_many_workers_gets_a_job(app: Flask, owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    start = threading.Barrier(4)
    leases: list[Lease | None] = []

    def claim(worker: str) -> None:
        with app.app_context():
            start.wait()
            leases.append(service.claim(job.id, worker=worker, seconds=60))

    threads = [threading.Thread(target=claim, args=[f"w{number}"]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(leases) == 4
    assert len([lease for lease in leases if lease]) == 1


def test_an_unknown_job_can_not_be_claimed(app: Flask) -> None:
    del app
    assert service.claim("no such job", worker="w1", seconds=60) is None


@pytest.mark.usefixtures("steps")
def test_a_step_is_kept_with_its_output(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    lease = claimed(job)
    service.start_step(lease, "receive", input_hash="a" * 64)
    db.session.refresh(job)
    assert (job.stage, queries.steps_of(job)[0].status) == ("receive", StepStatus.RUNNING)
    service.finish_step(lease, "receive", {"found": 1})
    step = queries.steps_of(job)[0]
    assert (step.status, step.output, step.attempt) == (StepStatus.DONE, {"found": 1}, 1)
    assert queries.outputs_of(job) == {"receive": {"found": 1}}


@pytest.mark.usefixtures("steps")
def test_nothing_is_stored_for_a_worker_that_lost_its_lease(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    old = claimed(job)
    silence(job)
    assert service.release_expired() == 1
    new = claimed(job, worker="w1")
    assert new.attempt == 2
    attempts: list[Callable[[], None]] = [
        lambda: service.start_step(old, "receive", input_hash=""),
        lambda: service.finish_step(old, "receive", {}),
        lambda: service.finish(old, Outcome(())),
        lambda: service.fail(old, code="X", message="x"),
        lambda: service.heartbeat(old, seconds=60),
        lambda: service.hand_back(old),
    ]
    for attempt in attempts:
        with pytest.raises(LeaseLost):
            attempt()
    db.session.expire_all()
    assert queries.get(job.id, owner=owner).status is JobStatus.PROCESSING
    service.heartbeat(new, seconds=60)


def test_a_heartbeat_prolongs_the_lease_and_changes_nothing_else(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    lease = claimed(job, seconds=5)
    before = queries.get(job.id, owner=owner)
    db.session.refresh(before)
    until, version, updated = before.lease_until, before.version, before.updated_at
    service.heartbeat(lease, seconds=600)
    db.session.refresh(before)
    assert until is not None
    assert before.lease_until is not None
    assert before.lease_until > until
    assert (before.version, before.updated_at) == (version, updated)


@pytest.mark.usefixtures("steps")
def test_a_job_whose_worker_fell_silent_waits_again(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    service.start_step(claimed(job), "receive", input_hash="")
    assert service.release_expired() == 0
    silence(job)
    assert service.release_expired() == 1
    assert service.release_expired() == 0
    db.session.refresh(job)
    assert (job.status, job.lease_owner, job.times_lost) == (JobStatus.PENDING, None, 1)
    assert queries.steps_of(job)[0].status is StepStatus.QUEUED
    assert queries.events_of(job)[-1].type is EventType.LEASE_EXPIRED
    assert job.id in queue.current().waiting()


def test_a_worker_of_this_machine_that_is_gone_need_not_be_waited_for(owner: User) -> None:
    gone, here = service.create(ORDER, owner=owner), service.create(ORDER, owner=owner)
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    mine = workers.new_name()
    claimed(gone, worker=mine.replace(f"-{os.getpid()}-", f"-{process.pid}-"))
    claimed(here, worker=mine)
    assert service.release_expired() == 1
    db.session.expire_all()
    assert (gone.status, here.status) == (JobStatus.PENDING, JobStatus.PROCESSING)


def test_many_sweepers_at_once_release_a_job_once(app: Flask, owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    claimed(job)
    silence(job)
    start = threading.Barrier(3)
    released: list[int] = []

    def sweep() -> None:
        with app.app_context():
            start.wait()
            released.append(service.release_expired())

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(released) == [0, 0, 1]


@pytest.mark.usefixtures("steps")
def test_a_step_that_kills_its_worker_again_and_again_is_given_up(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    for _ in range(service.LOST_TOO_OFTEN):
        service.start_step(claimed(job), "receive", input_hash="")
        db.session.refresh(job)
        silence(job)
        assert service.release_expired() == 1
    db.session.refresh(job)
    assert (job.status, job.error_code) == (JobStatus.ABORTED, service.WORKER_LOST)
    assert "20 times in the step receive" in (job.error_message or "")
    assert queries.steps_of(job)[0].status is StepStatus.FAILED
    service.retry(job, by=owner)
    assert (job.times_lost, job.error_code) == (0, None)


@pytest.mark.usefixtures("steps")
def test_a_finished_step_makes_up_for_lost_workers(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    claimed(job)
    silence(job)
    service.release_expired()
    lease = claimed(job)
    service.start_step(lease, "receive", input_hash="")
    service.finish_step(lease, "receive", {})
    db.session.refresh(job)
    assert job.times_lost == 0


@pytest.mark.usefixtures("steps")
def test_a_failed_job_can_be_retried_and_keeps_its_finished_steps(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    lease = claimed(job)
    service.start_step(lease, "receive", input_hash="")
    service.finish_step(lease, "receive", {"found": 1})
    service.start_step(lease, "fetch", input_hash="")
    service.fail(lease, code="INTERNAL", message="A bug.")
    db.session.refresh(job)
    assert (job.error_code, job.error_message) == ("INTERNAL", "A bug.")
    assert [step.error for step in queries.steps_of(job)[:2]] == [None, "A bug."]
    service.retry(job, by=owner)
    assert [step.status for step in queries.steps_of(job)[:2]] == ["done", "queued"]
    assert (job.finished_at, job.error_code, job.error_message) == (None, None, None)
    assert actions()[-2:] == ["job.abort", "job.retry"]


def test_documents_are_kept_whether_delivered_or_blocked(owner: User) -> None:
    for outcome in (
        Outcome((brief("one"),)),
        Outcome((brief("two"),), (), "TARGET_HTTP", "The page said 404."),
    ):
        job = service.create(ORDER, owner=owner)
        service.finish(claimed(job), outcome)
        db.session.refresh(job)
        assert job.has_ended
        assert job.block_reason == outcome.block_reason
        assert queries.documents_of(job)[0].text == outcome.briefs[0].document.markdown
    assert actions()[-1] == "job.block"


def brief(text: str) -> Brief:
    kind = DocumentKind.BRIEF
    document = done.Document(kind, {}, {}, "b.md", "A brief", "sv", demo=False, markdown=text)
    return Brief(document, {})


def test_the_latest_document_of_a_kind_is_the_one_that_counts(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    service.finish(claimed(job), Outcome((brief("older"), brief("newer"))))
    assert [document.text for document in queries.documents_of(job)] == ["newer"]


def test_a_canceled_job_can_be_started_again(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    lease = claimed(job)
    service.cancel(job, by=owner)
    assert (job.status, job.lease_owner) == (JobStatus.CANCELED, None)
    with pytest.raises(LeaseLost):
        service.heartbeat(lease, seconds=60)
    service.retry(job, by=owner)
    assert job.status is JobStatus.PENDING
    assert actions()[-2:] == ["job.cancel", "job.retry"]


def test_what_the_queue_forgot_is_put_back(owner: User) -> None:
    job, fresh = service.create(ORDER, owner=owner), service.create(OTHER, owner=owner)
    queue.current().huey.storage.flush_all()
    assert service.requeue_forgotten() == 0
    age(job)
    assert service.requeue_forgotten() == 1
    assert queue.current().waiting() == {job.id}
    assert service.requeue_forgotten() == 0
    assert fresh.status is JobStatus.PENDING


@transaction
def age(job: Job) -> None:
    job.updated_at = clock.now() - timedelta(minutes=2)


def test_an_order_is_taken_although_the_queue_is_away(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_self: object, _job_id: str) -> None:
        raise OSError("no queue")

    monkeypatch.setattr(queue.Queue, "put", away)
    assert service.create(ORDER, owner=owner).status is JobStatus.PENDING
