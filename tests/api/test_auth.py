"""Signing in over the API, as older clients do: tokens, their renewal and their end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from bacowr.accounts import bearers, invitations, links, quotas, service
from bacowr.accounts.permissions import Role
from bacowr.accounts.service import KeyLimits
from bacowr.base import clock
from tests.api.conftest import ORDER, Json, NewCaller, body_of
from tests.plugins.application import PASSWORD, NewUser

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
EMAIL = "editor@example.org"


def post(client: FlaskClient, path: str, **body: Json) -> Json:
    return client.post(f"/api/v1{path}", json=body)


def me(client: FlaskClient, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return client.get("/api/v1/auth/me", headers=headers).status_code


@pytest.fixture
def pair(client: FlaskClient, new_user: NewUser) -> Json:
    new_user()
    return body_of(post(client, "/auth/login", email=EMAIL, password=PASSWORD))


def test_a_token_signs_in_as_a_key_does(client: FlaskClient, pair: Json) -> None:
    assert pair["token_type"] == "bearer"
    assert pair["expires_in"] == 1800
    assert pair["user"]["email"] == EMAIL
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    assert client.post("/api/v1/jobs", json=ORDER, headers=headers).status_code == 201


def test_a_token_ends(client: FlaskClient, pair: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + timedelta(minutes=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert me(client, pair["access_token"]) == 401
    fresh = body_of(post(client, "/auth/refresh", refresh_token=pair["refresh_token"]))
    assert me(client, fresh["access_token"]) == 200
    much_later = later + bearers.REFRESH_LASTS
    monkeypatch.setattr(clock, "now", lambda: much_later)
    again = post(client, "/auth/refresh", refresh_token=fresh["refresh_token"])
    assert again.status_code == 401


def test_a_refresh_token_shown_twice_ends_both(
    client: FlaskClient, pair: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = pair["refresh_token"]
    fresh = body_of(post(client, "/auth/refresh", refresh_token=old))
    assert me(client, pair["access_token"]) == 401
    assert post(client, "/auth/refresh", refresh_token=old).status_code == 401
    assert me(client, fresh["access_token"]) == 200, "Two requests at once are forgiven."
    later = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert post(client, "/auth/refresh", refresh_token=old).status_code == 401
    assert me(client, fresh["access_token"]) == 401


def test_signing_out_ends_the_tokens(client: FlaskClient, pair: Json) -> None:
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    assert client.post("/api/v1/auth/logout", headers=headers).status_code == 200
    assert me(client, pair["access_token"]) == 401
    assert post(client, "/auth/refresh", refresh_token=pair["refresh_token"]).status_code == 401


def test_a_reset_ends_the_tokens_and_answers_all_alike(
    client: FlaskClient, pair: Json, new_user: NewUser
) -> None:
    user = new_user("other@example.org")
    answers = {
        post(client, "/auth/password-reset/request", email=email).text
        for email in (EMAIL, "nobody@example.org")
    }
    assert len(answers) == 1
    other = body_of(post(client, "/auth/login", email=user.email, password=PASSWORD))
    token = links.issue(user, by=None)
    body = {"reset_token": token, "new_password": "another long password"}
    assert post(client, "/auth/password-reset/confirm", **body).status_code == 200
    assert post(client, "/auth/password-reset/confirm", **body).status_code == 404
    assert me(client, other["access_token"]) == 401
    assert me(client, pair["access_token"]) == 200


def test_registering_takes_an_invitation(client: FlaskClient, new_user: NewUser) -> None:
    admin = new_user("admin@example.org", role=Role.ADMIN)
    body = {"email": "new@example.org", "password": PASSWORD}
    assert post(client, "/auth/register", **body).status_code == 403
    _, token = invitations.invite("new@example.org", role=Role.VIEWER, by=admin)
    other = body | {"email": "x@example.org", "invitation": token}
    assert post(client, "/auth/register", **other).status_code == 422
    made = post(client, "/auth/register", **body, invitation=token)
    assert made.status_code == 201
    assert body_of(made)["user"]["team_id"] == admin.team_id
    assert post(client, "/auth/register", **body, invitation=token).status_code == 404


def test_a_narrow_key_does_less(client: FlaskClient, new_user: NewUser) -> None:
    user = new_user()
    _, key = service.issue_key(user, name="r", by=user, limits=KeyLimits(("read",), 1))
    headers = {"X-API-Key": key}
    assert client.get("/api/v1/jobs", headers=headers).status_code == 200
    assert client.post("/api/v1/jobs", json=ORDER, headers=headers).status_code == 403
    again = client.post("/api/v1/users/me/regenerate-api-key", headers=headers)
    assert again.status_code == 403, "A narrow key makes no wide one."


def test_a_spent_quota_refuses_until_the_month_ends(new_caller: NewCaller) -> None:
    caller = new_caller()
    quotas.set_limits(caller.user, jobs=1, by=None)
    caller.order()
    refused = caller.post("/jobs", json=ORDER | {"anchor_text": "another"})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 31 * 86400
    quota = body_of(caller.get("/users/me/quota"))
    assert (quota["jobs_used"], quota["jobs_remaining"], quota["quota_exceeded"]) == (1, 0, True)
    quotas.reset(caller.user, by=None)
    caller.order(anchor_text="another")
    quotas.set_limits(caller.user, jobs=9, tokens=5, by=None)
    quotas.add_tokens(caller.user.id, 5)
    assert caller.post("/jobs", json=ORDER | {"anchor_text": "third"}).status_code == 429


def test_a_colleague_s_job_is_seen_and_a_stranger_s_is_not(new_caller: NewCaller) -> None:
    admin, editor = new_caller("a@example.org", role=Role.ADMIN), new_caller("b@example.org")
    job = editor.order()
    assert admin.get(f"/jobs/{job['id']}").status_code == 404
    invitations.take_in(editor.user, by=admin.user)
    assert admin.get(f"/jobs/{job['id']}").status_code == 200
    assert body_of(admin.get("/jobs"))["total"] == 1
    assert new_caller("c@example.org").get(f"/jobs/{job['id']}").status_code == 404
