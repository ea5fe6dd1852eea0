from __future__ import annotations

import json

from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bacowr.accounts.permissions import Role
from bacowr.api import errors
from bacowr.base.errors import QuotaSpent
from bacowr.gate.guard import public
from tests.api.conftest import ORDER, Caller, Json, NewCaller, body_of
from tests.plugins.application import PASSWORD

JSON = {"Content-Type": "application/json"}


def told(answer: TestResponse, status: int) -> Json:
    """Return the problem's body, after checking what every problem has."""
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    body = body_of(answer)
    assert body["status"] == status
    assert body["detail"].strip()
    assert body["request_id"] == answer.headers["X-Request-ID"]
    return body


BAD_BODIES = {
    b"": "line 1, column 1",
    b'{"a": }': "line 1, column 7",
    b'{"a": NaN}': "not valid JSON",
    b'{"a": "\xff"}': "UTF-8",
    rb'{"a": "\ud800"}': "UTF-8",
    b"[" * 100_000: "nested too deeply",
    b"1" * 5000: "not valid JSON",
}


def test_a_body_that_is_not_json_is_refused(caller: Caller) -> None:
    for body, fault in BAD_BODIES.items():
        assert fault in told(caller.post("/jobs", data=body, headers=JSON), 400)["detail"]


def test_a_body_that_is_no_object_is_refused(caller: Caller) -> None:
    for body in ("[]", "null", "7", '"text"'):
        problem = told(caller.post("/jobs", data=body, headers=JSON), 422)
        assert problem["errors"] == {"body": ["Send a JSON object."]}


def test_a_body_that_is_not_sent_as_json_is_refused(caller: Caller) -> None:
    for content_type in (None, "text/plain", "application/x-www-form-urlencoded"):
        answer = caller.post("/jobs", data=json.dumps(ORDER), content_type=content_type)
        assert "Content-Type: application/json" in told(answer, 415)["detail"]


def test_a_body_that_is_too_large_is_refused(caller: Caller) -> None:
    body = b" " * (2 * 1024 * 1024 + 1)
    assert "2 MiB" in told(caller.post("/jobs", data=body, headers=JSON), 413)["detail"]


def test_nobody_gets_in_without_a_key(client: FlaskClient, caller: Caller) -> None:
    for path in ("/jobs", "/jobs/x", "/auth/me", "/openapi.json", "/docs"):
        answer = client.get(f"/api/v1{path}")
        assert "API key" in told(answer, 401)["detail"]
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    wrong = client.get("/api/v1/jobs", headers={"X-API-Key": caller.key[:-1] + "#"})
    assert "not valid" in told(wrong, 401)["detail"]
    basic = client.get("/api/v1/jobs", headers={"Authorization": "Basic YTpi"})
    told(basic, 401)


def test_a_key_is_taken_from_both_headers(client: FlaskClient, caller: Caller) -> None:
    for headers in ({"X-API-Key": caller.key}, {"Authorization": f"bearer {caller.key}"}):
        me = client.get("/api/v1/auth/me", headers=headers)
        assert me.status_code == 200
        assert body_of(me)["email"] == caller.user.email
        assert body_of(me)["role"] == "editor"
        assert "password" not in me.text
        assert me.headers["Cache-Control"] == "private, no-store"


def test_a_login_cookie_reads_and_needs_the_token_to_change(app: Flask, caller: Caller) -> None:
    browser = app.test_client()
    page = browser.get("/sign-in").text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = {"email": caller.user.email, "password": PASSWORD, "csrf_token": token}
    assert browser.post("/sign-in", data=form).status_code in {302, 303}
    assert body_of(browser.get("/api/v1/auth/me"))["id"] == caller.user.id
    assert "expired" in told(browser.post("/api/v1/jobs", json=ORDER), 403)["detail"]
    g.pop("csrf_token")  # The fixture's context outlives requests; a server's doesn't.
    docs = browser.get("/api/v1/docs").text
    fresh = docs.split('data-csrf-token="', 1)[1].split('"', 1)[0]
    headers = {"X-CSRFToken": fresh}
    assert browser.post("/api/v1/jobs", json=ORDER, headers=headers).status_code == 201
    foreign = {"Origin": "https://evil.example"} | headers
    assert (
        "another site"
        in told(browser.post("/api/v1/jobs", json=ORDER, headers=foreign), 403)["detail"]
    )


def test_unknown_addresses_and_methods_are_told(caller: Caller) -> None:
    assert "nothing at this address" in told(caller.get("/nothing"), 404)["detail"]
    answer = caller.send("PUT", "/jobs")
    assert "Allow header" in told(answer, 405)["detail"]
    assert {"GET", "POST"} <= {each.strip() for each in answer.headers["Allow"].split(",")}


def test_a_bug_is_told_by_its_id_alone(app: Flask, caller: Caller) -> None:
    @public
    def fail(job_id: str) -> str:
        raise RuntimeError(f"the secret inside {job_id}")

    app.view_functions["api_jobs.get_job"] = fail
    body = told(caller.get("/jobs/x"), 500)
    assert "secret" not in json.dumps(body)
    assert body["request_id"] in body["detail"]


def test_a_spent_quota_says_when_to_come_back(app: Flask) -> None:
    with app.test_request_context():
        answer = errors.answer(QuotaSpent("Too many orders this month."))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_roles_are_told_in_words(new_caller: NewCaller) -> None:
    viewer = new_caller(role=Role.VIEWER)
    assert "jobs.create" in told(viewer.post("/jobs", json=ORDER), 403)["detail"]
