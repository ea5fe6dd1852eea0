"""Passages of an article: comments that stay with their words, and single paragraphs anew."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from bacowr.accounts.models import User
from bacowr.accounts.usage import UsageEntry
from bacowr.audit.models import AuditEvent
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.errors import Conflict, Invalid, NotFound, ProviderDown
from bacowr.engine.article.parsed import parse
from bacowr.engine.ports import Prompt, Purpose, WriterFailed, WriterFault
from bacowr.engine.ports import Written as Answer
from bacowr.engine.pricing import STANDARD
from bacowr.jobs.articles import comments, editing, rewriting, signing, versions
from bacowr.jobs.models import Job
from bacowr.jobs.money import asking, costs
from bacowr.jobs.spending import CallStatus, CapScope, ModelCall
from bacowr.jobs.texts import Document
from tests.plugins.canned_writer import CannedWriter
from tests.plugins.orders import Written

CAPS = {CapScope.ORDER: 1.0, CapScope.DAY: 10.0}


@pytest.fixture
def job(drafted: Written, owner: User) -> Job:
    return drafted(owner)


def latest(job: Job) -> Document:
    found = versions.latest(job)
    assert found is not None
    return found


def paragraph(job: Job, number: int = 2) -> tuple[int, str]:
    block = parse(latest(job).text).paragraphs[number]
    return block.span[0], block.text


def comment(job: Job, by: User, quote: str, text: str = "Says who?") -> comments.Remark:
    at, _ = paragraph(job)
    passage = comments.passage_at(latest(job).text, at, quote)
    row = comments.add(job, latest(job).id, passage, text, by=by)
    found = comments.placed(comments.of(job), latest(job))
    return next(each for each in found if each.comment is row)


def words(text: str, count: int = 4) -> str:
    return " ".join(text.split()[1 : 1 + count])


def test_a_comment_stands_at_its_passage(job: Job, owner: User) -> None:
    _, text = paragraph(job)
    found = comment(job, owner, words(text).replace(" ", "  \n"))
    assert found.place is not None
    markdown = latest(job).text
    assert markdown[found.place.start : found.place.end] == words(text) == found.comment.quote
    assert (found.comment.author, found.comment.text) == (owner.email, "Says who?")
    assert found.key == f"comment-{found.comment.id}"


def test_without_words_a_comment_is_about_the_paragraph(job: Job, owner: User) -> None:
    _, text = paragraph(job)
    assert comment(job, owner, "").comment.quote == text[: comments.LONGEST_QUOTE]


def test_a_comment_moves_with_its_words_and_is_told_when_they_are_gone(
    job: Job, owner: User
) -> None:
    _, text = paragraph(job)
    kept = comment(job, owner, words(text))
    first = latest(job)
    moved = first.text.replace("\n\n", "\n\nEtt stycke före allt annat.\n\n", 1)
    editing.save(job, moved, base_id=first.id, by=owner)
    (found,) = comments.placed(comments.of(job), latest(job))
    assert found.place is not None
    assert kept.place is not None
    assert found.place.start > kept.place.start
    assert latest(job).text[found.place.start : found.place.end] == words(text)
    second = latest(job)
    editing.save(job, second.text.replace(text, "Borta."), base_id=second.id, by=owner)
    (gone,) = comments.placed(comments.of(job), latest(job))
    assert gone.place is None
    assert comments.placed(comments.of(job), first) == [kept]


def test_a_comment_is_resolved_and_opened_again(job: Job, owner: User) -> None:
    row = comment(job, owner, "").comment
    for _ in range(2):
        comments.resolve(job, row.id, by=owner)
    assert (row.resolved_by, row.resolved_at is None) == (owner.email, False)
    comments.resolve(job, row.id, by=owner, is_resolved=False)
    assert (row.resolved_by, row.resolved_at) == (None, None)
    select = sa.select(AuditEvent.action).where(AuditEvent.resource_type == "article_comments")
    told = db.session.scalars(select.order_by(AuditEvent.at, AuditEvent.id)).all()
    assert sorted(told) == ["comment.add", "comment.reopen", "comment.resolve"]


def test_comments_that_can_not_be_are_refused(
    job: Job, drafted: Written, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, _ = paragraph(job)
    markdown = latest(job).text
    for place, quote in ((at, "words that stand nowhere"), (len(markdown) + 50, "")):
        with pytest.raises(Invalid, match="Select it again"):
            comments.passage_at(markdown, place, quote)
    for text in (" ", "x" * 1001, "a\x00b"):
        with pytest.raises(Invalid):
            comment(job, owner, "", text)
    other = drafted(owner, anchor_text="en annan ankare")
    row = comment(job, owner, "").comment
    for id_ in (row.id, "unknown"):
        with pytest.raises(NotFound):
            comments.resolve(other, id_, by=owner)
    with pytest.raises(NotFound):
        comments.add(other, latest(job).id, comments.passage_at(markdown, at, ""), "x", by=owner)
    monkeypatch.setattr(comments, "MOST_COMMENTS", 1)
    with pytest.raises(Invalid, match="at most 1"):
        comment(job, owner, "")


def anew(job: Job, by: User, writer: CannedWriter | None = None, **told: object) -> Document:
    at, _ = paragraph(job)
    given = {"base_id": latest(job).id, "at": at, "note": "Warmer.", "caps": CAPS} | told
    caps = given.pop("caps")
    made = rewriting.prepare(job, **given)  # type: ignore[arg-type]  # As told.
    writer = writer or CannedWriter("anthropic", "claude-sonnet-4-5")
    written = asking.ask(job, made.prompt, writer, STANDARD, caps=caps)  # type: ignore[arg-type]
    return rewriting.store(job, made, written, by=by)


def calls() -> list[ModelCall]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(ModelCall).order_by(ModelCall.attempt)))


def test_one_paragraph_is_written_anew_and_nothing_else(job: Job, owner: User) -> None:
    before, (_, text) = latest(job), paragraph(job)
    cost = job.actual_cost_usd or 0.0
    made = anew(job, owner)
    assert made.text == before.text.replace(text[:20], f"Kort sagt gäller det här. {text[:20]}", 1)
    assert (made.version, made.parent_id, made.author) == (2, before.id, owner.email)
    assert made.note == "Paragraph 3 written anew: Warmer."
    assert versions.get(job, before.id).text == before.text
    (call,) = calls()
    assert (call.status, call.purpose, call.attempt) == (CallStatus.DONE, Purpose.PARAGRAPH, 1)
    assert call.cost_usd
    assert job.actual_cost_usd == pytest.approx(cost + call.cost_usd)
    assert db.session.scalars(sa.select(UsageEntry)).all()[-1].cost_usd == call.cost_usd
    anew(job, owner)
    assert [each.attempt for each in calls()] == [1, 2]


def test_it_voids_what_was_signed_and_is_checked_like_any_edit(job: Job, owner: User) -> None:
    anew(job, owner)
    assert signing.valid_of(job) == {}
    assert job.qc_status is not None


@dataclasses.dataclass
class Meanwhile(CannedWriter):
    """A writer during whose call somebody else saves."""

    job: Job | None = None
    by: User | None = None

    def write(self, prompt: Prompt) -> Answer:
        assert self.job is not None
        assert self.by is not None
        last = latest(self.job)
        editing.save(self.job, last.text + "\nEn rad till.\n", base_id=last.id, by=self.by)
        return super().write(prompt)


def test_nobody_s_work_is_overwritten(job: Job, owner: User) -> None:
    writer = Meanwhile("anthropic", "claude-sonnet-4-5", job=job, by=owner)
    with pytest.raises(Conflict, match="later version"):
        anew(job, owner, writer)
    assert latest(job).text.endswith("En rad till.\n")
    assert latest(job).version == 2
    assert [each.status for each in calls()] == [CallStatus.DONE]  # Kept, with what was written.


def test_an_older_version_is_refused_before_anything_is_paid(job: Job, owner: User) -> None:
    first = latest(job)
    editing.save(job, first.text + "\nEn rad till.\n", base_id=first.id, by=owner)
    with pytest.raises(Conflict, match="later version"):
        anew(job, owner, base_id=first.id)
    assert not calls()


@pytest.mark.parametrize(
    ("answer", "told"),
    [("", "can't be used"), ("===3===\n# Rubrik", "can't be used"), ("Hej.", "can't be used")],
)
def test_an_answer_that_is_no_paragraph_leaves_the_text(
    job: Job, owner: User, answer: str, told: str
) -> None:
    writer = CannedWriter("anthropic", "claude-sonnet-4-5", {Purpose.PARAGRAPH: answer})
    with pytest.raises(Conflict, match=told):
        anew(job, owner, writer)
    assert latest(job).version == 1
    assert calls()[0].answer == answer


def test_a_writer_that_fails_leaves_the_text(
    job: Job, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: object, _prompt: Prompt) -> Answer:
        raise WriterFailed(WriterFault.DOWN, "It is down.")

    monkeypatch.setattr(CannedWriter, "write", fail)
    with pytest.raises(ProviderDown, match="It is down"):
        anew(job, owner)
    assert (calls()[0].status, calls()[0].cost_usd) == (CallStatus.FAILED, 0.0)


def test_caps_hold(job: Job, owner: User) -> None:
    with pytest.raises(Conflict, match=r"The cap of 0.00 USD per order"):
        anew(job, owner, caps={CapScope.ORDER: 0.001})
    assert not calls()


def test_one_at_a_time_until_its_process_is_taken_for_dead(job: Job, owner: User) -> None:
    anew(job, owner)
    call = calls()[0]
    call.status, call.finished_at, call.answer = CallStatus.RUNNING, None, None
    db.session.commit()
    with pytest.raises(Conflict, match="Wait for it"):
        anew(job, owner)
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        anew(job, owner)
    assert [each.status for each in calls()] == [CallStatus.LOST, CallStatus.DONE]


def test_what_can_not_be_written_anew_is_told(job: Job, owner: User) -> None:
    heading = parse(latest(job).text).headings[0].span[0]
    with pytest.raises(Invalid, match="by itself"):
        anew(job, owner, at=heading)
    with pytest.raises(Invalid, match="at most 500"):
        anew(job, owner, note="x" * 501)


def test_the_costs_of_a_paragraph_are_of_the_job(app: Flask, job: Job, owner: User) -> None:
    del app
    anew(job, owner)
    assert [each.purpose for each in costs.calls_of(job)] == [Purpose.PARAGRAPH]
