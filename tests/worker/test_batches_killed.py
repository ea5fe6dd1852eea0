"""Workers may be killed while a batch runs: no row is lost, and nothing answered is asked again."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base.db import db
from bacowr.batches import dispatching, progress, service
from bacowr.batches.models import Batch, BatchStatus
from bacowr.batches.service import Pace, Plan
from bacowr.engine.order import LlmProvider, Order
from bacowr.engine.ports import Prompt, Purpose
from bacowr.jobs import sample
from bacowr.jobs.holds import Wanted
from bacowr.jobs.models import Job, JobEvent
from bacowr.jobs.spending import CallStatus, ModelCall
from bacowr.jobs.states import EventType
from tests.plugins.canned_writer import CannedWriter
from tests.plugins.model_server import Asked, ModelServer
from tests.plugins.mortals import DEAD, Mortals, finish_all, let_time_pass
from tests.plugins.short_pipeline import ORDER, Pipeline

FAST = Pace(parallel=8, starts_per_minute=600)


def new_batch(order: Order, rows: int, owner: User) -> Batch:
    wanted = [
        Wanted(dataclasses.replace(order, anchor_text=f"{order.anchor_text} {row}"), row)
        for row in range(2, 2 + rows)
    ]
    return service.create(wanted, Plan("Tonight", FAST), owner=owner)


def run_to_its_end(
    batch: Batch, kills: list[int], workers: Mortals, owner: User, *, short: bool = True
) -> int:
    """Kill a worker before each of these SQL statements, then let one live; count the dead."""
    dead = 0
    for number in kills:
        dead += workers.end(workers.start(number, short=short)) == DEAD
        let_time_pass()
    finish_all(workers, owner, short=short)
    db.session.remove()
    dispatching.dispatch()
    db.session.expire_all()
    assert db.session.get_one(Batch, batch.id).status == BatchStatus.READY_FOR_REVIEW
    return dead


def test_no_row_of_a_batch_is_lost(
    app: Flask, owner: User, workers: Mortals, steps: Pipeline
) -> None:
    del app, steps
    batch = new_batch(ORDER, 8, owner)
    assert run_to_its_end(batch, [9, 14, 31, 60], workers, owner) == 4
    counted = progress.of([batch.id])[batch.id]
    assert (counted.delivered, counted.total) == (8, 8)
    finished = sa.select(JobEvent.job_id, JobEvent.data).where(
        JobEvent.type == EventType.STEP_FINISHED
    )
    done = Counter((row.job_id, row.data["step"]) for row in db.session.execute(finished))
    assert len(done) == 8 * 4
    assert set(done.values()) == {1}, "A finished step is never run again."


def purpose_of(asked: Asked) -> Purpose:
    if "Do not write it" in asked.user:
        return Purpose.OUTLINE
    return Purpose.POLISH if "Edit the draft below" in asked.user else Purpose.CONTENT


def answer(asked: Asked) -> str:
    prompt = Prompt(purpose_of(asked), "", asked.system, asked.user, 1)
    return CannedWriter().write(prompt).text


@pytest.mark.long
def test_no_answered_call_of_a_batch_is_made_again(
    app: Flask, owner: User, workers: Mortals, model_server: ModelServer
) -> None:
    del app
    model_server.answer = answer
    workers.settings["model_url"] = model_server.base_url(LlmProvider.COMPATIBLE)
    batch = new_batch(sample.ORDER, 4, owner)
    run_to_its_end(batch, [180, 260, 320], workers, owner, short=False)
    calls = db.session.scalars(sa.select(ModelCall)).all()
    jobs = db.session.scalars(sa.select(Job.id)).all()
    for job_id in jobs:
        answered = Counter(
            each.purpose
            for each in calls
            if each.job_id == job_id and each.status is CallStatus.DONE
        )
        assert answered[Purpose.OUTLINE] == answered[Purpose.CONTENT] == 1
        assert set(answered.values()) == {1}
    lost = sum(each.status is CallStatus.LOST for each in calls)
    done = sum(each.status is CallStatus.DONE for each in calls)
    assert done <= len(model_server.asked) <= done + lost
