"""Fixtures of the figures' tests: orders and deals as they stand in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from bacowr.accounts.models import User
from bacowr.accounts.usage import CostSource, UsageEntry
from bacowr.analytics import cells, recent
from bacowr.backlinks.models import Backlink
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.types import new_id
from bacowr.engine.order import Order
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus, QcStatus

NewJob = Callable[..., Job]
NewDeal = Callable[..., Backlink]

DEFAULTS: dict[JobStatus, dict[str, Any]] = {
    JobStatus.PENDING: {},
    JobStatus.PROCESSING: {"lease_owner": "w1", "lease_until": clock.now() + timedelta(days=1)},
    JobStatus.DELIVERED: {"qc_status": QcStatus.PASS, "qc_score": 90.0},
    JobStatus.BLOCKED: {
        "qc_status": QcStatus.NEEDS_SIGNOFF,
        "qc_score": 60.0,
        "block_reason": "NEEDS_SIGNOFF",
    },
    JobStatus.ABORTED: {"error_code": "WRITER_FAILED", "error_message": "It failed."},
    JobStatus.CANCELED: {},
}
UNENDED = {JobStatus.PENDING, JobStatus.PROCESSING}


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Let no test see what another one kept."""
    cells.forget()
    recent.memory.clear()
    yield
    cells.forget()
    recent.memory.clear()


@pytest.fixture
def new_job() -> NewJob:
    """A function that stores an order as it stands: `new_job(owner, status, cost=0.5, …)`."""

    @transaction
    def make(
        owner: User,
        status: JobStatus = JobStatus.DELIVERED,
        *,
        at: datetime | None = None,
        writer: tuple[str, str] | None = None,
        **more: Any,  # noqa: ANN401 - columns.
    ) -> Job:
        at = at or clock.now()
        order = asdict(Order("publisher.example", "https://target.example/page", "an anchor"))
        ended = None if status in UNENDED else at + timedelta(minutes=5)
        cost = more.pop("cost", None)
        money = {"actual_cost_usd": cost, "cost_source": CostSource.MEASURED if cost else None}
        about = {"created_at": at, "updated_at": at, "started_at": at, "finished_at": ended}
        columns = order | about | money | DEFAULTS[status] | more
        job = Job(id=new_id(), owner_id=owner.id, status=status, **columns)
        db.session.add(job)
        db.session.flush()
        if writer:
            provider, model = writer
            db.session.add(
                UsageEntry(
                    owner_id=owner.id,
                    job_id=job.id,
                    at=at,
                    provider=provider,
                    model=model,
                    cost_usd=cost,
                    cost_source=CostSource.MEASURED,
                )
            )
        return job

    return make


@pytest.fixture
def new_deal() -> NewDeal:
    """A function that stores a deal: `new_deal(owner, placement=…, campaign="Spring")`."""

    @transaction
    def make(owner: User, **more: Any) -> Backlink:  # noqa: ANN401 - columns.
        about = {
            "publisher_domain": "publisher.example",
            "target_url": "https://target.example/page",
            "anchor_text": "an anchor",
            "match_key": new_id(),
        }
        deal = Backlink(id=new_id(), owner_id=owner.id, **(about | more))
        db.session.add(deal)
        db.session.flush()
        return deal

    return make
