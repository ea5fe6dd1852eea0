"""Services over the API: what is connected, what articles cost, and whether a key works."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.permissions import Role
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db
from bacowr.providers import queries
from tests.api.conftest import ORDER, Caller, Json, NewCaller, body_of
from tests.plugins.model_server import Drops, Fails, ModelServer

TEST_KEY = "/users/me/test-api-key"
ESTIMATES = ("/cost/estimate", "/analytics/cost-estimate", "/analytics/cost/estimate")


@pytest.fixture
def admin(new_caller: NewCaller) -> Caller:
    return new_caller("admin@example.org", role=Role.ADMIN)


def test_every_service_is_listed_and_no_key(caller: Caller, connected: ModelServer) -> None:
    answer = caller.get("/providers")
    listed = {each["provider"]: each for each in body_of(answer)["items"]}
    assert len(listed) == body_of(answer)["total"] == 9
    anthropic = listed["anthropic"]
    assert anthropic["connected"]
    assert (anthropic["where"], anthropic["last_four"]) == ("environment", "cdef")
    assert anthropic["model"].startswith("claude-")
    assert (anthropic["kind"], listed["serper"]["kind"]) == ("writer", "search")
    assert not listed["openai"]["connected"]
    assert listed["serper"]["model"] is None
    assert connected.key not in answer.text


def test_an_estimate_multiplies_and_says_how_old_its_prices_are(
    caller: Caller, connected: ModelServer
) -> None:
    one, many = (
        body_of(caller.post("/cost/estimate", json={"provider": "anthropic", "num_jobs": number}))
        for number in (1, 175)
    )
    assert one["per_job"] == one["total"] == many["per_job"] > 0
    assert many["total"] == pytest.approx(175 * one["per_job"])
    assert many["seconds"] == 175 * one["seconds"] > 0
    assert one["is_connected"]
    assert len(one["checked_on"]) == 10
    assert one["strategy"] == "multi_stage"
    short = body_of(caller.post("/cost/estimate", json={"strategy": "single_shot"}))
    assert short["per_job"] < one["per_job"]
    assert connected.asked == []


def test_an_estimate_needs_no_connection(caller: Caller) -> None:
    for provider in ("auto", "openai", "google"):
        found = body_of(caller.post("/cost/estimate", json={"provider": provider}))
        assert not found["is_connected"]
        assert found["per_job"] > 0
    unknown = body_of(caller.post("/cost/estimate", json={"provider": "compatible"}))
    assert (unknown["per_job"], unknown["total"]) == (None, None)


def test_older_addresses_estimate_the_same(caller: Caller) -> None:
    asked = {"provider": "openai", "strategy": "single_shot", "num_jobs": 3, "language": "fi"}
    answers = [body_of(caller.post(path, json=asked)) for path in ESTIMATES]
    assert answers[0] == answers[1] == answers[2]


BAD_ESTIMATES: list[tuple[Json, str]] = [
    ({"num_jobs": 0}, "num_jobs"),
    ({"num_jobs": 10_001}, "num_jobs"),
    ({"num_jobs": "3.5"}, "num_jobs"),
    ({"provider": "skynet"}, "provider"),
    ({"strategy": "fast"}, "strategy"),
    ({"language": "xx"}, "language"),
]


def test_estimates_that_can_not_be_are_refused(caller: Caller) -> None:
    for body, field in BAD_ESTIMATES:
        for path in ESTIMATES:
            answer = caller.post(path, json=body)
            assert answer.status_code == 422, body
            assert list(body_of(answer)["errors"]) == [field]


def test_an_order_carries_its_estimate(caller: Caller, connected: ModelServer) -> None:
    del connected
    ordered = caller.order()
    quoted = body_of(caller.post("/cost/estimate", json={}))
    assert ordered["estimated_cost"] == quoted["per_job"]
    assert caller.order(brief_only=True, anchor_text="b")["estimated_cost"] is None
    assert body_of(caller.get("/jobs"))["items"][1]["estimated_cost"] == quoted["per_job"]


def test_the_terms_of_a_deal_are_taken(caller: Caller) -> None:
    terms = {"deal_type": "paid", "agreed_rel": "follow"}
    refused = caller.post("/jobs", json=ORDER | terms)
    assert "rel_reason" in body_of(refused)["errors"]
    assert (
        caller.post("/jobs", json=ORDER | terms | {"rel_reason": "As agreed."}).status_code == 201
    )


def test_a_key_is_tried_out_and_not_stored(
    admin: Caller, connected: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    good = admin.post(TEST_KEY, json={"provider": "anthropic", "api_key": connected.key})
    assert good.status_code == 200, good.text
    assert body_of(good)["valid"] is True
    bad_key = "sk-wrong-0123456789"
    bad = admin.post(TEST_KEY, json={"provider": "anthropic", "api_key": bad_key})
    assert (bad.status_code, body_of(bad)["valid"]) == (200, False)
    assert len(connected.asked) == 2
    events = [json.dumps(each.data) for each in db.session.scalars(sa.select(AuditEvent))]
    for text in (good.text, bad.text, caplog.text, *events):
        assert connected.key not in text
        assert bad_key not in text
    assert queries.stored() == {}


def test_a_service_that_can_not_be_asked_leaves_the_question_open(
    admin: Caller, connected: ModelServer
) -> None:
    body = {"provider": "anthropic", "api_key": connected.key}
    for act in (Drops(), Fails(500, "api_error")):
        connected.then(act)
        answer = admin.post(TEST_KEY, json=body)
        assert answer.status_code == 502
        assert connected.key not in answer.text
    search = admin.post(TEST_KEY, json={"provider": "serper", "api_key": connected.key})
    assert search.status_code == 502


BAD_KEYS: list[tuple[Json, str]] = [
    ({"provider": "anthropic"}, "api_key"),
    ({"provider": "anthropic", "api_key": "short"}, "api_key"),
    ({"provider": "anthropic", "api_key": "two words here"}, "api_key"),
    ({"provider": "dataforseo", "api_key": "no-colon-in-it"}, "api_key"),
    ({"provider": "compatible", "api_key": "long-enough-key"}, "provider"),
    ({"provider": "skynet", "api_key": "long-enough-key"}, "provider"),
]


def test_keys_that_can_not_be_are_refused_unsent(admin: Caller, connected: ModelServer) -> None:
    for body, field in BAD_KEYS:
        answer = admin.post(TEST_KEY, json=body)
        assert answer.status_code == 422, body
        assert list(body_of(answer)["errors"]) == [field], body
    assert connected.asked == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_only_admins_make_the_server_call_out(
    new_caller: NewCaller, connected: ModelServer, role: Role
) -> None:
    caller = new_caller("reader@example.org", role=role)
    refused = caller.post(TEST_KEY, json={"provider": "anthropic", "api_key": connected.key})
    assert refused.status_code == 403
    assert connected.asked == []
    assert caller.get("/providers").status_code == 200
    assert caller.post("/cost/estimate", json={}).status_code == 200


def test_services_need_a_key(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/api/v1/providers").status_code == 401
    for path in (*ESTIMATES, TEST_KEY):
        assert client.post(f"/api/v1{path}", json={}).status_code == 401
