"""A person's part in an article: editing, deciding and signing; nothing is ever overwritten."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base.db import db
from bacowr.base.errors import Conflict, Invalid, NotFound
from bacowr.engine.checks.model import QcStatus
from bacowr.jobs import queries, service
from bacowr.jobs.articles import checking, editing, signing, versions
from bacowr.jobs.articles.signing import Signature
from bacowr.jobs.models import Job
from bacowr.jobs.states import Decision, DocumentKind, EventType, JobStatus, SignoffStep
from bacowr.jobs.texts import Document
from tests.plugins.orders import Written
from tests.plugins.short_pipeline import ORDER as BARE


@pytest.fixture
def job(drafted: Written, owner: User) -> Job:
    return drafted(owner)


def latest(job: Job) -> Document:
    found = versions.latest(job)
    assert found is not None
    return found


def signature(job: Job, step: SignoffStep, **changes: object) -> Signature:
    document = latest(job)
    given = Signature(
        step=step,
        document_id=document.id,
        diff_sha256=signing.shown_digest(job, document),
        answers={each.key: True for each in signing.checklist(step)},
        seconds_spent=40,
    )
    return dataclasses.replace(given, **changes)  # type: ignore[arg-type]  # Fields.


def decide_all(job: Job, by: User) -> None:
    report = checking.report_of(latest(job))
    assert report is not None
    for each in signing.undecided(report):
        editing.decide(job, each.key, Decision.IGNORED, reason="I checked it.", by=by)


def sign_both(job: Job, by: User) -> None:
    decide_all(job, by)
    for step in SignoffStep:
        signing.sign(job, signature(job, step), by=by)


def test_a_draft_that_a_person_must_see_is_blocked_with_its_article(job: Job) -> None:
    assert (job.status, job.block_reason) == (JobStatus.BLOCKED, "NEEDS_SIGNOFF")
    assert (job.qc_status, latest(job).kind) == (QcStatus.NEEDS_SIGNOFF, DocumentKind.AI_DRAFT)
    assert latest(job).data["label"]["sv"].startswith("Utkast \u2013 AI (")
    assert checking.report_of(latest(job)) is not None


def test_an_edit_is_a_new_version_of_the_models_draft(job: Job, owner: User) -> None:
    first = latest(job)
    second = editing.save(
        job, first.text + "\nEn rad till.\n", base_id=first.id, by=owner, note="  En   rad. "
    )
    assert [each.version for each in versions.of(job)] == [1, 2]
    assert (second.parent_id, second.author, second.note) == (first.id, owner.email, "En rad.")
    assert (second.kind, second.model) == (DocumentKind.AI_DRAFT, first.model)
    assert versions.get(job, first.id).text == first.text
    assert queries.events_of(job)[-1].type is EventType.EDITED


def test_the_same_text_is_no_new_version(job: Job, owner: User) -> None:
    first = latest(job)
    assert editing.save(job, first.text, base_id=first.id, by=owner).id == first.id


def test_two_who_edit_the_same_version_do_not_overwrite_each_other(job: Job, owner: User) -> None:
    first = latest(job)
    editing.save(job, first.text + "\nA.\n", base_id=first.id, by=owner)
    with pytest.raises(Conflict, match="later version"):
        editing.save(job, first.text + "\nB.\n", base_id=first.id, by=owner)
    assert len(versions.of(job)) == 2


def test_a_worse_text_is_blocked_and_a_mended_one_open_again(job: Job, owner: User) -> None:
    first = latest(job)
    bad = first.text.replace("](https://varmebutiken.example/guider/valja-luftvarmepump)", "]")
    second = editing.save(job, bad, base_id=first.id, by=owner)
    assert (job.block_reason, job.qc_status) == ("QC_BLOCKED", QcStatus.BLOCKED)
    with pytest.raises(Conflict, match="mended"):
        signing.sign(job, signature(job, SignoffStep.FACTS), by=owner)
    editing.save(job, first.text, base_id=second.id, by=owner)
    assert job.block_reason == "NEEDS_SIGNOFF"


@pytest.mark.parametrize("text", ["", " \n ", "x" * (editing.LONGEST_TEXT + 1), "half \ud83d"])
def test_no_text_and_too_much_text_are_refused(job: Job, owner: User, text: str) -> None:
    with pytest.raises(Invalid):
        editing.save(job, text, base_id=latest(job).id, by=owner)
    assert len(versions.of(job)) == 1


def test_both_steps_signed_deliver_the_order(job: Job, owner: User) -> None:
    decide_all(job, owner)
    signing.sign(job, signature(job, SignoffStep.FACTS), by=owner)
    assert (job.status, signing.is_signed(job)) == (JobStatus.BLOCKED, False)
    signoff = signing.sign(job, signature(job, SignoffStep.COMPLIANCE), by=owner)
    assert (job.status, signing.is_signed(job)) == (JobStatus.DELIVERED, True)
    assert owner.email in signoff.signer
    assert signoff.text_sha256 == latest(job).sha256
    assert signoff.evidence["sources"]
    assert "thresholds" in signoff.evidence["versions"]
    with pytest.raises(Conflict, match="signed already"):
        signing.sign(job, signature(job, SignoffStep.FACTS), by=owner)


def test_any_edit_voids_what_was_signed(job: Job, owner: User) -> None:
    sign_both(job, owner)
    first = latest(job)
    editing.save(job, first.text + "\nEn rad till.\n", base_id=first.id, by=owner)
    assert not signing.valid_of(job)
    assert {each.void_reason for each in signing.of(job)} == {"Version 2 was saved."}
    assert job.status is JobStatus.BLOCKED


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"document_id": "another"}, Conflict),
        ({"diff_sha256": "0" * 64}, Invalid),
        ({"answers": {}}, Invalid),
        ({"seconds_spent": -1}, Invalid),
    ],
)
def test_what_was_not_looked_at_is_not_signed(
    job: Job, owner: User, changes: dict[str, object], error: type[Exception]
) -> None:
    decide_all(job, owner)
    with pytest.raises(error):
        signing.sign(job, signature(job, SignoffStep.FACTS, **changes), by=owner)
    assert not signing.of(job)


def test_an_undecided_finding_keeps_everybody_from_signing(job: Job, owner: User) -> None:
    report = checking.report_of(latest(job))
    assert report
    assert signing.undecided(report)
    with pytest.raises(Conflict, match="wait for a decision"):
        signing.sign(job, signature(job, SignoffStep.FACTS), by=owner)


def test_a_decision_holds_until_it_is_taken_back(job: Job, owner: User) -> None:
    report = checking.report_of(latest(job))
    assert report
    finding = signing.undecided(report)[0]
    with pytest.raises(Invalid, match="why"):
        editing.decide(job, finding.key, Decision.IGNORED, reason=" ", by=owner)
    after = editing.decide(job, finding.key, Decision.ACCEPTED, reason=None, by=owner)
    assert finding.key not in {each.key for each in signing.undecided(after)}
    assert checking.decisions_of(job) == {finding.key: "accepted"}
    back = editing.decide(job, finding.key, None, reason=None, by=owner)
    assert finding.key in {each.key for each in signing.undecided(back)}
    with pytest.raises(NotFound):
        editing.decide(job, "unknown", Decision.ACCEPTED, reason=None, by=owner)


def test_a_finding_that_must_be_mended_is_nobodys_to_decide(job: Job, owner: User) -> None:
    first = latest(job)
    editing.save(job, f"{first.text}\nLorem ipsum.\n", base_id=first.id, by=owner)
    report = checking.report_of(latest(job))
    assert report
    blocked = next(each for each in report.findings if each.status is QcStatus.BLOCKED)
    with pytest.raises(Conflict, match="mended"):
        editing.decide(job, blocked.key, Decision.IGNORED, reason="No.", by=owner)


def test_a_job_that_is_sent_back_keeps_its_versions(job: Job, owner: User) -> None:
    sign_both(job, owner)
    service.send_back(job, by=owner, wish="Shorter, please.")
    assert (job.status, job.round_number, job.stage) == (JobStatus.PENDING, 2, "write")
    assert not signing.valid_of(job)
    assert len(versions.of(job)) == 1
    with pytest.raises(Conflict):
        editing.save(job, "# Titel\n", base_id=latest(job).id, by=owner)


def test_a_text_of_a_persons_own_needs_no_model(app: Flask, owner: User, written: Written) -> None:
    del app
    job = written(owner, brief_only=True)
    assert versions.latest(job) is None
    made = editing.save(job, "# Titel\n\nEn text.\n", base_id=None, by=owner)
    assert (made.kind, made.model, made.version) == (DocumentKind.HUMAN_TEXT, None, 1)
    assert made.data["label"]["sv"] == "Text \u2013 människa"
    assert job.qc_status is QcStatus.BLOCKED  # There is no link in it.


def test_an_order_that_was_never_read_has_no_text(app: Flask, owner: User) -> None:
    del app
    job = service.create(BARE, owner=owner)
    with pytest.raises(Conflict):
        editing.save(job, "# Titel\n", base_id=None, by=owner)
    with pytest.raises(NotFound):
        versions.get(job, "unknown")


def test_articles_of_one_batch_are_neighbors(drafted: Written, owner: User) -> None:
    one, other = drafted(owner), drafted(owner, anchor_text="en annan ankare")
    one.batch_id = other.batch_id = "b1"
    db.session.commit()
    (neighbor,) = checking.neighbors_of(one)
    assert (neighbor.id, neighbor.text) == (other.id, latest(other).text)


def test_neighbors_cost_one_statement_and_are_the_versions_that_count(
    drafted: Written, owner: User, statements: list[str]
) -> None:
    one = drafted(owner)
    others = [drafted(owner, anchor_text=f"ankare {number}") for number in range(3)]
    edited = latest(others[0])
    editing.save(others[0], edited.text + "\nEn rad till.\n", base_id=edited.id, by=owner)
    drafted(owner).batch_id = "b2"
    for each in (one, *others):
        each.batch_id = "b1"
    db.session.commit()
    statements.clear()
    found = {each.id: each for each in checking.neighbors_of(one)}
    assert len(statements) == 1
    assert {id_: each.text for id_, each in found.items()} == {
        each.id: latest(each).text for each in others
    }
    assert found[others[0].id].text.endswith("En rad till.\n")
    assert {each.title for each in found.values()} == {latest(one).data["title"]}


def test_the_version_that_counts_is_read_without_the_earlier_ones(
    job: Job, owner: User, statements: list[str]
) -> None:
    for number in range(3):
        last = latest(job)
        editing.save(job, last.text + f"\nRad {number}.\n", base_id=last.id, by=owner)
    db.session.expunge_all()
    again = queries.get(job.id, owner=owner)
    statements.clear()
    counts = latest(again)
    assert len(statements) == 1
    read = [each for each in db.session if isinstance(each, Document)]
    assert (counts.version, read) == (4, [counts])
