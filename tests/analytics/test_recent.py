"""The latest orders, one by one: what failed, what was mended, and how long they took."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from bacowr.accounts.models import User
from bacowr.analytics import recent
from bacowr.analytics.recent import Recent
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.types import new_id
from bacowr.jobs.models import Job, JobEvent
from bacowr.jobs.outcome import REPAIRED
from bacowr.jobs.states import DocumentKind, EventType, JobStatus, QcStatus, SignoffStep
from bacowr.jobs.texts import Document, QcRun, Signoff
from tests.analytics.conftest import NewJob
from tests.plugins.application import NewUser
from tests.plugins.orders import Written

BEGAN = clock.now() - timedelta(days=2)


def minutes(number: float) -> datetime:
    return BEGAN + timedelta(minutes=number)


@transaction
def store(*rows: object) -> None:
    for row in rows:
        db.session.add(row)
        db.session.flush()


def text_of(job: Job, *, note: str | None = None) -> Document:
    document = Document(
        id=new_id(),
        job_id=job.id,
        kind=DocumentKind.AI_DRAFT,
        data={},
        text="Words.",
        sha256="0" * 64,
        note=note,
    )
    store(document)
    return document


def check(document: Document, at: datetime, **checks: QcStatus) -> None:
    report = {"checks": [{"name": name, "status": status} for name, status in checks.items()]}
    status = QcStatus.WARNING
    run = QcRun(
        job_id=document.job_id,
        document_id=document.id,
        status=status,
        report=report,
        created_at=at,
    )
    store(run)


def ended_at(job: Job, at: datetime) -> None:
    about = {"job_id": job.id, "actor": "w1", "data": {}, "to_status": job.status}
    store(JobEvent(type=EventType.BLOCKED, at=at, **about))


def sign(document: Document, step: SignoffStep, at: datetime, *, void: bool = False) -> None:
    store(
        Signoff(
            job_id=document.job_id,
            document_id=document.id,
            step=step,
            text_sha256="0" * 64,
            signer="A",
            answers={},
            evidence={},
            signed_at=at,
            voided_at=at if void else None,
            void_reason="Edited." if void else None,
        )
    )


def look(jobs: Iterable[Job]) -> Recent:
    return recent.of([(each.id, each.version) for each in jobs])


@pytest.fixture
def user(new_user: NewUser) -> User:
    return new_user()


def test_without_orders_nothing_is_made_up(user: User) -> None:
    del user
    found = look([])
    assert (found.orders, found.checked, found.seconds, found.mended_rate) == (0, 0, None, None)


def test_the_latest_report_on_an_article_counts(user: User, new_job: NewJob) -> None:
    first, second = new_job(user), new_job(user)
    document = text_of(first)
    check(document, minutes(1), anchor=QcStatus.BLOCKED, lsi=QcStatus.WARNING)
    check(document, minutes(2), anchor=QcStatus.PASS, lsi=QcStatus.WARNING)
    check(text_of(second, note=REPAIRED), minutes(1), lsi=QcStatus.NEEDS_SIGNOFF)
    found = look([first, second, new_job(user)])
    assert found.failed == {"lsi": 2}
    assert (found.orders, found.checked, found.mended, found.mended_rate) == (3, 2, 1, 0.5)


def test_time_is_measured_to_the_first_end_and_to_the_second_signature(
    user: User, new_job: NewJob
) -> None:
    job = new_job(user, JobStatus.BLOCKED, at=BEGAN, finished_at=minutes(500))
    for minute in (4, 200):
        ended_at(job, minutes(minute))
    document = text_of(job)
    sign(document, SignoffStep.FACTS, minutes(10), void=True)
    sign(document, SignoffStep.FACTS, minutes(30))
    assert look([job]).signed == 0
    sign(document, SignoffStep.COMPLIANCE, minutes(64))
    recent.memory.clear()
    found = look([job])
    assert (found.seconds, found.mean_seconds) == (240, 240)
    assert (found.signed, found.seconds_to_sign) == (1, 3600)


def test_what_an_older_version_carried_out_has_its_own_end(user: User, new_job: NewJob) -> None:
    brought = new_job(user, at=BEGAN, finished_at=minutes(3))
    unknown = new_job(user, at=BEGAN, started_at=None)
    found = look([brought, unknown])
    assert (found.orders, found.seconds) == (2, 180)


def test_the_median_is_not_moved_by_one_long_order(user: User, new_job: NewJob) -> None:
    jobs = [new_job(user, at=BEGAN, finished_at=minutes(each)) for each in (1, 2, 600)]
    found = look(jobs)
    assert found.seconds == 120
    assert found.mean_seconds is not None
    assert found.mean_seconds > 12000


def test_an_order_is_looked_at_again_once_it_has_changed(user: User, new_job: NewJob) -> None:
    job = new_job(user)
    assert look([job]).checked == 0
    check(text_of(job), minutes(1), lsi=QcStatus.WARNING)
    assert look([job]).checked == 0
    assert recent.of([(job.id, job.version + 1)]).checked == 1


def test_a_real_order_is_read(user: User, drafted: Written) -> None:
    found = look([drafted(user)])
    assert (found.orders, found.checked) == (1, 1)
    assert found.failed
    assert found.seconds is not None
