"""The worker process: it works, sweeps, and stops cleanly."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base.db import db
from bacowr.jobs import queries, queue, service
from bacowr.jobs.models import Job
from bacowr.jobs.runner import Runner
from bacowr.jobs.states import EventType, JobStatus
from bacowr.worker import process
from bacowr.worker.process import Worker
from bacowr.worker.sweeper import Sweeper
from tests.plugins.short_pipeline import ORDER, Pipeline, no_world

WAIT_SECONDS = 30


@pytest.fixture(autouse=True)
def signals_put_back() -> Iterator[None]:
    """Give pytest its signal handlers back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def is_at_work() -> bool:
    return any(one.name.startswith("Worker-") for one in threading.enumerate())


@pytest.fixture
def runner(app: Flask) -> Iterator[Runner]:
    """A runner; what its threads have of the database is given back before the pool goes."""
    yield Runner(worker="w1", context=app.app_context, equipment=no_world(), lease_seconds=60)
    # Not by `join`: Python 3.11 takes a thread for ended once Ctrl-C has interrupted one.
    last = time.monotonic() + WAIT_SECONDS
    while is_at_work():
        assert time.monotonic() < last, "A worker's thread never came to its end."
        time.sleep(0.01)


def ask_to_stop(number: int = signal.SIGTERM) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def fresh(job: Job) -> Job:
    db.session.expire_all()
    return db.session.get_one(Job, job.id)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_runs_what_waits_and_stops_when_told(
    owner: User, runner: Runner, steps: Pipeline, number: int
) -> None:
    first, second = service.create(ORDER, owner=owner), service.create(ORDER, owner=owner)
    steps.before["done"] = lambda: steps.ran.count("done") == 2 and ask_to_stop(number)()
    Worker(runner, queue.current(), threads=1).run()
    assert fresh(first).status is JobStatus.DELIVERED
    assert fresh(second).status in {JobStatus.DELIVERED, JobStatus.PENDING}
    assert steps.ran.count("done") == 2


def test_a_step_that_takes_too_long_is_left_and_its_job_goes_on_elsewhere(
    owner: User, runner: Runner, steps: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PATIENCE_SECONDS", 0.2)
    released = threading.Event()

    def hang() -> None:
        steps.before.clear()
        ask_to_stop()()
        assert released.wait(WAIT_SECONDS)

    steps.before["fetch"] = hang
    job = service.create(ORDER, owner=owner)
    Worker(runner, queue.current(), threads=1).run()
    assert fresh(job).status is JobStatus.PENDING
    assert job.id in queue.current().waiting()
    released.set()
    second = Runner("w2", runner.context, runner.equipment, lease_seconds=60)
    assert second.run(job.id)
    assert fresh(job).status is JobStatus.DELIVERED
    types = [event.type for event in queries.events_of(job)]
    assert types.count(EventType.HANDED_BACK) == 1
    for thread in threading.enumerate():
        if thread.name.startswith("Worker-"):
            thread.join(WAIT_SECONDS)
    assert len(queries.documents_of(job)) == 1


def test_a_second_ctrl_c_ends_the_wait(
    owner: User, runner: Runner, steps: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "PATIENCE_SECONDS", WAIT_SECONDS)
    released = threading.Event()

    def hang() -> None:
        ask_to_stop(signal.SIGINT)()
        assert runner.stopping.wait(WAIT_SECONDS)
        threading.Timer(0.2, ask_to_stop(signal.SIGINT)).start()
        assert released.wait(WAIT_SECONDS)

    steps.before["fetch"] = hang
    job = service.create(ORDER, owner=owner)
    Worker(runner, queue.current(), threads=1).run()
    assert fresh(job).status is JobStatus.PENDING
    released.set()


def test_the_workers_health_is_looked_after(
    owner: User, runner: Runner, steps: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "HEALTH_CHECK_SECONDS", 0.0)
    looked = threading.Event()
    made = Worker(runner, queue.current(), threads=1)
    monkeypatch.setattr(made._consumer, "check_worker_health", looked.set)
    steps.before["receive"] = lambda: looked.wait(WAIT_SECONDS) and ask_to_stop()()
    service.create(ORDER, owner=owner)
    made.run()
    assert looked.is_set()


@pytest.mark.usefixtures("steps")
def test_the_command_runs_a_worker(app: Flask, owner: User, steps: Pipeline) -> None:
    job = service.create(ORDER, owner=owner)
    steps.before["done"] = ask_to_stop()
    result = app.test_cli_runner().invoke(args=["worker", "--threads", "1"])
    assert result.exit_code == 0, result.output
    assert fresh(job).status is JobStatus.DELIVERED


def test_a_sweep_that_fails_is_not_the_last(
    app: Flask, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app
    swept, stop = threading.Semaphore(0), threading.Event()

    def failing() -> int:
        swept.release()
        raise OSError("the database is away")

    monkeypatch.setattr(service, "release_expired", failing)
    sweeper = Sweeper(runner.context, every=0.01, stop=stop)
    sweeper.start()
    for _ in range(3):
        assert swept.acquire(timeout=WAIT_SECONDS)
    stop.set()
    sweeper.join(WAIT_SECONDS)
    assert not sweeper.is_alive()


def test_a_sweep_tells_what_it_put_back(
    runner: Runner, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(service, "release_expired", lambda: 2)
    monkeypatch.setattr(service, "requeue_forgotten", lambda: 0)
    caplog.set_level("INFO")
    Sweeper(runner.context, every=1, stop=threading.Event()).turn()
    assert "swept" in caplog.text


def test_no_sweep_while_the_house_is_closed(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[int] = []
    monkeypatch.setattr(service, "release_expired", lambda: swept.append(1))
    Sweeper(runner.context, every=1, stop=threading.Event(), rests=lambda: True).turn()
    assert swept == []
