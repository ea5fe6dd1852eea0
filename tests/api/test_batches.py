"""Batches as programs see them: the older shapes, own things only, and nothing by itself."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bacowr.accounts import bearers
from bacowr.accounts.permissions import Role
from bacowr.accounts.places import Place
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db, transaction
from bacowr.batches.models import Batch, BatchStatus, ReviewItem
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from tests.api.conftest import ORDER, Caller, Json, NewCaller, Statements, body_of
from tests.plugins.gathered import finished, gathered
from tests.plugins.orders import Written

COLUMNS = {
    "id",
    "user_id",
    "name",
    "description",
    "status",
    "total_items",
    "items_completed",
    "items_approved",
    "items_rejected",
    "items_pending_review",
    "estimated_total_cost",
    "actual_total_cost",
    "created_at",
    "started_at",
    "completed_at",
    "review_started_at",
    "review_completed_at",
    "batch_config",
}


def ids(jobs: list[Job]) -> list[str]:
    return [each.id for each in jobs]


def create(caller: Caller, job_ids: list[str], **fields: Json) -> Json:
    answer = caller.post("/batches", json={"name": "Monday", "job_ids": job_ids} | fields)
    assert answer.status_code == 201, answer.text
    return body_of(answer)


def test_finished_jobs_become_a_batch_for_review(caller: Caller) -> None:
    made = ids(finished(caller.user, 3))
    answer = caller.post(
        "/batches", json={"name": "Monday", "description": "For Malmö", "job_ids": made}
    )
    assert answer.status_code == 201
    told = body_of(answer)
    assert set(told) >= COLUMNS
    assert (told["name"], told["description"], told["user_id"]) == (
        "Monday",
        "For Malmö",
        caller.user.id,
    )
    assert (told["status"], told["total_items"], told["items_completed"]) == (
        "ready_for_review",
        3,
        3,
    )
    assert (told["items_pending_review"], told["items_approved"]) == (3, 0)
    shown = body_of(caller.get(answer.location.removeprefix("/api/v1")))
    assert shown["job_ids"] == made
    assert shown["stats"]["total_items"] == shown["stats"]["pending"] == 3
    assert "batch.gather" in set(db.session.scalars(sa.select(AuditEvent.action)))


def test_a_blocked_job_is_reviewed_too(caller: Caller, article: Written) -> None:
    job = article(caller.user)
    assert job.status is JobStatus.BLOCKED
    (item,) = body_of(caller.get(f"/batches/{create(caller, [job.id])['id']}/items"))["items"]
    assert item["qc_issues_count"] == item["qc_snapshot"]["issues_found"] > 0
    assert item["qc_snapshot"]["article_text"].startswith("# ")
    assert item["qc_snapshot"]["word_count"] > 300
    assert 0 < item["qc_score"] <= 1
    assert item["job"]["block_reason"] == "NEEDS_SIGNOFF"


def test_only_one_s_own_finished_jobs_are_taken_and_each_once(
    caller: Caller, new_caller: NewCaller
) -> None:
    own = finished(caller.user, 2)[0].id
    theirs = finished(new_caller("other@example.org").user)[0].id
    unfinished = caller.order()["id"]
    for wrong, told in (
        ([own, own], "once"),
        ([own, theirs], theirs),
        ([own, "nowhere"], "nowhere"),
        ([own, unfinished], unfinished),
    ):
        refused = caller.post("/batches", json={"name": "x", "job_ids": wrong})
        assert refused.status_code == 400
        assert told in body_of(refused)["errors"]["job_ids"][0]
    deleted = caller.send("DELETE", f"/jobs/{own}")
    assert deleted.status_code == 204
    assert caller.post("/batches", json={"name": "x", "job_ids": [own]}).status_code == 400
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Batch)) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 256),
        ("name", None),
        ("name", "a\x00b"),
        ("job_ids", []),
        ("job_ids", ["x"] * 1001),
        ("job_ids", "x"),
        ("batch_config", []),
        ("auto_approve_threshold", 1.1),
        ("surprise", 1),
    ],
)
def test_what_can_t_be_is_refused_by_its_name(caller: Caller, field: str, value: Json) -> None:
    body = {"name": "x", "job_ids": ["x"]} | {field: value}
    refused = caller.post("/batches", json=body)
    assert refused.status_code == 422
    assert field in body_of(refused)["errors"]


def test_a_name_of_spaces_and_a_huge_config_are_refused(caller: Caller) -> None:
    own = ids(finished(caller.user))
    for body in (
        {"name": "  "},
        {"batch_config": {"x": "y" * 20_000}},
        {"batch_config": {"x": "\x00"}},
    ):
        refused = caller.post("/batches", json={"name": "x", "job_ids": own} | body)
        assert refused.status_code == 400
        assert list(body_of(refused)["errors"]) == list(body)
    text = json.dumps({"name": "x", "job_ids": own, "batch_config": {"x": 1}})
    refused = caller.post(
        "/batches", data=text.replace(": 1}", ": 1e999}"), content_type="application/json"
    )
    assert refused.status_code == 400


@pytest.mark.parametrize(
    "sent",
    [{"auto_approve_threshold": 0.5}, {"batch_config": {"auto_approve_threshold": 0.5, "x": [1]}}],
)
def test_nothing_is_approved_by_a_threshold(caller: Caller, sent: Json) -> None:
    made = create(caller, ids(finished(caller.user, 2, scores=[100.0, 99.0])), **sent)
    assert made["batch_config"]["auto_approve_threshold"] == 0.5
    assert "no article is approved without a person" in made["warnings"][0]
    assert (made["items_approved"], made["status"]) == (0, "ready_for_review")
    without = create(caller, ids(finished(caller.user, 1)))
    assert (without["warnings"], without["batch_config"]) == ([], {})


def test_a_job_of_one_batch_can_be_reviewed_in_another(caller: Caller) -> None:
    first = gathered(caller.user, 2)
    job_ids = body_of(caller.get(f"/batches/{first.id}"))["job_ids"]
    second = create(caller, job_ids)
    assert body_of(caller.get(f"/batches/{second['id']}"))["job_ids"] == job_ids
    assert db.session.get_one(Job, job_ids[0]).batch_id == first.id
    assert caller.send("DELETE", f"/batches/{first.id}").status_code == 204
    assert body_of(caller.get(f"/batches/{second['id']}/items"))["total"] == 2


def test_a_list_is_an_array_or_with_a_page_an_envelope(caller: Caller) -> None:
    made = [gathered(caller.user).id for _ in range(3)]
    answer = caller.get("/batches?limit=2")
    assert [each["id"] for each in body_of(answer)] == made[:0:-1]
    assert answer.headers["X-Total-Count"] == "3"
    assert [each["id"] for each in body_of(caller.get("/batches?offset=1"))] == made[1::-1]
    page = body_of(caller.get("/batches?page=2&per_page=2"))
    assert [each["id"] for each in page["items"]] == made[:1]
    assert (page["total"], page["total_pages"], page["page_size"]) == (3, 2, 2)
    assert set(page["items"][0]) >= COLUMNS


def test_a_list_is_narrowed_by_status_in_any_case(caller: Caller) -> None:
    gathered(caller.user)

    def number(status: str) -> str:
        return caller.get(f"/batches?status={status}").headers["X-Total-Count"]

    assert number("READY_FOR_REVIEW,running") == "1"
    assert number("RUNNING") == number("cancelled") == number("completed") == "0"
    assert number("") == "1"
    refused = caller.get("/batches?status=nowhere")
    assert refused.status_code == 422
    assert "ready_for_review" in body_of(refused)["errors"]["status"][0]
    for query in ("page=0", "page_size=0", "limit=101", "offset=-1"):
        assert caller.get(f"/batches?{query}").status_code == 422


def test_figures_add_up(caller: Caller) -> None:
    batch = gathered(caller.user, 5, scores=[100.0, 80.0, 60.0])
    found = body_of(caller.get(f"/batches/{batch.id}/items"))["items"]
    decisions = ["approved", "rejected", "needs_regeneration"]
    for item, decision in zip(found, decisions, strict=False):
        told = caller.post(
            f"/batches/{batch.id}/items/{item['id']}/review",
            json={"decision": decision, "reviewer_notes": "As I said."},
        )
        assert told.status_code == 200, told.text
    stats = body_of(caller.get(f"/batches/{batch.id}/stats"))
    assert stats["batch_id"] == batch.id
    assert (stats["total_items"], stats["items_approved"], stats["items_rejected"]) == (5, 1, 1)
    assert stats["items_pending_review"] == 3
    assert stats["completion_rate"] == 40.0
    assert stats["avg_qc_score"] == 0.8
    assert stats["qc_status_distribution"] == {"pass": 3, "unknown": 2}
    assert stats["review_status_distribution"] == {
        "approved": 1,
        "rejected": 1,
        "needs_regeneration": 1,
        "pending": 2,
    }
    assert stats["review_progress"] == {
        "pending": 2,
        "approved": 1,
        "rejected": 1,
        "needs_regeneration": 1,
    }
    assert stats["quality_metrics"] == {"average_qc_score": 0.8, "approval_rate": 50.0}
    assert body_of(caller.get(f"/batches/{batch.id}"))["stats"] == stats


def test_costs_are_those_of_the_jobs(caller: Caller) -> None:
    jobs = finished(caller.user, 2)

    @transaction
    def cost(*sums: float | None) -> None:
        for job, actual in zip(jobs, sums, strict=True):
            job.estimated_cost_usd, job.actual_cost_usd = 0.2, actual

    cost(0.1, None)
    made = create(caller, ids(jobs))
    assert (made["estimated_total_cost"], made["actual_total_cost"]) == (0.4, None)
    cost(0.1, 0.25)
    stats = body_of(caller.get(f"/batches/{made['id']}/stats"))
    assert stats["actual_total_cost"] == 0.35
    assert create(caller, ids(jobs))["cost_source"] == "estimate"


def test_a_batch_is_deleted_and_its_jobs_stay(caller: Caller) -> None:
    batch = gathered(caller.user, 2)
    gone = caller.send("DELETE", f"/batches/{batch.id}")
    assert (gone.status_code, gone.text) == (204, "")
    assert caller.get(f"/batches/{batch.id}").status_code == 404
    assert body_of(caller.get("/jobs"))["total"] == 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ReviewItem)) == 0
    assert set(db.session.scalars(sa.select(Job.batch_id))) == {None}
    assert "batch.delete" in set(db.session.scalars(sa.select(AuditEvent.action)))


def test_a_gathered_batch_has_its_pages(caller: Caller) -> None:
    batch = gathered(caller.user, 2)
    for path in ("", "/review"):
        page = caller.client.get(f"/batches/{batch.id}{path}", headers={"X-API-Key": caller.key})
        assert page.status_code == 200
        assert "anchor 1" in page.text


def test_a_list_costs_a_constant_number_of_statements(
    caller: Caller, statements: Statements
) -> None:
    caller.get("/auth/me")
    costs = []
    for number in (1, 20):
        for _ in range(number):
            gathered(caller.user, 3)
        with statements() as found:
            caller.get("/batches?limit=100")
        costs.append(len(found))
    assert costs[0] == costs[1], "Who asks, how many, which, their items, jobs, costs and caps."


def test_both_identities_reach_the_same(caller: Caller) -> None:
    batch = gathered(caller.user)
    pair = bearers.issue(caller.user, Place())
    for headers in (
        {"X-API-Key": caller.key},
        {"Authorization": f"Bearer {caller.key}"},
        {"Authorization": f"Bearer {pair.access_token}"},
    ):
        for path in ("", f"/{batch.id}", f"/{batch.id}/items", f"/{batch.id}/stats"):
            answer = caller.client.get(f"/api/v1/batches{path}", headers=headers)
            assert answer.status_code == 200


def test_a_viewer_only_reads(new_caller: NewCaller) -> None:
    viewer = new_caller("viewer@example.org", role=Role.VIEWER)
    batch = gathered(viewer.user)
    assert caller_statuses(viewer, batch.id, "GET", ["", "/items", "/stats"]) == {200}
    changes = ["/pause", "/resume", "/cancel", "/retry", "/review"]
    assert caller_statuses(viewer, batch.id, "POST", changes) == {403}
    assert viewer.send("DELETE", f"/batches/{batch.id}").status_code == 403
    assert viewer.post("/batches", json={}).status_code == 403
    assert viewer.post("/batches/imports", json={}).status_code == 403


def caller_statuses(caller: Caller, batch_id: str, method: str, paths: list[str]) -> set[int]:
    answers = (caller.send(method, f"/batches/{batch_id}{each}", json={}) for each in paths)
    return {each.status_code for each in answers}


def started(caller: Caller, number: int = 2) -> Json:
    """Bring orders and start them as a batch."""
    rows = [ORDER | {"anchor_text": f"anchor {each}"} for each in range(number)]
    brought = body_of(caller.post("/batches/imports", json={"jobs": rows}))
    answer = caller.post(f"/batches/imports/{brought['id']}/start", json={"name": "Tonight"})
    assert answer.status_code == 201, answer.text
    return body_of(answer)


def test_a_batch_that_runs_is_steered(caller: Caller) -> None:
    batch = started(caller)
    path = f"/batches/{batch['id']}"
    assert (batch["status"], batch["total_items"], batch["items_pending_review"]) == (
        "pending",
        2,
        2,
    )
    assert caller.send("DELETE", path).status_code == 409
    assert caller.post(f"{path}/retry").status_code == 409
    assert body_of(caller.post(f"{path}/pause"))["status"] == "paused"
    assert caller.post(f"{path}/pause").status_code == 409
    assert body_of(caller.post(f"{path}/resume"))["status"] == "pending"
    assert len(body_of(caller.get(path))["job_ids"]) == 2
    fail_all(batch["id"])
    assert body_of(caller.post(f"{path}/retry"))["status"] == "pending"
    assert body_of(caller.post(f"{path}/cancel"))["status"] == "canceled"
    assert caller.post(f"{path}/cancel").status_code == 409
    assert body_of(caller.get(f"{path}/items"))["total"] == 0
    assert caller.send("DELETE", path).status_code == 204


@transaction
def fail_all(batch_id: str) -> None:
    values = {"status": JobStatus.ABORTED, "error_code": "X", "error_message": "It failed."}
    finished_at = Job.created_at
    db.session.execute(
        sa.update(Job)
        .where(Job.batch_id == batch_id)
        .values(finished_at=finished_at, is_held=False, **values)
    )
    db.session.execute(sa.update(Batch).values(status=BatchStatus.FAILED))


scalars = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    ["name", "description", "job_ids", "batch_config", "auto_approve_threshold"]
)


@given(fields=st.dictionaries(names, values, max_size=4))
@example(fields={"description": "\x00"})
@example(fields={"batch_config": {"\x00": 1}})
@example(fields={"batch_config": {"x": 2**70}})
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_body_breaks_a_batch(caller: Caller, fields: dict[str, Json]) -> None:
    job = finished(caller.user)[0]
    body = json.dumps({"name": "Monday", "job_ids": [job.id]} | fields)
    answer = caller.post("/batches", data=body, content_type="application/json")
    assert answer.status_code in {201, 400, 422}, answer.text
    assert caller.get("/batches").status_code == 200
