"""The review of a batch in a browser without scripts, and as a script asks for its parts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.batches import service
from bacowr.batches.models import Batch, BatchStatus, Decision, ReviewItem
from bacowr.batches.service import Plan
from bacowr.jobs.holds import Wanted
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus, QcStatus
from tests.plugins.application import NewUser
from tests.plugins.short_pipeline import ORDER
from tests.web.conftest import Browser

QC = (QcStatus.PASS, QcStatus.WARNING, QcStatus.NEEDS_SIGNOFF, QcStatus.BLOCKED)


@transaction
def ended(owner: User, number: int) -> Batch:
    """Make a batch whose jobs have all been delivered."""
    wanted = [
        Wanted(dataclasses.replace(ORDER, anchor_text=f"anchor {row}"), row, 0.01)
        for row in range(number)
    ]
    batch = service.create(wanted, Plan("The night"), owner=owner)
    jobs = db.session.scalars(
        sa.select(Job).where(Job.batch_id == batch.id).order_by(Job.batch_row)
    )
    for place, job in enumerate(jobs):
        job.status, job.finished_at, job.is_held = JobStatus.DELIVERED, clock.now(), False
        job.qc_status, job.qc_score = QC[place % 4], float(place % 100)
    batch.status = BatchStatus.READY_FOR_REVIEW
    return batch


@pytest.fixture
def batch(editor: User) -> Batch:
    return ended(editor, 4)


@pytest.fixture
def address(batch: Batch) -> str:
    return f"/batches/{batch.id}/review"


def items(batch: Batch) -> list[ReviewItem]:
    db.session.expire_all()
    select = sa.select(ReviewItem).join(ReviewItem.job).where(ReviewItem.batch_id == batch.id)
    return list(db.session.scalars(select.order_by(Job.qc_score)))


def test_the_list_shows_the_worst_first(browser: Browser, address: str) -> None:
    page = browser.get(address).text
    places = [page.index(f"anchor {row}<") for row in (3, 2, 1, 0)]
    assert places == sorted(places)
    assert "publisher.example" in page
    assert "target.example/page" in page
    assert "0 of 4 decided" in page


def test_the_batch_leads_to_its_review(browser: Browser, batch: Batch, address: str) -> None:
    assert address in browser.get(f"/batches/{batch.id}").text


def test_an_item_is_shown_without_scripts(browser: Browser, batch: Batch, address: str) -> None:
    browser.get(address)
    item = items(batch)[0]
    answer = browser.get(f"{address}/{item.id}")
    assert answer.status_code == 303
    assert "No text of this order was checked" in browser.get(answer.headers["Location"]).text
    assert browser.get(f"{address}/unknown", htmx=True).status_code == 404


def test_decisions_are_taken_and_taken_back(browser: Browser, batch: Batch, address: str) -> None:
    browser.get(address)
    item = items(batch)[0]
    there = f"{address}/{item.id}"
    answer = browser.post(there, {"verb": "reject", "version": "1"}, htmx=True)
    assert answer.status_code == 422
    assert "Say why" in answer.text
    sent = {"verb": "reject", "version": "1", "note": "Off topic"}
    assert browser.post(there, sent).status_code == 303
    assert "Off topic" in browser.get(there, htmx=True).text
    answer = browser.post(there, {"verb": "approve", "version": "1"}, htmx=True)
    assert answer.status_code == 409
    assert "editor@example.org rejected it while you looked" in answer.text
    answer = browser.post(there, {"verb": "reopen", "version": "2"}, htmx=True)
    assert answer.status_code == 200
    assert items(batch)[0].decision is Decision.PENDING
    assert browser.post(there, {"verb": "shred", "version": "3"}).status_code == 422


def test_many_are_decided_in_one_request(browser: Browser, batch: Batch, address: str) -> None:
    browser.get(address)
    found = items(batch)
    chosen = [f"{each.id}:1" for each in found[:3]] + [f"{found[3].id}:7", "unknown:x"]
    answer = browser.post(f"{address}/bulk", {"verb": "approve", "item": chosen})  # type: ignore[dict-item]  # Many of one name.
    assert answer.status_code == 200
    assert "3 of 5 done" in answer.text
    assert "while you looked" in answer.text
    assert browser.post(f"{address}/bulk", {"verb": "approve"}).status_code == 422
    assert [each.decision for each in items(batch)].count(Decision.APPROVED) == 3


def test_what_is_not_signed_is_not_packed(browser: Browser, batch: Batch, address: str) -> None:
    answer = browser.get(f"{address}/approved.zip")
    assert answer.status_code == 409
    assert "Nothing of this batch is approved yet" in answer.text
    item = items(batch)[0]
    browser.post(f"{address}/{item.id}", {"verb": "approve", "version": "1"})
    answer = browser.get(f"{address}/approved.zip")
    assert answer.status_code == 409
    assert "There is no article to export" in answer.text


def test_a_reader_looks_and_decides_nothing(
    browser: Browser, new_user: NewUser, batch: Batch, address: str
) -> None:
    browser.get(address)
    item = items(batch)[0]
    new_user("reader@example.org", role=Role.VIEWER)
    browser.sign_in("reader@example.org")
    assert browser.get(address).status_code == 404
    sent = {"verb": "approve", "version": "1"}
    assert browser.post(f"{address}/{item.id}", sent).status_code == 403


@pytest.fixture
def counted(app: Flask) -> Iterator[list[str]]:
    del app
    found: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_the_list_takes_as_many_statements_for_many_as_for_few(
    browser: Browser, editor: User, counted: list[str]
) -> None:
    taken = []
    for number in (1, 40):
        made = ended(editor, number)
        browser.get(f"/batches/{made.id}/review")
        counted.clear()
        page = browser.get(f"/batches/{made.id}/review").text
        assert page.count('class="desk-item"') == number
        taken.append(len(counted))
        assert not any("documents.text" in each or "qc_runs" in each for each in counted)
    assert taken[0] == taken[1]
