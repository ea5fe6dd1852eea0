"""A written article in the review of a batch: what must be done before it may leave."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict
from bacowr.batches.models import Batch, BatchStatus, Decision, ReviewItem
from bacowr.batches.review import opening, service
from bacowr.batches.review.service import Choice
from bacowr.batches.review.states import Verb
from bacowr.jobs.articles import editing, signing
from bacowr.jobs.articles.signing import Signature
from bacowr.jobs.models import Job
from bacowr.jobs.states import Decision as Judgment
from bacowr.jobs.states import SignoffStep
from tests.web.articles.conftest import CLAIM, PLACE, latest, run, undecided
from tests.web.conftest import Browser


@pytest.fixture
def batch(job: Job, editor: User) -> Batch:
    """A batch with the written order alone."""

    @transaction
    def make() -> Batch:
        made = Batch(owner_id=editor.id, name="=Night", status=BatchStatus.READY_FOR_REVIEW)
        db.session.add(made)
        db.session.flush()
        db.session.execute(
            sa.update(Job).where(Job.id == job.id).values(batch_id=made.id, batch_row=2)
        )
        return made

    made = make()
    opening.catch_up(made)
    return made


def the_item(batch: Batch) -> ReviewItem:
    db.session.expire_all()
    opening.catch_up(batch)
    return db.session.scalars(sa.select(ReviewItem)).one()


def do(batch: Batch, verb: Verb, by: User, note: str | None = None) -> ReviewItem:
    item = the_item(batch)
    return service.decide(batch, item.id, Choice(verb, item.version, note), by=by)


def settle(job: Job, by: User) -> None:
    """Decide on every finding, and sign both steps."""
    for key in undecided(job):
        editing.decide(job, key, Judgment.ACCEPTED, reason=None, by=by)
    document = latest(job)
    for step in SignoffStep:
        answers = {each.key: True for each in signing.checklist(step)}
        digest = signing.shown_digest(job, document)
        signing.sign(job, Signature(step, document.id, digest, answers), by=by)


def test_an_approval_waits_for_decisions_and_signatures(
    batch: Batch, job: Job, editor: User
) -> None:
    editing.save(job, latest(job).text.replace(PLACE, CLAIM), base_id=latest(job).id, by=editor)
    with pytest.raises(Conflict, match="to decide on"):
        do(batch, Verb.APPROVE, editor)
    for key in undecided(job):
        editing.decide(job, key, Judgment.ACCEPTED, reason=None, by=editor)
    with pytest.raises(Conflict, match="sign both steps"):
        do(batch, Verb.APPROVE, editor)
    assert the_item(batch).decision is Decision.PENDING
    settle(job, editor)
    assert do(batch, Verb.APPROVE, editor).decision is Decision.APPROVED
    assert batch.status is BatchStatus.COMPLETED
    assert batch.review_completed_at is not None


def test_a_batch_opens_again_with_its_item(batch: Batch, job: Job, editor: User) -> None:
    settle(job, editor)
    do(batch, Verb.APPROVE, editor)
    do(batch, Verb.REOPEN, editor)
    assert batch.status is BatchStatus.READY_FOR_REVIEW
    assert batch.review_completed_at is None


def test_an_edit_takes_the_approval_away(batch: Batch, job: Job, editor: User) -> None:
    settle(job, editor)
    do(batch, Verb.APPROVE, editor)
    editing.save(job, latest(job).text + "\nMer.\n", base_id=latest(job).id, by=editor)
    assert the_item(batch).decision is Decision.PENDING
    assert batch.status is BatchStatus.READY_FOR_REVIEW


def test_what_is_sent_back_waits_again_once_written(
    app: Flask, batch: Batch, job: Job, editor: User
) -> None:
    item = do(batch, Verb.REGENERATE, editor, "Shorter")
    assert item.decision is Decision.NEEDS_REGENERATION
    assert batch.status is BatchStatus.IN_REVIEW
    with pytest.raises(Conflict, match="needs regeneration"):
        do(batch, Verb.APPROVE, editor)
    run(app, job.id)
    item = the_item(batch)
    assert (item.decision, item.regeneration_count) == (Decision.PENDING, 1)
    assert latest(job).version == 2


def test_the_desk_shows_text_evidence_and_difference(
    browser: Browser, batch: Batch, job: Job, editor: User
) -> None:
    editing.save(job, latest(job).text.replace(PLACE, CLAIM), base_id=latest(job).id, by=editor)
    there = f"/batches/{batch.id}/review/{the_item(batch).id}"
    page = browser.get(there, htmx=True).text
    assert "Before it can be approved" in page
    assert '<mark class="found' in page
    assert "All checks" in page
    assert "From version 1 to 2" in browser.get(f"{there}?view=diff", htmx=True).text
    answer = browser.post(there, {"verb": "approve", "version": "1"}, htmx=True)
    assert answer.status_code == 409
    assert "be approved yet" in answer.text


def test_the_editor_leads_back_to_the_review(browser: Browser, batch: Batch, job: Job) -> None:
    back = f"/batches/{batch.id}/review"
    page = browser.get(f"/jobs/{job.id}/edit?next={back}").text
    assert f'href="{back}">Back' in page
    sent = {"markdown": latest(job).text + "\nMer.\n", "base_id": latest(job).id}
    answer = browser.post(f"/jobs/{job.id}/edit?next={back}", sent)
    assert answer.headers["Location"] == back
    answer = browser.get(f"/jobs/{job.id}/edit?next=https://evil.example/")
    assert 'href="https://evil.example/' not in answer.text


def test_the_approved_leave_as_an_archive(
    browser: Browser, batch: Batch, job: Job, editor: User
) -> None:
    settle(job, editor)
    do(batch, Verb.APPROVE, editor)
    answer = browser.get(f"/batches/{batch.id}/review/approved.zip")
    assert answer.mimetype == "application/zip"
    assert "night.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = archive.namelist()
        rows = list(csv.DictReader(archive.read("index.csv").decode("utf-8-sig").splitlines()))
    answer.close()
    assert sorted(each.rsplit(".", 1)[1] for each in names) == ["csv", "docx", "html", "md"]
    assert rows[0]["publisher"] == job.publisher_domain
    assert {rows[0]["docx"], rows[0]["html"], rows[0]["md"]} <= set(names)
    assert rows[0]["left_out_because"] == ""
