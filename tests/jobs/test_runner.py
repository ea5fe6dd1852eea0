"""Running a job: each step once, whatever happens."""

from __future__ import annotations

import dataclasses
import threading
from datetime import timedelta

import pytest
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.engine.outcome import BlockReason
from bacowr.jobs import queries, queue, service
from bacowr.jobs.leases import Lease
from bacowr.jobs.models import Job
from bacowr.jobs.runner import Runner, installed
from bacowr.jobs.states import EventType, JobStatus, StepStatus
from tests.plugins.short_pipeline import ORDER, Pipeline, ended, no_world

ALL = ["receive", "fetch", "brief", "done"]


def fresh(job: Job) -> Job:
    db.session.expire_all()
    return db.session.get_one(Job, job.id)


def test_a_job_is_delivered_with_its_documents(
    owner: User, runner: Runner, steps: Pipeline
) -> None:
    job = service.create(ORDER, owner=owner)
    assert runner.run(job.id)
    done = fresh(job)
    assert (done.status, done.stage, done.lease_owner) == (JobStatus.DELIVERED, "done", None)
    assert done.started_at
    assert done.finished_at
    assert steps.ran == ALL
    assert [step.status for step in queries.steps_of(job)] == [StepStatus.DONE] * 4
    (document,) = queries.documents_of(job)
    assert document.text == "# A brief\n"
    assert document.data["subject"] == "A subject"
    assert document.data["file_name"] == "brief.md"
    assert "markdown" not in document.data
    assert runner.held == set()


def test_a_shut_gate_blocks_the_job_and_keeps_its_documents(
    owner: User, runner: Runner, steps: Pipeline
) -> None:
    steps.outputs["done"] = ended(BlockReason.TARGET_HTTP)
    job = service.create(ORDER, owner=owner)
    runner.run(job.id)
    assert (fresh(job).status, job.block_reason) == (JobStatus.BLOCKED, "TARGET_HTTP")
    assert queries.events_of(job)[-1].data["message"] == "The page said 404."
    assert queries.documents_of(job)


@pytest.mark.usefixtures("steps")
def test_a_job_that_does_not_wait_is_left_alone(owner: User, runner: Runner) -> None:
    job = service.create(ORDER, owner=owner)
    service.cancel(job, by=owner)
    assert not runner.run(job.id)
    assert not runner.run("no such job")


def test_each_step_sees_what_the_earlier_ones_found(
    owner: User, runner: Runner, steps: Pipeline
) -> None:
    del steps
    job = service.create(ORDER, owner=owner)
    runner.run(job.id)
    receive, fetch, *_ = queries.steps_of(job)
    assert (receive.output, fetch.output) == ({"saw": []}, {"saw": ["receive"]})
    hashes = {step.input_hash for step in queries.steps_of(job)}
    assert len(hashes) == 4


def test_an_abort_is_kept_and_a_retry_goes_on_from_there(
    owner: User, runner: Runner, steps: Pipeline
) -> None:
    steps.before["brief"] = steps.abort
    job = service.create(ORDER, owner=owner)
    runner.run(job.id)
    assert (fresh(job).status, job.error_code) == (JobStatus.ABORTED, "STEP_MISSING")
    assert job.error_message == "It could not be done."
    steps.before.clear()
    service.retry(job, by=owner)
    runner.run(job.id)
    assert fresh(job).status is JobStatus.DELIVERED
    assert steps.ran == ["receive", "fetch", "brief", "brief", "done"]


def test_a_bug_in_a_step_is_told_without_its_details(
    owner: User, runner: Runner, steps: Pipeline
) -> None:
    steps.before["fetch"] = lambda: 1 / 0
    job = service.create(ORDER, owner=owner)
    runner.run(job.id)
    assert (fresh(job).status, job.error_code) == (JobStatus.ABORTED, "INTERNAL")
    assert "division" not in (job.error_message or "")


def test_an_end_that_can_not_be_read_is_a_bug_too(
    owner: User, runner: Runner, steps: Pipeline
) -> None:
    steps.outputs["done"] = {}
    job = service.create(ORDER, owner=owner)
    runner.run(job.id)
    assert fresh(job).error_code == "INTERNAL"


def test_a_cancel_is_noticed_between_steps(
    app: Flask, owner: User, runner: Runner, steps: Pipeline
) -> None:
    job = service.create(ORDER, owner=owner)

    def cancel() -> None:
        with app.app_context():
            service.cancel(queries.get(job.id, owner=owner), by=owner)

    steps.before["fetch"] = cancel
    runner.run(job.id)
    assert fresh(job).status is JobStatus.CANCELED
    assert steps.ran == ["receive", "fetch"]
    assert queries.documents_of(job) == []


def test_a_worker_that_is_to_stop_hands_its_job_back_after_the_step(
    owner: User, runner: Runner, steps: Pipeline
) -> None:
    steps.before["fetch"] = runner.stopping.set
    job = service.create(ORDER, owner=owner)
    runner.run(job.id)
    assert fresh(job).status is JobStatus.PENDING
    assert queries.events_of(job)[-1].type is EventType.HANDED_BACK
    assert job.id in queue.current().waiting()
    runner.stopping.clear()
    runner.run(job.id)
    assert fresh(job).status is JobStatus.DELIVERED
    assert steps.ran == ALL


def test_a_worker_that_can_not_wait_lets_go_and_its_late_result_is_refused(
    owner: User, runner: Runner, steps: Pipeline
) -> None:
    steps.before["fetch"] = runner.let_go
    job = service.create(ORDER, owner=owner)
    runner.run(job.id)
    assert fresh(job).status is JobStatus.PENDING
    assert steps.ran == ["receive", "fetch"]
    assert queries.steps_of(job)[1].status is StepStatus.QUEUED
    steps.before.clear()
    runner.let_go()
    runner.run(job.id)
    assert steps.ran == ["receive", "fetch", "fetch", "brief", "done"]


@transaction
def silence(job: Job) -> None:
    job.lease_until = clock.now() - timedelta(seconds=1)


def test_a_worker_that_was_given_up_for_dead_stores_nothing(
    app: Flask, owner: User, runner: Runner, steps: Pipeline
) -> None:
    job = service.create(ORDER, owner=owner)
    second = Runner("w2", app.app_context, runner.equipment, lease_seconds=60)

    def die_for_a_while() -> None:
        steps.before.clear()
        with app.app_context():
            silence(queries.get(job.id, owner=owner))
            service.release_expired()
        second.run(job.id)

    steps.before["fetch"] = die_for_a_while
    runner.run(job.id)
    assert fresh(job).status is JobStatus.DELIVERED
    workers = {event.actor for event in queries.events_of(job) if event.type == "step_finished"}
    assert workers == {"w1", "w2"}
    finished = [e.data["step"] for e in queries.events_of(job) if e.type == "step_finished"]
    assert finished == ALL
    assert len(queries.documents_of(job)) == 1


def test_heartbeats_keep_a_slow_step_from_losing_its_lease(
    app: Flask, owner: User, runner: Runner, steps: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats = threading.Semaphore(0)
    beat = service.heartbeat

    def counted(lease: Lease, *, seconds: int) -> None:
        beat(lease, seconds=seconds)
        beats.release()

    monkeypatch.setattr(service, "heartbeat", counted)
    quick = Runner("w1", app.app_context, runner.equipment, lease_seconds=1)
    job = service.create(ORDER, owner=owner)

    def wait_for_beats() -> None:
        for _ in range(3):
            assert beats.acquire(timeout=30)

    steps.before["fetch"] = wait_for_beats
    quick.run(job.id)
    assert fresh(job).status is JobStatus.DELIVERED
    assert job.attempt == 1


def test_a_failing_heartbeat_is_tried_again(
    app: Flask, owner: User, runner: Runner, steps: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats = threading.Semaphore(0)

    def failing(_lease: Lease, *, seconds: int) -> None:
        del seconds
        beats.release()
        raise OSError("the database is away")

    monkeypatch.setattr(service, "heartbeat", failing)
    quick = Runner("w1", app.app_context, runner.equipment, lease_seconds=1)
    job = service.create(ORDER, owner=owner)
    steps.before["fetch"] = lambda: [beats.acquire(timeout=30) for _ in range(2)]
    quick.run(job.id)
    assert fresh(job).status is JobStatus.DELIVERED


def test_a_heartbeat_ends_when_the_job_is_in_other_hands(
    app: Flask, owner: User, runner: Runner, steps: Pipeline
) -> None:
    quick = Runner("w1", app.app_context, runner.equipment, lease_seconds=1)
    job = service.create(ORDER, owner=owner)

    def lose() -> None:
        with app.app_context():
            service.cancel(queries.get(job.id, owner=owner), by=owner)
        for thread in threading.enumerate():
            if thread.name == f"heartbeat-{job.id}":
                thread.join(timeout=30)
                assert not thread.is_alive()

    steps.before["fetch"] = lose
    quick.run(job.id)
    assert fresh(job).status is JobStatus.CANCELED


def test_no_transaction_is_open_while_a_step_runs(
    app: Flask, owner: User, runner: Runner, steps: Pipeline
) -> None:
    job = service.create(ORDER, owner=owner)
    db.session.remove()
    idle: list[bool] = []

    def look() -> None:
        with app.app_context():
            idle.append(db.engine.pool.checkedout() == 0)  # type: ignore[attr-defined] # QueuePool.

    steps.before |= dict.fromkeys(ALL, look)
    runner.run(job.id)
    assert idle == [True] * 4


def test_the_installed_runner_has_a_name_of_its_own(app: Flask) -> None:
    names = {
        installed(app.app_context, equipment=no_world(), lease_seconds=60).worker for _ in range(3)
    }
    assert len(names) == 3


def test_letting_go_of_a_job_that_is_lost_already_does_nothing(
    app: Flask, owner: User, runner: Runner, steps: Pipeline
) -> None:
    job = service.create(ORDER, owner=owner)

    def cancel_and_let_go() -> None:
        with app.app_context():
            service.cancel(queries.get(job.id, owner=owner), by=owner)
        runner.let_go()

    steps.before["fetch"] = cancel_and_let_go
    runner.run(job.id)
    assert fresh(job).status is JobStatus.CANCELED


def test_nothing_is_taken_while_the_house_is_closed(
    owner: User, runner: Runner, steps: Pipeline
) -> None:
    closed = threading.Event()
    resting = dataclasses.replace(runner, is_closed=closed.is_set)
    job = service.create(ORDER, owner=owner)
    closed.set()
    assert not resting.run(job.id)
    assert fresh(job).status is JobStatus.PENDING
    closed.clear()
    steps.before["brief"] = closed.set
    assert resting.run(job.id)
    assert (fresh(job).status, job.lease_owner) == (JobStatus.PENDING, None)
    assert steps.ran == ["receive", "fetch", "brief"], "The step that ran came to its end."
    closed.clear()
    assert resting.run(job.id)
    assert fresh(job).status is JobStatus.DELIVERED
    assert steps.ran == ALL
