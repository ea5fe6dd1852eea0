"""A worker may be killed at any moment: no job is lost, and no finished step is repeated."""

from __future__ import annotations

import dataclasses
import os
import random
import signal
import time
from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base.db import db
from bacowr.engine import pipeline
from bacowr.jobs import queries, sample, service
from bacowr.jobs.models import Job
from bacowr.jobs.states import EventType, JobStatus
from bacowr.jobs.texts import Document
from config import Settings
from tests.plugins.mortals import DEAD, Mortals, finish_all, let_time_pass, open_jobs, wait_for
from tests.plugins.short_pipeline import ORDER, STAGES

# A worker that runs one job of four steps sends about 110 statements.
STATEMENTS = 120


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
    finish_all(workers, owner, short=False)
    happened = prove(owner, count, len(pipeline.STEPS))
    print(f"\n{count} orders, {kills} kills:", dict(happened))  # noqa: T201  # Long tests tell counts.
    assert happened[EventType.LEASE_EXPIRED] > 0
