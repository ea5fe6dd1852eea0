"""What happens in the rooms is put down to be told, where it happens."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.backlinks import service as backlinks
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.batches import dispatching
from bacowr.batches import service as batches
from bacowr.batches.service import Plan
from bacowr.engine.order import Order
from bacowr.jobs import service as jobs
from bacowr.jobs.holds import Wanted
from bacowr.jobs.leases import Lease
from bacowr.jobs.models import Job
from bacowr.jobs.outcome import Outcome
from bacowr.jobs.states import JobStatus
from bacowr.notifications.deliveries import Notice
from bacowr.watch import sweeping
from bacowr.watch.models import LinkAlert
from tests.notifications.conftest import Json

ORDER = Order("publisher.test", "http://target.test:8099/page", "a good read")


def told() -> Counter[str]:
    return Counter(db.session.scalars(sa.select(Notice.event)))


def facts_of(event: str) -> Json:
    return db.session.scalars(sa.select(Notice.data).where(Notice.event == event)).one()


@pytest.fixture
def lease(ann: User) -> Lease:
    """An order of Ann's in a worker's hands."""
    job = jobs.create(ORDER, owner=ann)
    found = jobs.claim(job.id, worker="w1", seconds=60)
    assert found is not None
    return found


def test_an_order_is_told(ann: User) -> None:
    job = jobs.create(ORDER, owner=ann, idempotency_key="once")
    assert jobs.create(ORDER, owner=ann, idempotency_key="once").id == job.id
    assert told() == {"job.created": 1}
    facts = facts_of("job.created")
    assert (facts["job_id"], facts["anchor_text"]) == (job.id, "a good read")


def test_a_delivered_order_is_told(lease: Lease) -> None:
    jobs.finish(lease, Outcome(()))
    assert told() == {"job.created": 1, "job.completed": 1}
    assert facts_of("job.completed")["status"] == "delivered"


def test_a_blocked_order_is_told_with_its_reason(lease: Lease) -> None:
    jobs.finish(lease, Outcome((), block_reason="NO_ANGLE", block_message="None fits."))
    assert facts_of("job.blocked")["block_reason"] == "NO_ANGLE"


def test_a_failed_order_is_told_with_its_reason(lease: Lease) -> None:
    jobs.fail(lease, code="WRITER_FAILED", message="The writer did not answer.")
    facts = facts_of("job.failed")
    assert (facts["error_code"], facts["error_message"]) == (
        "WRITER_FAILED",
        "The writer did not answer.",
    )


@transaction
def end_all(status: JobStatus) -> None:
    ended = {"status": status, "is_held": False, "finished_at": clock.now()}
    why = {"error_code": "TARGET_GONE", "error_message": "It is gone."}
    ended |= why if status is JobStatus.ABORTED else {}
    db.session.execute(sa.update(Job).values(**ended))


def begin_batch(ann: User, rows: int = 3) -> str:
    wanted = [
        Wanted(Order("publisher.test", ORDER.target_url, f"read {n}"), n) for n in range(rows)
    ]
    return batches.create(wanted, Plan("Spring"), owner=ann).id


def test_a_batch_is_told_when_it_is_ready(ann: User) -> None:
    batch_id = begin_batch(ann)
    assert told() == {"job.created": 3}
    end_all(JobStatus.DELIVERED)
    dispatching.dispatch()
    assert told() == {"job.created": 3, "batch.ready": 1}
    facts = facts_of("batch.ready")
    assert (facts["batch_id"], facts["name"], facts["delivered"]) == (batch_id, "Spring", 3)


def test_a_batch_of_which_nothing_came_is_told(ann: User) -> None:
    begin_batch(ann)
    end_all(JobStatus.ABORTED)
    dispatching.dispatch()
    assert facts_of("batch.failed")["failed"] == 3


def test_a_withdrawn_batch_is_told_to_nobody(ann: User) -> None:
    begin_batch(ann)
    end_all(JobStatus.CANCELED)
    dispatching.dispatch()
    assert told() == {"job.created": 3}


def test_a_deal_that_ends_is_told_once(ann: User) -> None:
    link = {
        "publisher_url": "https://news.example/a",
        "target_url": "https://shop.example/",
        "anchor_text": "a good read",
        "placement": "published",
        "expires_on": (clock.now() + timedelta(days=2)).date().isoformat(),
    }
    made = backlinks.create(link, owner=ann)
    sweeping.sweep()
    sweeping.sweep()
    assert told() == {"deal.expiring": 1}
    facts = facts_of("deal.expiring")
    assert (facts["backlink_id"], facts["publisher"]) == (made.id, "news.example")
    assert db.session.scalars(sa.select(LinkAlert.told_at)).one() is not None
