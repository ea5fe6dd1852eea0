"""A worker may be killed at any moment: no job is lost, and no finished step is repeated."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.engine import pipeline
from bacowr.jobs import queries, sample, service
from bacowr.jobs.models import Job
from bacowr.jobs.states import EventType, JobStatus
from bacowr.jobs.texts import Document
from config import Settings
from tests.plugins.short_pipeline import ORDER, STAGES

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
# A worker that runs one job of four steps sends about 110 statements.
STATEMENTS = 120
DEAD = -signal.SIGKILL


@dataclass(frozen=True)
class Mortals:
    """The program that makes workers, for one application."""

    process: subprocess.Popen[str]
    settings: dict[str, object]
    alive: set[int] = field(default_factory=set)

    def start(self, number: int = 0, *, short: bool = True, lease_seconds: int = 60) -> int:
        """Start a worker that dies before that SQL statement; return its process id."""
        settings = self.settings | {"lease_seconds": lease_seconds}
        pid = self._ask({"start": number, "short": short, "settings": settings})
        self.alive.add(pid)
        return pid

    def end(self, pid: int) -> int:
        """Wait until a worker is gone; return its exit status."""
        status = self._ask({"end": pid})
        self.alive.discard(pid)
        return status

    def _ask(self, command: dict[str, object]) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{json.dumps(command)}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def program() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("mortal.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        yield process
        process.communicate(timeout=PATIENCE_SECONDS)


@pytest.fixture
def workers(program: subprocess.Popen[str], settings: Settings) -> Iterator[Mortals]:
    names = ("database_url", "queue_url", "instance_dir")
    made = Mortals(program, {name: str(getattr(settings, name)) for name in names})
    yield made
    for pid in tuple(made.alive):
        os.kill(pid, signal.SIGKILL)
        made.end(pid)


@transaction
def let_time_pass() -> None:
    """Do what minutes would: leases run out, and what waits has waited for long."""
    long_ago = clock.now() - timedelta(minutes=2)
    for status, column in (
        (JobStatus.PROCESSING, "lease_until"),
        (JobStatus.PENDING, "updated_at"),
    ):
        changed = sa.update(Job).where(Job.status == status).values({column: long_ago})
        db.session.execute(changed)


def open_jobs(owner: User) -> int:
    db.session.remove()
    return queries.count_owned_by(owner, statuses=[JobStatus.PENDING, JobStatus.PROCESSING])


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.05)


def finish_all(workers: Mortals, owner: User) -> None:
    """Let a worker that isn't killed do what is left, and stop it cleanly."""
    let_time_pass()
    pid = workers.start()
    wait_for(lambda: open_jobs(owner) == 0)
    os.kill(pid, signal.SIGTERM)
    assert workers.end(pid) == 0


def prove(owner: User, count: int, steps: int) -> Counter[EventType]:
    """Show that every job is delivered, and each of its steps finished exactly once."""
    db.session.remove()
    assert queries.count_owned_by(owner, statuses=[JobStatus.DELIVERED]) == count
    happened: Counter[EventType] = Counter()
    for row in db.session.execute(queries.owned_by(owner)):
        job = queries.get(row.id, owner=owner)
        events = queries.events_of(job)
        happened.update(event.type for event in events)
        finished: list[str] = []
        for event in events:
            if event.type is EventType.STEP_STARTED:
                assert event.data["step"] not in finished, "A finished step was begun again."
            if event.type is EventType.STEP_FINISHED:
                finished.append(event.data["step"])
        assert len(finished) == len(set(finished)) == steps
        assert len(queries.documents_of(job)) == documents_in_all(job) > 0
    return happened


def documents_in_all(job: Job) -> int:
    select = sa.select(sa.func.count()).select_from(Document).where(Document.job_id == job.id)
    return db.session.scalar(select) or 0


def kill_at(numbers: list[int], workers: Mortals, owner: User) -> Counter[EventType]:
    for _ in range(len(numbers) + 1):
        service.create(ORDER, owner=owner)
    for number in numbers:
        assert workers.end(workers.start(number)) == DEAD
        let_time_pass()
    finish_all(workers, owner)
    return prove(owner, len(numbers) + 1, len(STAGES))


@pytest.mark.usefixtures("steps")
def test_a_worker_that_dies_before_some_statement_loses_nothing(
    app: Flask, owner: User, workers: Mortals
) -> None:
    del app
    happened = kill_at(list(range(3, STATEMENTS, 11)), workers, owner)
    assert happened[EventType.LEASE_EXPIRED] > 5


@pytest.mark.long
@pytest.mark.usefixtures("steps")
def test_a_worker_that_dies_before_any_statement_loses_nothing(
    app: Flask, owner: User, workers: Mortals
) -> None:
    del app
    happened = kill_at(list(range(1, STATEMENTS)), workers, owner)
    print(f"\n{STATEMENTS - 1} kills:", dict(happened))  # noqa: T201  # Long tests tell counts.
    assert happened[EventType.LEASE_EXPIRED] > STATEMENTS // 2


@pytest.mark.usefixtures("steps")
def test_two_workers_at_once_share_the_jobs(app: Flask, owner: User, workers: Mortals) -> None:
    del app
    for _ in range(12):
        service.create(ORDER, owner=owner)
    pids = [workers.start(), workers.start()]
    wait_for(lambda: open_jobs(owner) == 0)
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    assert [workers.end(pid) for pid in pids] == [0, 0]
    assert prove(owner, 12, len(STAGES))[EventType.CLAIMED] == 12


@pytest.mark.usefixtures("steps")
def test_a_lost_queue_loses_no_job(
    app: Flask, owner: User, workers: Mortals, settings: Settings
) -> None:
    del app
    for _ in range(3):
        service.create(ORDER, owner=owner)
    for file in settings.instance_dir.glob("queue.sqlite3*"):
        file.unlink()
    finish_all(workers, owner)
    prove(owner, 3, len(STAGES))


@pytest.mark.long
def test_workers_killed_at_random_deliver_the_engines_own_orders(
    app: Flask, owner: User, workers: Mortals
) -> None:
    del app
    count, kills, chance = 12, 25, random.Random(7)
    for number in range(count):
        order = dataclasses.replace(sample.ORDER, anchor_text=f"ankare {number}")
        service.create(order, owner=owner)
    for _ in range(kills):
        pid = workers.start(short=False, lease_seconds=1)
        time.sleep(chance.uniform(0.05, 2.5))
        os.kill(pid, signal.SIGKILL)
        assert workers.end(pid) == DEAD
    pid = workers.start(short=False, lease_seconds=1)
    wait_for(lambda: open_jobs(owner) == 0)
    os.kill(pid, signal.SIGTERM)
    assert workers.end(pid) == 0
    happened = prove(owner, count, len(pipeline.STEPS))
    print(f"\n{count} orders, {kills} kills:", dict(happened))  # noqa: T201  # Long tests tell counts.
    assert happened[EventType.LEASE_EXPIRED] > 0
