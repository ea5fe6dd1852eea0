from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.permissions import Role
from bacowr.api.lists import Rows
from bacowr.base.db import db
from bacowr.base.errors import Invalid
from bacowr.base.http import Outgoing
from bacowr.base.paging import paginate
from bacowr.engine.order import parse_order
from bacowr.jobs import queries, service
from bacowr.jobs.models import Job
from bacowr.jobs.schemas import DocumentSchema, JobDetailSchema, JobSchema
from bacowr.jobs.states import JobStatus
from tests.api.conftest import ORDER, PUBLISHER, TARGET, Caller, NewCaller, body_of, write_document


def count_jobs() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Job)) or 0


def test_an_order_becomes_a_pending_job(caller: Caller) -> None:
    answer = caller.post("/jobs", json=ORDER | {"language": "sv", "use_ahrefs": False})
    assert answer.status_code == 201
    job = body_of(answer)
    assert job["status"] == "pending"
    assert (job["publisher_domain"], job["target_url"]) == (PUBLISHER, TARGET)
    assert job["user_id"] == caller.user.id
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    shown = caller.client.get(answer.headers["Location"], headers={"X-API-Key": caller.key})
    assert shown.status_code == 200
    assert {name: body_of(shown)[name] for name in job} == job
    assert body_of(shown)["documents"] == []
    assert [step["status"] for step in body_of(shown)["steps"]] == ["queued"] * len(
        body_of(shown)["steps"]
    )
    stored = queries.get(job["id"], owner=caller.user)
    assert not stored.use_ahrefs


def test_the_same_idempotency_key_gives_the_same_job(caller: Caller) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first = caller.post("/jobs", json=ORDER, headers=headers)
    again = caller.post("/jobs", json=ORDER, headers=headers)
    assert again.status_code == 201
    assert body_of(again)["id"] == body_of(first)["id"]
    other = caller.post("/jobs", json=ORDER | {"anchor_text": "another"}, headers=headers)
    assert other.status_code == 409
    assert count_jobs() == 1


def test_idempotency_keys_of_two_people_do_not_meet(new_caller: NewCaller) -> None:
    headers = {"Idempotency-Key": "order-1"}
    answers = [
        new_caller(email).post("/jobs", json=ORDER, headers=headers)
        for email in ("a@example.org", "b@example.org")
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert body_of(answers[0])["id"] != body_of(answers[1])["id"]


def test_an_unusable_idempotency_key_is_refused(caller: Caller) -> None:
    for key in ("", "x" * 256, "two words", "räv"):
        answer = caller.post("/jobs", json=ORDER, headers={"Idempotency-Key": key})
        assert answer.status_code == 422, key
        assert list(body_of(answer)["errors"]) == ["Idempotency-Key"]
    assert count_jobs() == 0


BAD_FIELDS: list[tuple[str, object]] = [
    ("publisher_domain", None),
    ("publisher_domain", ""),
    ("publisher_domain", "x" * 256),
    ("publisher_domain", "https://example.com"),
    ("publisher_domain", "127.0.0.1"),
    ("publisher_domain", "localhost"),
    ("publisher_domain", "xn--\u2603.com"),
    ("publisher_domain", ["example.com"]),
    ("target_url", None),
    ("target_url", "javascript:alert(document.cookie)"),
    ("target_url", "http://127.0.0.1/secret"),
    ("target_url", "http://169.254.169.254/latest/meta-data/"),
    ("target_url", "http://[::1]/page"),
    ("target_url", "https://user:password@target.test/"),
    ("target_url", "https://target.test/" + "x" * 2048),
    ("anchor_text", None),
    ("anchor_text", "   "),
    ("anchor_text", "x" * 501),
    ("anchor_text", "a\u0000b"),
    ("anchor_text", 7),
    ("language", "swedish"),
    ("country", "zz"),
    ("anchor_type", "best"),
    ("llm_provider", "skynet"),
    ("writing_strategy", "none"),
    ("use_ahrefs", "perhaps"),
    ("enable_llm_profiling", {}),
]


def test_a_faulty_field_is_told_as_at_every_door(caller: Caller) -> None:
    allowed = caller.client.application.extensions["settings"].fetch_allow_hosts
    for field, value in BAD_FIELDS:
        body = ORDER | {field: value}
        with pytest.raises(Invalid) as caught:
            parse_order(body, outgoing=Outgoing(allow_hosts=allowed))
        answer = caller.post("/jobs", json=body)
        assert answer.status_code == 422, (field, value)
        assert body_of(answer)["errors"] == caught.value.fields
        assert list(caught.value.fields) == [field]
    assert count_jobs() == 0


def test_every_fault_of_an_order_is_told_at_once(caller: Caller) -> None:
    answer = caller.post("/jobs", json={"llm_provider": "skynet"})
    assert answer.status_code == 422
    wrong = {"publisher_domain", "target_url", "anchor_text", "llm_provider"}
    assert set(body_of(answer)["errors"]) == wrong


def test_an_international_domain_is_stored_as_a_label(app: Flask, caller: Caller) -> None:
    app.extensions["settings"] = type(app.extensions["settings"])(
        fetch_allow_hosts=frozenset({"xn--rv-via.test:80", "target.test:8099"})
    )
    assert caller.order(publisher_domain="Räv.test")["publisher_domain"] == "xn--rv-via.test"


def test_the_list_pages_newest_first(caller: Caller) -> None:
    ids = [caller.order(anchor_text=f"anchor {number}")["id"] for number in range(5)]
    page = body_of(caller.get("/jobs?page=2&page_size=2"))
    assert [item["id"] for item in page["items"]] == [ids[2], ids[1]]
    assert {name: page[name] for name in page if name != "items"} == {
        "total": 5,
        "page": 2,
        "page_size": 2,
        "total_pages": 3,
    }
    beyond = body_of(caller.get("/jobs?page=9"))
    assert (beyond["items"], beyond["total"]) == ([], 5)


def test_older_names_of_the_page_mean_the_same(caller: Caller) -> None:
    for number in range(3):
        caller.order(anchor_text=f"anchor {number}")
    for query in ("page=2&page_size=2", "page=2&per_page=2", "limit=2&offset=2", "page=2&limit=2"):
        page = body_of(caller.get(f"/jobs?{query}"))
        assert [item["anchor_text"] for item in page["items"]] == ["anchor 0"], query
        assert (page["page"], page["page_size"]) == (2, 2), query


BAD_QUERIES = {
    "page_size=0": "page_size",
    "page_size=101": "page_size",
    "page=0": "page",
    "page=99999999999999999999": "page",
    "page=one": "page",
    "per_page=0": "per_page",
    "limit=-1": "limit",
    "limit=2&offset=3": "offset",
    "status=lost": "status",
    "search=a%00b": "search",
    "search=" + "x" * 201: "search",
}


def test_a_list_that_can_not_be_is_refused(caller: Caller) -> None:
    for query, field in BAD_QUERIES.items():
        answer = caller.get(f"/jobs?{query}")
        assert answer.status_code == 422, query
        assert list(body_of(answer)["errors"]) == [field], query


def test_the_list_narrows_by_status_and_search(caller: Caller) -> None:
    first, second = (caller.order(anchor_text=text) for text in ("about foxes", "about 100% wool"))
    caller.post(f"/jobs/{first['id']}/cancel")

    def ids(query: str) -> list[str]:
        return [item["id"] for item in body_of(caller.get(f"/jobs?{query}"))["items"]]

    assert ids("status=CANCELED") == [first["id"]]
    assert ids("status=Pending,RUNNING") == [second["id"]]
    assert ids("status=") == [second["id"], first["id"]]
    assert ids("search=FOXES") == [first["id"]]
    assert ids("search=0%25+w") == [second["id"]]
    assert ids("search=%25") == [second["id"]]
    assert ids("search=fox&status=pending") == []


def test_the_list_shows_rows_as_the_schema_does(caller: Caller) -> None:
    job = caller.order()
    caller.post(f"/jobs/{job['id']}/cancel")
    caller.order(language="sv")
    select = queries.owned_by(caller.user)
    rows = paginate(select, page=1, page_size=10, total=2).items
    assert body_of(caller.get("/jobs"))["items"] == JobSchema().dump(rows, many=True)


def test_only_flat_schemas_are_shown_as_rows() -> None:
    with pytest.raises(TypeError, match="data is a Dict"):
        Rows(DocumentSchema)
    with pytest.raises(TypeError):
        Rows(JobDetailSchema)


def test_a_job_is_canceled_and_retried(caller: Caller) -> None:
    job = caller.order()
    assert caller.post(f"/jobs/{job['id']}/retry").status_code == 409
    canceled = caller.post(f"/jobs/{job['id']}/cancel")
    assert (canceled.status_code, body_of(canceled)["status"]) == (200, "canceled")
    assert body_of(canceled)["completed_at"]
    refused = caller.post(f"/jobs/{job['id']}/cancel")
    assert refused.status_code == 409
    assert "canceled" in body_of(refused)["detail"]
    again = caller.post(f"/jobs/{job['id']}/retry")
    assert (again.status_code, body_of(again)["status"]) == (200, "pending")
    events = body_of(caller.get(f"/jobs/{job['id']}/events"))
    assert [event["type"] for event in events["items"]] == ["created", "canceled", "retried"]
    assert body_of(caller.get(f"/jobs/{job['id']}"))["retry_count"] == 1
    second = body_of(caller.get(f"/jobs/{job['id']}/events?page=2&page_size=2"))
    assert [event["type"] for event in second["items"]] == ["retried"]
    assert (second["total"], second["total_pages"]) == (3, 2)


def test_documents_are_read_as_json_and_as_markdown(caller: Caller) -> None:
    job = caller.order()
    address = f"/jobs/{job['id']}/documents"
    assert body_of(caller.get(address))["items"] == []
    assert caller.get(f"{address}/brief").status_code == 404
    write_document(job["id"], "# Older\n")
    write_document(job["id"], "# Räv\n", hours=1)
    listed = body_of(caller.get(address))
    assert [item["text"] for item in listed["items"]] == ["# Räv\n"]
    assert listed["total"] == 1
    assert body_of(caller.get(f"{address}/brief")) == listed["items"][0]
    for more in (
        {"headers": {"Accept": "text/markdown"}},
        {"headers": {"Accept": "text/markdown, application/json;q=0.5"}},
        {"query_string": {"format": "markdown"}},
    ):
        text = caller.get(f"{address}/brief", **more)
        assert text.content_type == "text/markdown; charset=utf-8"
        assert text.text == "# Räv\n"
        assert "Accept" in text.headers["Vary"]
    forced: dict[str, dict[str, str]] = {
        "headers": {"Accept": "text/markdown"},
        "query_string": {"format": "json"},
    }
    assert caller.get(f"{address}/brief", **forced).is_json
    refused = caller.get(f"{address}/brief?format=docx")
    assert body_of(refused)["errors"] == {"format": ["Choose json or markdown."]}
    assert caller.get(f"{address}/poem").status_code == 404


ADDRESSES = [
    ("GET", ""),
    ("POST", "/cancel"),
    ("POST", "/retry"),
    ("GET", "/events"),
    ("GET", "/documents"),
    ("GET", "/documents/brief"),
]


def test_another_person_s_job_is_not_found(new_caller: NewCaller) -> None:
    owner = new_caller("owner@example.org")
    stranger = new_caller("stranger@example.org", role=Role.ADMIN)
    job = owner.order()
    write_document(job["id"])
    for method, below in ADDRESSES:
        answer = stranger.send(method, f"/jobs/{job['id']}{below}")
        missing = stranger.send(method, f"/jobs/no-such-job{below}")
        assert answer.status_code == missing.status_code == 404, below
        assert body_of(answer)["detail"] == body_of(missing)["detail"]
    assert body_of(stranger.get("/jobs"))["total"] == 0
    assert queries.get(job["id"], owner=owner.user).status is JobStatus.PENDING


def test_text_that_is_no_id_is_not_found(caller: Caller) -> None:
    for job_id in ("%00", "a" * 37, "räv", "..", "a b"):
        assert caller.get(f"/jobs/{job_id}").status_code == 404, job_id


def test_a_viewer_reads_and_changes_nothing(new_caller: NewCaller) -> None:
    viewer = new_caller(role=Role.VIEWER)
    order = parse_order(
        ORDER, outgoing=Outgoing(viewer.client.application.extensions["settings"].fetch_allow_hosts)
    )
    job = service.create(order, owner=viewer.user)
    assert body_of(viewer.get("/jobs"))["total"] == 1
    for path in ("/jobs", f"/jobs/{job.id}/cancel", f"/jobs/{job.id}/retry"):
        refused = viewer.post(path, json=ORDER)
        assert refused.status_code == 403
        assert "viewer" in body_of(refused)["detail"]
    assert count_jobs() == 1
    assert job.status is JobStatus.PENDING
