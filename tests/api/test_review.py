"""The review of a batch as programs do it: nobody overwritten, nothing red approved."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bacowr.accounts.permissions import Role
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.batches import gathering
from bacowr.batches.gathering import Gathered
from bacowr.batches.models import Batch, ReviewItem
from bacowr.jobs import queue
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from tests.api.conftest import (
    Caller,
    Json,
    NewCaller,
    Statements,
    body_of,
    decide_all,
    sign_both,
)
from tests.plugins.gathered import gathered
from tests.plugins.orders import Written


def items(caller: Caller, batch: Batch, query: str = "") -> list[Json]:
    return list(body_of(caller.get(f"/batches/{batch.id}/items{query}"))["items"])


def address(item: Json, verb: str = "review") -> str:
    return f"/batches/{item['batch_id']}/items/{item['id']}/{verb}"


def decide(caller: Caller, item: Json, decision: str, **said: Json) -> Json:
    answer = caller.post(address(item), json={"decision": decision} | said)
    assert answer.status_code == 200, answer.text
    return body_of(answer)


def reviewed_article(caller: Caller, article: Written) -> tuple[Job, Json]:
    job = article(caller.user)
    batch = gathering.gather(Gathered("Monday", [job.id]), owner=caller.user)
    return job, items(caller, batch)[0]


@transaction
def end(job_id: str) -> None:
    job = db.session.get_one(Job, job_id, populate_existing=True)
    job.status, job.finished_at, job.stage = JobStatus.DELIVERED, clock.now(), "done"


def test_items_are_listed_the_worst_first_in_the_older_shape(caller: Caller) -> None:
    batch = gathered(caller.user, 3, scores=[90.0, 40.0])
    answer = caller.get(f"/batches/{batch.id}/items")
    page = body_of(answer)
    assert (page["total"], page["page"], page["total_pages"]) == (3, 1, 1)
    assert answer.headers["X-Total-Count"] == "3"
    assert [each["qc_score"] for each in page["items"]] == [None, 0.4, 0.9]
    first = page["items"][-1]
    assert (first["review_status"], first["reviewed_by"], first["version"]) == ("pending", None, 1)
    assert first["job"]["publisher_domain"] == "publisher.example"
    assert first["job"]["id"] == first["job_id"]
    assert first["qc_snapshot"] == {
        "article_text": None,
        "qc_score": 0.9,
        "qc_status": "pass",
        "word_count": None,
        "issues_found": None,
    }


def test_items_are_narrowed_by_score_and_decision(caller: Caller) -> None:
    batch = gathered(caller.user, 4, scores=[90.0, 57.0, 40.0])
    assert len(items(caller, batch, "?min_qc_score=0.57&max_qc_score=0.57")) == 1
    assert len(items(caller, batch, "?min_qc_score=0.41")) == 2
    assert len(items(caller, batch, "?max_qc_score=0.4")) == 1
    worst = items(caller, batch)[0]
    decide(caller, worst, "APPROVE")
    for query, number in {
        "?status=approved": 1,
        "?review_status=Approve,rejected": 1,
        "?review_status=regenerated": 3,
        "?review_status=needs_regeneration": 0,
    }.items():
        assert len(items(caller, batch, query)) == number, query
    for query in ("min_qc_score=1.1", "max_qc_score=-1", "limit=1001", "review_status=nowhere"):
        assert caller.get(f"/batches/{batch.id}/items?{query}").status_code == 422


def test_items_come_in_parts(caller: Caller) -> None:
    batch = gathered(caller.user, 5, scores=[10.0, 20.0, 30.0, 40.0, 50.0])
    scores = [0.1, 0.2, 0.3, 0.4, 0.5]
    for query, wanted in {
        "?limit=2": scores[:2],
        "?limit=2&offset=1": scores[1:3],
        "?page=2&page_size=2": scores[2:4],
        "?page=3&per_page=2": scores[4:],
        "?limit=1000": scores,
    }.items():
        assert [each["qc_score"] for each in items(caller, batch, query)] == wanted, query


def test_texts_come_along_up_to_a_hundred_or_when_asked_for(
    caller: Caller, article: Written
) -> None:
    _, item = reviewed_article(caller, article)
    batch = db.session.get_one(Batch, item["batch_id"])
    assert item["qc_snapshot"]["article_text"]
    for query, has_text in {
        "?limit=100": True,
        "?limit=101": False,
        "?limit=101&include_text=true": True,
        "?include_text=false": False,
    }.items():
        (found,) = items(caller, batch, query)
        assert (found["qc_snapshot"]["article_text"] is not None) is has_text, query
        assert (found["qc_snapshot"]["word_count"] is not None) is has_text, query
        assert "article_text" not in found["job"]
    alone = body_of(caller.get(f"/batches/{batch.id}/items/{item['id']}"))
    assert alone == item


def test_a_thousand_items_take_as_many_statements_as_one(
    caller: Caller, statements: Statements
) -> None:
    caller.get("/auth/me")
    costs = []
    for number in (1, 60):
        batch = gathered(caller.user, number)
        with statements() as found:
            assert len(items(caller, batch, "?limit=1000&include_text=true")) == number
        costs.append(len(found))
    assert costs[0] == costs[1], (
        "Who asks, which batch, is it behind, how many, which, their texts."
    )


def test_a_decision_is_taken_in_older_and_newer_words(caller: Caller) -> None:
    batch = gathered(caller.user, 4)
    found = items(caller, batch)
    told = decide(caller, found[0], "approve", reviewer_notes="Fine.")
    assert (told["review_status"], told["reviewer_notes"]) == ("approved", "Fine.")
    assert (told["reviewed_by"], told["reviewer"]) == (caller.user.id, caller.user.email)
    assert told["reviewed_at"]
    assert decide(caller, found[1], "Approved")["review_status"] == "approved"
    told = decide(caller, found[2], "reject", reviewer_notes="Thin.")
    assert told["review_status"] == "rejected"
    told = decide(caller, found[3], "needs_regeneration", reviewer_notes="Shorter.")
    assert (told["review_status"], told["regeneration_count"]) == ("needs_regeneration", 1)
    assert decide(caller, found[0], "reopen")["review_status"] == "pending"
    assert decide(caller, found[2], "PENDING")["review_status"] == "pending"


def test_a_rejection_needs_a_reason(caller: Caller) -> None:
    (item,) = items(caller, gathered(caller.user))
    for said in ({}, {"reviewer_notes": None}, {"reviewer_notes": "  "}):
        refused = caller.post(address(item), json={"decision": "rejected"} | said)
        assert refused.status_code == 422
        assert body_of(refused)["errors"] == {"reviewer_notes": ["A rejection needs a reason."]}
    for said in ({"decision": "shred"}, {}, {"decision": "approve", "reviewer_notes": "x" * 501}):
        assert caller.post(address(item), json=said).status_code == 422


def test_who_was_slower_is_told_what_is_there(caller: Caller) -> None:
    (item,) = items(caller, gathered(caller.user))
    seen = {"version": item["version"]}
    decide(caller, item, "reject", reviewer_notes="Thin.", **seen)
    for said, headers in (
        (seen, {}),
        ({}, {"If-Match": '"1"'}),
        ({}, {"If-Match": "W/1"}),
        (seen, {"If-Match": "1"}),
        ({}, {}),
    ):
        refused = caller.post(address(item), json={"decision": "approve"} | said, headers=headers)
        assert refused.status_code == 409
        assert body_of(refused)["errors"] == {
            "review_status": ["rejected"],
            "version": ["2"],
            "reviewed_by": [caller.user.email],
            "reviewer_notes": ["Thin."],
        }
    assert decide(caller, item, "reopen", version=2)["version"] == 3
    for header in ("x", "99999999999", '"1", "2"'):
        said = {"decision": "approve"}
        refused = caller.post(address(item), json=said, headers={"If-Match": header})
        assert refused.status_code == 422, header
    wrong = caller.post(
        address(item), json={"decision": "approve", "version": 3}, headers={"If-Match": "2"}
    )
    assert wrong.status_code == 422
    ok = caller.post(address(item), json={"decision": "approve"}, headers={"If-Match": "*"})
    assert ok.status_code == 200


def test_nothing_red_is_approved_and_it_is_named(caller: Caller, article: Written) -> None:
    job, item = reviewed_article(caller, article)
    refused = caller.post(address(item), json={"decision": "approved"})
    assert refused.status_code == 409
    told = body_of(refused)["errors"]
    assert told["missing"]
    report = body_of(caller.get(f"/jobs/{job.id}/qc-report"))
    keys = {
        finding["key"]
        for check in report["checks"]
        for finding in check["findings"]
        if finding["decidable"] and finding["status"] in {"needs_signoff", "blocked"}
    }
    assert keys
    assert all(any(f"({key})" in named for named in told["findings"]) for key in keys)
    decide_all(job, caller.user)
    unsigned = caller.post(address(item), json={"decision": "approved"})
    assert unsigned.status_code == 409
    assert "sign" in body_of(unsigned)["detail"]
    assert "findings" not in body_of(unsigned)["errors"]
    sign_both(job, caller.user)
    assert decide(caller, item, "approved")["review_status"] == "approved"


def test_a_rewrite_is_queued_and_what_comes_of_it_is_decidable(caller: Caller) -> None:
    (item,) = items(caller, gathered(caller.user))
    queue.current().huey.flush()
    answer = caller.post(address(item, "regenerate"), json={"reviewer_notes": "Shorter."})
    assert answer.status_code == 202
    told = body_of(answer)
    assert (told["review_status"], told["regeneration_count"]) == ("needs_regeneration", 1)
    assert told["job"]["status"] == "pending"
    assert queue.current().waiting() == {item["job_id"]}
    again = caller.post(address(item, "regenerate"))
    assert again.status_code == 202
    assert body_of(again)["regeneration_count"] == 1
    assert caller.post(address(item), json={"decision": "approve"}).status_code == 409
    end(item["job_id"])
    told = decide(caller, item, "approved")
    assert (told["review_status"], told["regeneration_count"]) == ("approved", 1)
    assert caller.post(address(item, "regenerate")).status_code == 409


def test_a_rewrite_s_note_may_be_missing_and_not_anything(caller: Caller) -> None:
    found = items(caller, gathered(caller.user, 3))
    assert caller.post(address(found[0], "regenerate")).status_code == 202
    assert caller.post(address(found[1], "regenerate"), json={}).status_code == 202
    wrong: list[Json] = [{"reviewer_notes": "x" * 501}, {"surprise": 1}, [], {"version": 0}]
    for body in wrong:
        assert caller.post(address(found[2], "regenerate"), json=body).status_code == 422
    refused = caller.post(address(found[2], "regenerate"), json={"version": 7})
    assert refused.status_code == 409


def test_a_rewrite_that_is_sent_twice_with_a_key_is_one(caller: Caller) -> None:
    (item,) = items(caller, gathered(caller.user))
    key = {"Idempotency-Key": "again"}
    first, again = (caller.post(address(item, "regenerate"), headers=key) for _ in range(2))
    assert first.text == again.text
    assert again.headers["Idempotency-Replayed"] == "true"


def test_many_are_decided_in_one_request_and_none_holds_up_another(caller: Caller) -> None:
    batch = gathered(caller.user, 4)
    found = items(caller, batch)
    wanted = [
        {"item_id": found[0]["id"], "decision": "approve", "version": 1},
        {"item_id": found[1]["id"], "decision": "reject", "reviewer_notes": "Thin."},
        {"item_id": found[2]["id"], "decision": "approve", "version": 9},
        {"item_id": "nowhere", "decision": "approve"},
    ]
    told = body_of(caller.post(f"/batches/{batch.id}/review", json={"decisions": wanted}))
    assert told["taken"] == 2
    assert [each["status"] for each in told["results"]] == [200, 200, 409, 404]
    assert [each["is_taken"] for each in told["results"]] == [True, True, False, False]
    assert told["results"][2]["errors"]["version"] == ["1"]
    assert [each["review_status"] for each in items(caller, batch, "?status=pending")] == [
        "pending"
    ] * 2
    for listed in list[list[Json]](([], [{}], wanted * 251)):
        body = {"decisions": listed}
        assert caller.post(f"/batches/{batch.id}/review", json=body).status_code == 422
    wrong = caller.post(
        f"/batches/{batch.id}/review",
        json={"decisions": [{"item_id": "x", "decision": "rejected"}]},
    )
    assert list(body_of(wrong)["errors"]) == ["decisions.0.reviewer_notes"]


def test_the_batch_closes_with_the_last_decision(caller: Caller) -> None:
    batch = gathered(caller.user, 2)
    found = items(caller, batch)
    decide(caller, found[0], "approve")
    assert body_of(caller.get(f"/batches/{batch.id}"))["status"] == "in_review"
    decide(caller, found[1], "approve")
    closed = body_of(caller.get(f"/batches/{batch.id}"))
    assert (closed["status"], closed["stats"]["completion_rate"]) == ("completed", 100.0)
    assert closed["review_completed_at"]
    decide(caller, found[0], "reopen")
    assert body_of(caller.get(f"/batches/{batch.id}"))["status"] == "in_review"


def test_an_item_of_another_batch_is_not_found(caller: Caller) -> None:
    here, (item,) = gathered(caller.user), items(caller, gathered(caller.user))
    for verb, body in {"review": {"decision": "approve"}, "regenerate": {}}.items():
        path = f"/batches/{here.id}/items/{item['id']}/{verb}"
        assert caller.post(path, json=body).status_code == 404
    assert caller.get(f"/batches/{here.id}/items/{item['id']}").status_code == 404
    select = sa.select(ReviewItem.version).where(ReviewItem.id == item["id"])
    assert db.session.scalar(select) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_s_batch_is_not_found(caller: Caller, new_caller: NewCaller, method: str) -> None:
    batch = gathered(caller.user)
    (item,) = items(caller, batch)
    other = new_caller("other@example.org", role=Role.ADMIN)
    paths = {
        "GET": ["", "/items", "/stats", "/export", f"/items/{item['id']}"],
        "POST": ["/export", "/pause", f"/items/{item['id']}/regenerate"],
    }
    for path in paths[method]:
        answer = other.send(method, f"/batches/{batch.id}{path}")
        assert answer.status_code == 404, path
    decision = {"decision": "approve", "item_id": item["id"]}
    bulk = other.post(f"/batches/{batch.id}/review", json={"decisions": [decision]})
    assert bulk.status_code == 404
    assert other.post(address(item), json={"decision": "approve"}).status_code == 404
    assert items(caller, batch)[0]["review_status"] == "pending"
