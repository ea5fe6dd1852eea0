"""Whatever two reviewers and a worker do, in whatever order: no decision is lost or overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bacowr.accounts import service as accounts
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.audit.models import AuditEvent
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import BacowrError
from bacowr.base.types import new_id
from bacowr.batches import figures
from bacowr.batches.models import BatchStatus, Decision, ReviewItem
from bacowr.batches.review import opening, queries, service, states
from bacowr.batches.review.service import Choice
from bacowr.batches.review.states import Verb
from bacowr.engine.checks.model import Check, CheckName, Finding, QcStatus, Report
from bacowr.engine.shapes import to_json
from bacowr.jobs import service as jobs
from bacowr.jobs.models import Job
from bacowr.jobs.states import DocumentKind, JobStatus
from bacowr.jobs.texts import Document, QcRun
from tests.plugins.application import PASSWORD
from tests.plugins.gathered import gathered

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

ITEMS = 3
places = st.integers(0, ITEMS - 1)
reviewers = st.integers(0, 1)
verbs = st.sampled_from(list(Verb))
notes = st.sampled_from([None, "", "Thin."])
reds = st.sampled_from(["clean", "decidable", "blocked"])
BEING_WRITTEN = states.BEING_WRITTEN


@dataclass
class Believed:
    """What one item should be at, and what stands against approving it."""

    decision: Decision = Decision.PENDING
    version: int = 1
    note: str | None = None
    by: str | None = None
    red: str = "clean"
    times_written: int = 0


@dataclass
class Reviewer:
    """Somebody who decides, and the versions that they saw when they last looked."""

    user: User
    seen: dict[str, int] = field(default_factory=dict)


@transaction
def write(job_id: str, red: str, *, ends: bool) -> None:
    """Store a version with findings; where it ends a rewrite, the job comes to its end."""
    found = {
        "clean": (),
        "decidable": (_finding(QcStatus.NEEDS_SIGNOFF, decidable=True),),
        "blocked": (_finding(QcStatus.BLOCKED, decidable=False),),
    }[red]
    status = found[0].status if found else QcStatus.PASS
    report = Report(status, 90.0, (Check(CheckName.TRUST, status, found),), "0" * 64, "", {})
    version = 1 + (db.session.scalar(_versions(job_id)) or 0)
    document = Document(
        id=new_id(),
        job_id=job_id,
        kind=DocumentKind.AI_DRAFT,
        version=version,
        text="# An article\n",
        sha256="0" * 64,
        data={"title": "An article"},
        created_at=clock.now(),
    )
    db.session.add(document)
    db.session.flush()
    run = {"document_id": document.id, "status": status, "score": 90.0, "report": to_json(report)}
    db.session.add(QcRun(job_id=job_id, created_at=clock.now(), **run))
    job = db.session.get_one(Job, job_id, populate_existing=True)
    job.qc_status, job.qc_score = status, 90.0
    if ends:
        job.status, job.finished_at = JobStatus.DELIVERED, clock.now()
        job.lease_owner = job.lease_until = None


def _finding(status: QcStatus, *, decidable: bool) -> Finding:
    return Finding(CheckName.TRUST, "RULE", status, "Not so.", decidable=decidable)


def _versions(job_id: str) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(Document).where(Document.job_id == job_id)


class Review(RuleBasedStateMachine):
    """One batch, two reviewers, and a worker."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = 0

    @initialize(red=st.lists(reds, min_size=ITEMS, max_size=ITEMS))
    def gather(self, red: list[str]) -> None:
        names = [f"{new_id()}@example.org" for _ in range(2)]
        users = [accounts.create_user(n, role=Role.EDITOR, password=PASSWORD) for n in names]
        self.reviewers = [Reviewer(each) for each in users]
        self.batch = gathered(users[0], ITEMS)
        self.ids = [each.id for each in self.stored()]
        self.jobs = {each.id: each.job_id for each in self.stored()}
        self.believed = {each: Believed(red=kind) for each, kind in zip(self.ids, red, strict=True)}
        for each in self.ids:
            write(self.jobs[each], self.believed[each].red, ends=False)
        for reviewer in self.reviewers:
            self.look_at_all(reviewer)

    @rule(who=reviewers)
    def look(self, who: int) -> None:
        opening.catch_up(self.batch)
        self.look_at_all(self.reviewers[who])

    @rule(who=reviewers, place=places, verb=verbs, note=notes)
    def decide_as_seen(self, who: int, place: int, verb: Verb, note: str | None) -> None:
        reviewer, item_id = self.reviewers[who], self.ids[place]
        self.decide(reviewer, item_id, Choice(verb, reviewer.seen[item_id], note))

    @rule(who=reviewers, place=places, verb=verbs, note=notes)
    def decide_as_it_is(self, who: int, place: int, verb: Verb, note: str | None) -> None:
        self.decide(self.reviewers[who], self.ids[place], Choice(verb, None, note))

    @rule(who=reviewers, verb=verbs, note=notes)
    def decide_many(self, who: int, verb: Verb, note: str | None) -> None:
        reviewer = self.reviewers[who]
        choices = [(each, Choice(verb, reviewer.seen[each], note)) for each in self.ids]
        expected = [self.expect(reviewer, each, choice) for each, choice in choices]
        told = service.decide_many(self.batch, choices, by=reviewer.user)
        assert [each.error.status if each.error else None for each in told] == expected

    @rule(place=places)
    def begin_rewrite(self, place: int) -> None:
        believed = self.believed[self.ids[place]]
        if believed.decision is Decision.NEEDS_REGENERATION:
            assert jobs.claim(self.jobs[self.ids[place]], worker="w1", seconds=60)
            self.change(believed, Decision.REGENERATING)

    @rule(place=places, red=reds)
    def end_rewrite(self, place: int, red: str) -> None:
        believed = self.believed[self.ids[place]]
        if believed.decision in BEING_WRITTEN:
            write(self.jobs[self.ids[place]], red, ends=True)
            believed.red = red
            self.change(believed, Decision.PENDING)

    @rule(place=places, red=reds)
    def edit(self, place: int, red: str) -> None:
        believed = self.believed[self.ids[place]]
        if believed.decision in BEING_WRITTEN:
            return
        write(self.jobs[self.ids[place]], red, ends=False)
        believed.red = red
        if believed.decision is Decision.APPROVED:
            self.change(believed, Decision.PENDING)

    @invariant()
    def nothing_is_lost_or_made_up(self) -> None:
        for item in self.stored():
            believed = self.believed[item.id]
            found = (item.decision, item.version, item.notes, item.reviewer_id)
            assert found == (believed.decision, believed.version, believed.note, believed.by)
            assert item.regeneration_count == believed.times_written

    @invariant()
    def nothing_red_is_approved(self) -> None:
        approved = [e for e in self.believed.values() if e.decision is Decision.APPROVED]
        assert {each.red for each in approved} <= {"clean"}
        assert len(queries.approved(self.batch)) == len(approved)

    @invariant()
    def counts_add_up_and_the_batch_closes_with_the_last(self) -> None:
        db.session.refresh(self.batch)
        tally = queries.tally(self.batch)
        assert tally.decided + tally.being_written + tally.waiting == tally.total == ITEMS
        told = figures.of([self.batch])[0]
        assert told.items_decided + told.items_pending_review == told.total_items == ITEMS
        is_closed = self.batch.status is BatchStatus.COMPLETED
        assert is_closed == (tally.decided == ITEMS)
        assert is_closed == (self.batch.review_completed_at is not None)
        assert self.batch.status in states.REVIEWABLE

    @invariant()
    def every_decision_is_in_the_log(self) -> None:
        mine = AuditEvent.actor_id.in_([each.user.id for each in self.reviewers])
        select = sa.select(sa.func.count()).where(mine, AuditEvent.action.startswith("review."))
        assert db.session.scalar(select) == self.taken

    def decide(self, reviewer: Reviewer, item_id: str, choice: Choice) -> None:
        """Decide, and hold the answer to what should come of it."""
        expected = self.expect(reviewer, item_id, choice)
        answered = None
        try:
            service.decide(self.batch, item_id, choice, by=reviewer.user)
        except BacowrError as error:
            answered = error.status
        assert answered == expected

    def expect(self, reviewer: Reviewer, item_id: str, choice: Choice) -> int | None:
        """Say what a decision should be answered with; None when it is to be taken, and take it."""
        believed, move = self.believed[item_id], states.MOVES[choice.verb]
        if choice.verb is Verb.REJECT and not choice.note:
            return 422
        is_stale = choice.version not in {None, believed.version}
        is_red = choice.verb is Verb.APPROVE and believed.red != "clean"
        if is_stale or believed.decision not in move.sources or is_red:
            return 409
        believed.decision, believed.version = move.target, believed.version + 1
        believed.note, believed.by = choice.note or None, reviewer.user.id
        believed.times_written += choice.verb is Verb.REGENERATE
        self.taken += 1
        return None

    def change(self, believed: Believed, decision: Decision) -> None:
        """Let the review catch up with what happened to a job."""
        opening.catch_up(self.batch)
        believed.decision, believed.version = decision, believed.version + 1

    def look_at_all(self, reviewer: Reviewer) -> None:
        """Note what there is to see."""
        reviewer.seen = {each.id: each.version for each in self.stored()}

    def stored(self) -> list[ReviewItem]:
        """Read the items as they are stored, in the order of their rows."""
        select = sa.select(ReviewItem).join(ReviewItem.job).order_by(Job.batch_row)
        select = select.where(ReviewItem.batch_id == self.batch.id)
        return list(db.session.scalars(select.execution_options(populate_existing=True)))


def ticking() -> Iterator[datetime]:
    """Give moments, each a second after the one before, so that none depends on the machine."""
    begins = datetime(2026, 11, 22, 9, tzinfo=UTC)
    return (begins + timedelta(seconds=each) for each in count())


@pytest.mark.parametrize("examples", [6, pytest.param(100, marks=pytest.mark.long)])
def test_a_review_keeps_what_was_decided(
    app: Flask, monkeypatch: pytest.MonkeyPatch, examples: int
) -> None:
    del app
    moments = ticking()
    monkeypatch.setattr(clock, "now", lambda: next(moments))
    run_state_machine_as_test(
        Review,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
