"""Deciding on a batch's items: who may overwrite whom, and when the batch closes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, Invalid
from bacowr.batches.models import Batch, BatchStatus, Decision, ReviewItem
from bacowr.batches.review import opening, queries, service, states
from bacowr.batches.review.service import Choice
from bacowr.batches.review.states import Verb
from bacowr.jobs.models import Job
from bacowr.jobs.states import QcStatus
from tests.batches.conftest import NewBatch, Work
from tests.plugins.application import NewUser


@pytest.fixture
def batch(new_batch: NewBatch, work: Work) -> Batch:
    """A batch whose three jobs have all ended."""
    made = new_batch(3)
    while work():
        pass
    work()
    return made


def items(batch: Batch) -> list[ReviewItem]:
    db.session.expire_all()
    select = sa.select(ReviewItem).join(ReviewItem.job).where(ReviewItem.batch_id == batch.id)
    return list(db.session.scalars(select.order_by(Job.batch_row)))


def status(batch: Batch) -> BatchStatus:
    return batch.status


def decide(batch: Batch, at: int, verb: Verb, by: User, note: str | None = None) -> ReviewItem:
    item = items(batch)[at]
    return service.decide(batch, item.id, Choice(verb, item.version, note), by=by)


def test_every_job_has_an_item_once_the_batch_is_through(batch: Batch) -> None:
    assert batch.status is BatchStatus.READY_FOR_REVIEW
    made = [each.id for each in items(batch)]
    assert len(made) == 3
    opening.catch_up(batch)
    assert [each.id for each in items(batch)] == made


def test_missing_items_are_made_up_for(batch: Batch) -> None:
    @transaction
    def lose() -> None:
        db.session.execute(sa.delete(ReviewItem))

    lose()
    opening.catch_up(batch)
    assert len(items(batch)) == 3


def test_the_batch_closes_with_the_last_and_opens_with_the_first(batch: Batch, owner: User) -> None:
    for at in range(3):
        assert decide(batch, at, Verb.APPROVE, owner).reviewer_id == owner.id
        left = at < 2
        assert (status(batch) is BatchStatus.IN_REVIEW) is left
    assert status(batch) is BatchStatus.COMPLETED
    decide(batch, 0, Verb.REOPEN, owner)
    assert queries.tally(batch).waiting == 1
    assert status(batch) is BatchStatus.IN_REVIEW
    decide(batch, 0, Verb.REJECT, owner, "Off topic")
    assert status(batch) is BatchStatus.COMPLETED
    actions = set(db.session.scalars(sa.select(AuditEvent.action)))
    assert {"review.approve", "review.reopen", "review.reject", "batch.review"} <= actions


def test_two_reviewers_never_overwrite_each_other(
    batch: Batch, owner: User, new_user: NewUser
) -> None:
    item = items(batch)[0]
    other = new_user("other@example.org")
    service.decide(batch, item.id, Choice(Verb.REJECT, 1, "Thin"), by=other)
    with pytest.raises(Conflict, match=r"other@example\.org rejected it while you looked"):
        service.decide(batch, item.id, Choice(Verb.APPROVE, 1), by=owner)
    found = items(batch)[0]
    assert (found.decision, found.notes, found.version) == (Decision.REJECTED, "Thin", 2)


def test_what_makes_no_sense_is_refused(batch: Batch, owner: User) -> None:
    with pytest.raises(Invalid, match="Say why"):
        decide(batch, 0, Verb.REJECT, owner, "  ")
    with pytest.raises(Invalid, match="At most"):
        decide(batch, 0, Verb.REJECT, owner, "x" * 501)
    with pytest.raises(Conflict, match="pending, so it can't be pending"):
        decide(batch, 0, Verb.REOPEN, owner)
    with pytest.raises(Invalid, match="at most"):
        service.decide_many(batch, [("x", Choice(Verb.APPROVE, 1))] * 1001, by=owner)


def test_nothing_is_decided_while_the_batch_runs(new_batch: NewBatch, owner: User) -> None:
    running = new_batch(1)
    opening.catch_up(running)
    assert items(running) == []
    with pytest.raises(Conflict, match="pending, so nothing of it"):
        service.decide(running, "x", Choice(Verb.APPROVE, 1), by=owner)


def test_what_the_checks_block_is_not_approved(batch: Batch, owner: User) -> None:
    @transaction
    def block() -> None:
        values = {"status": "blocked", "block_reason": "TARGET_HTTP"}
        db.session.execute(sa.update(Job).values(qc_status=QcStatus.BLOCKED, **values))

    block()
    told = service.decide_many(
        batch, [(each.id, Choice(Verb.APPROVE, 1)) for each in items(batch)], by=owner
    )
    assert all(each.error and "TARGET_HTTP" in each.error.message for each in told)
    assert all(each.decision is Decision.PENDING for each in items(batch))
    assert decide(batch, 0, Verb.REJECT, owner, "Broken").decision is Decision.REJECTED


@pytest.mark.parametrize("total", [1, 3])
def test_a_review_is_where_its_items_say(total: int) -> None:
    assert states.status_of(total, total, total) is BatchStatus.COMPLETED
    assert states.status_of(0, 1, total) is BatchStatus.IN_REVIEW
    assert states.status_of(0, 0, total) is BatchStatus.READY_FOR_REVIEW
    assert states.status_of(0, 0, 0) is BatchStatus.READY_FOR_REVIEW
