"""Jobs taken out of sight: what goes, what stays, and what can't go."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.permissions import Role
from bacowr.audit.models import AuditEvent
from bacowr.backlinks import service as backlinks
from bacowr.base.db import db, transaction
from bacowr.batches.models import Batch, ReviewItem
from bacowr.jobs import queries, service
from bacowr.jobs.articles import signing
from bacowr.jobs.models import Job
from bacowr.jobs.spending import ModelCall
from bacowr.jobs.states import JobStatus
from tests.api.conftest import ORDER, Caller, NewCaller, body_of, sign_both, store
from tests.plugins.orders import Written


def test_a_deleted_job_is_gone_from_every_list(caller: Caller) -> None:
    job, other = caller.order(), caller.order(anchor_text="another")
    answer = caller.send("DELETE", f"/jobs/{job['id']}")
    assert (answer.status_code, answer.data) == (204, b"")
    listed = body_of(caller.get("/jobs"))
    assert [each["id"] for each in listed["items"]] == [other["id"]]
    assert listed["total"] == 1
    for path in ("", "/article", "/execution-log", "/documents", "/signoffs"):
        assert caller.get(f"/jobs/{job['id']}{path}").status_code == 404
    assert caller.send("DELETE", f"/jobs/{job['id']}").status_code == 404


def test_one_that_waits_is_withdrawn_so_that_no_worker_takes_it(caller: Caller) -> None:
    job_id = caller.order()["id"]
    caller.send("DELETE", f"/jobs/{job_id}")
    assert db.session.get_one(Job, job_id).status is JobStatus.CANCELED
    assert service.claim(job_id, worker="w1", seconds=30) is None
    noted = db.session.scalars(sa.select(AuditEvent.action).where(AuditEvent.resource_id == job_id))
    assert "job.delete" in noted.all()


def test_one_that_a_worker_runs_stays_until_it_is_canceled(caller: Caller) -> None:
    job_id = caller.order()["id"]
    assert service.claim(job_id, worker="w1", seconds=30)
    answer = caller.send("DELETE", f"/jobs/{job_id}")
    assert answer.status_code == 409
    assert "Cancel it first" in body_of(answer)["detail"]
    caller.post(f"/jobs/{job_id}/cancel")
    assert caller.send("DELETE", f"/jobs/{job_id}").status_code == 204


def test_what_it_cost_still_counts_and_its_key_is_free(caller: Caller) -> None:
    key = {"Idempotency-Key": "order-1"}
    job_id = body_of(caller.post("/jobs", json=ORDER, headers=key))["id"]
    store(
        ModelCall(
            job_id=job_id,
            owner_id=caller.user.id,
            round_number=1,
            purpose="single",
            attempt=1,
            provider="anthropic",
            model="m",
            prompt_version="1",
            prompt_sha256="0" * 64,
            cost_usd=1.5,
        )
    )
    caller.send("DELETE", f"/jobs/{job_id}")
    assert db.session.scalar(sa.select(sa.func.sum(ModelCall.cost_usd))) == 1.5
    assert db.session.get_one(Job, job_id).idempotency_key is None


@transaction
def _in_a_batch(job: Job) -> None:
    batch = Batch(owner_id=job.owner_id, name="Tonight")
    db.session.add(batch)
    db.session.flush()
    db.session.add(ReviewItem(owner_id=job.owner_id, batch_id=batch.id, job_id=job.id))


def test_one_under_review_stays(caller: Caller) -> None:
    job = queries.get(caller.order()["id"], owner=caller.user)
    _in_a_batch(job)
    answer = caller.send("DELETE", f"/jobs/{job.id}")
    assert answer.status_code == 409
    assert "batch" in body_of(answer)["detail"]


def test_one_behind_a_deal_stays(caller: Caller) -> None:
    job_id = caller.order()["id"]
    deal = {
        "publisher_domain": "publisher.se",
        "target_url": "https://shop.se/",
        "anchor_text": "shop",
        "job_id": job_id,
    }
    backlinks.create(deal, owner=caller.user)
    answer = caller.send("DELETE", f"/jobs/{job_id}")
    assert answer.status_code == 409
    assert "deal" in body_of(answer)["detail"]


def test_a_signed_one_stays_until_its_signatures_are_void(caller: Caller, article: Written) -> None:
    job = article(caller.user)
    sign_both(job, caller.user)
    answer = caller.send("DELETE", f"/jobs/{job.id}")
    assert answer.status_code == 409
    assert "signed" in body_of(answer)["detail"]
    service.send_back(job, by=caller.user)
    assert not signing.valid_of(job)
    assert caller.send("DELETE", f"/jobs/{job.id}").status_code == 204


def test_a_viewer_deletes_nothing(app: Flask, caller: Caller, new_caller: NewCaller) -> None:
    del app
    viewer = new_caller("viewer@example.org", role=Role.VIEWER)
    job_id = caller.order()["id"]
    assert viewer.send("DELETE", f"/jobs/{job_id}").status_code == 403
    assert caller.get(f"/jobs/{job_id}").status_code == 200
