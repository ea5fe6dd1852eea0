"""Batches on a short pipeline, and people to own them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base.db import db
from bacowr.batches import dispatching, service
from bacowr.batches.models import Batch
from bacowr.batches.service import Pace, Plan
from bacowr.engine import pipeline
from bacowr.jobs import queue
from bacowr.jobs.holds import Wanted
from bacowr.jobs.runner import Runner
from tests.plugins.application import NewUser
from tests.plugins.short_pipeline import ORDER, Pipeline, no_world

NewBatch = Callable[..., Batch]
Work = Callable[[], int]
FAST = Pace(parallel=3, starts_per_minute=600)


@pytest.fixture
def owner(new_user: NewUser) -> User:
    return new_user()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """A pipeline of four steps in place of the engine's."""
    made = Pipeline()
    monkeypatch.setattr(pipeline, "STEPS", made.steps())
    return made


@pytest.fixture
def new_batch(app: Flask, owner: User, steps: Pipeline) -> NewBatch:
    """Make a batch: `new_batch(5, pace=…, start_at=…)`."""
    del app, steps

    def make(number: int = 5, pace: Pace = FAST, **plan: object) -> Batch:
        wanted = [
            Wanted(dataclasses.replace(ORDER, anchor_text=f"anchor {row}"), row, 0.01)
            for row in range(2, 2 + number)
        ]
        return service.create(wanted, Plan("Tonight", pace, **plan), owner=owner)  # type: ignore[arg-type]  # Of the test's.

    return make


@pytest.fixture
def work(app: Flask) -> Work:
    """Give every batch a turn, then run what waits in the queue; return how many jobs ran."""
    runner = Runner("w1", app.app_context, no_world(), lease_seconds=60)

    def turn() -> int:
        dispatching.dispatch()
        ran = sum(runner.run(job_id) for job_id in sorted(queue.current().waiting()))
        queue.current().huey.flush()
        db.session.expire_all()
        return ran

    return turn
