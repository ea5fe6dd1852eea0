"""A worker may be killed while a language model writes: no call that was answered is made again."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base.db import db
from bacowr.engine.order import LlmProvider
from bacowr.engine.ports import Prompt, Purpose
from bacowr.jobs import sample, service
from bacowr.jobs.articles import versions
from bacowr.jobs.models import Job
from bacowr.jobs.spending import CallStatus, ModelCall
from bacowr.jobs.states import JobStatus
from tests.plugins.canned_writer import CannedWriter
from tests.plugins.model_server import Asked, ModelServer
from tests.plugins.mortals import DEAD, Mortals, finish_all, let_time_pass

ROUND = (Purpose.OUTLINE, Purpose.CONTENT, Purpose.POLISH)


def purpose_of(asked: Asked) -> Purpose:
    """Tell by its task what a call was for."""
    if "Do not write it" in asked.user:
        return Purpose.OUTLINE
    return Purpose.POLISH if "Edit the draft below" in asked.user else Purpose.CONTENT


def answer(asked: Asked) -> str:
    prompt = Prompt(purpose_of(asked), "", asked.system, asked.user, 1)
    return CannedWriter().write(prompt).text


@pytest.fixture
def writing(workers: Mortals, model_server: ModelServer) -> Mortals:
    """Workers with a language model, which answers as a good one would."""
    model_server.answer = answer
    workers.settings["model_url"] = model_server.base_url(LlmProvider.COMPATIBLE)
    return workers


def killed_at(numbers: list[int], workers: Mortals, owner: User) -> Job:
    job = service.create(sample.ORDER, owner=owner)
    for number in numbers:
        if workers.end(workers.start(number, short=False)) != DEAD:
            break
        let_time_pass()
    finish_all(workers, owner, short=False)
    return db.session.get_one(Job, job.id)


def prove(job: Job, server: ModelServer) -> Counter[CallStatus]:
    """Show that every call was answered once, and asked for again only when it was lost."""
    calls = db.session.scalars(sa.select(ModelCall).where(ModelCall.job_id == job.id)).all()
    asked = Counter(purpose_of(each) for each in server.asked)
    for purpose in ROUND:
        statuses = Counter(each.status for each in calls if each.purpose == purpose)
        assert statuses[CallStatus.DONE] == 1
        assert statuses.keys() <= {CallStatus.DONE, CallStatus.LOST}
        assert 1 <= asked[purpose] <= 1 + statuses[CallStatus.LOST]
    assert job.status in {JobStatus.DELIVERED, JobStatus.BLOCKED}
    assert versions.latest(job) is not None
    return Counter(each.status for each in calls)


def test_answered_calls_are_not_made_again(
    app: Flask, owner: User, writing: Mortals, model_server: ModelServer
) -> None:
    del app
    job = killed_at([110, 36, 42, 48, 54], writing, owner)
    prove(job, model_server)


@pytest.mark.long
def test_answered_calls_are_not_made_again_wherever_the_worker_dies(
    app: Flask, owner: User, writing: Mortals, model_server: ModelServer
) -> None:
    del app
    happened: Counter[CallStatus] = Counter()
    for first in range(20, 70, 4):
        model_server.asked.clear()
        happened += prove(killed_at([110, first, first], writing, owner), model_server)
    print("\n39 kills:", dict(happened))  # noqa: T201  # Long tests tell counts.
    assert happened[CallStatus.LOST] > 0
