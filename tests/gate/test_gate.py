import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bacowr.accounts import permissions, service
from bacowr.accounts.permissions import Permission, Role
from bacowr.base.db import db
from bacowr.base.errors import Forbidden
from bacowr.gate import guard, identity
from tests.plugins.application import PASSWORD, NewUser


@pytest.fixture
def probed(app: Flask) -> Flask:
    """The application with three more views: one for everybody, one guarded, one forgotten."""

    @guard.public
    def sign_in() -> str:
        identity.open_session("editor@example.org", PASSWORD)
        return "in"

    @guard.public
    def sign_out() -> str:
        identity.close_session()
        return "out"

    @guard.needs(Permission.JOBS_CREATE)
    def create() -> str:
        return identity.current_user().email

    @guard.public
    def broken() -> str:
        raise LookupError("secret inside")

    app.add_url_rule("/api/probe/in", view_func=sign_in)
    app.add_url_rule("/api/probe/out", view_func=sign_out)
    app.add_url_rule("/api/probe/create", view_func=create, methods=["GET", "POST"])
    app.add_url_rule("/api/probe/broken", view_func=broken)
    app.add_url_rule("/api/probe/forgotten", "forgotten", lambda: "seen")
    return app


@pytest.fixture
def browser(probed: Flask, new_user: NewUser) -> FlaskClient:
    new_user()
    return probed.test_client()


def test_cookie_key_and_bearer_give_the_same_identity(
    browser: FlaskClient, probed: Flask, new_user: NewUser
) -> None:
    _, key = service.issue_key(new_user("other@example.org"), name="script", by=None)
    fresh = probed.test_client()
    for headers in ({"X-API-Key": key}, {"Authorization": f"Bearer {key}"}):
        assert fresh.post("/api/probe/create", headers=headers).text == "other@example.org"
    browser.get("/api/probe/in")
    assert browser.get("/api/probe/create").text == "editor@example.org"


def test_nobody_and_a_wrong_key_get_401(browser: FlaskClient) -> None:
    assert browser.get("/api/probe/create").status_code == 401
    wrong = browser.get("/api/probe/create", headers={"X-API-Key": "bcw_0_x"})
    assert wrong.status_code == 401
    assert (
        browser.get("/api/probe/create", headers={"Authorization": "Basic eA=="}).status_code == 401
    )


def test_a_role_without_the_permission_gets_403(browser: FlaskClient, new_user: NewUser) -> None:
    viewer = new_user("viewer@example.org", role=Role.VIEWER)
    _, key = service.issue_key(viewer, name="script", by=None)
    answer = browser.get("/api/probe/create", headers={"X-API-Key": key})
    assert answer.status_code == 403
    assert "jobs.create" in answer.json["detail"]


def test_a_view_that_says_nothing_is_not_served(browser: FlaskClient) -> None:
    browser.get("/api/probe/in")
    assert browser.get("/api/probe/forgotten").status_code == 403


def test_signing_in_rotates_the_cookie_and_signing_out_ends_it(browser: FlaskClient) -> None:
    browser.get("/api/probe/in")
    first = browser.get_cookie("bacowr")
    browser.get("/api/probe/in")
    second = browser.get_cookie("bacowr")
    assert first is not None
    assert second is not None
    assert first.value != second.value
    assert second.http_only
    assert second.same_site == "Lax"
    browser.get("/api/probe/out")
    browser.set_cookie("bacowr", second.value)
    assert browser.get("/api/probe/create").status_code == 401


def test_a_cookie_request_without_the_form_s_token_is_refused(browser: FlaskClient) -> None:
    browser.get("/api/probe/in")
    assert browser.post("/api/probe/create").status_code == 403


def test_another_site_s_request_is_refused(browser: FlaskClient) -> None:
    browser.get("/api/probe/in")
    answer = browser.post("/api/probe/create", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "another site" in answer.json["detail"]


def test_what_nobody_foresaw_is_told_by_its_id_alone(
    browser: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = browser.get("/api/probe/broken", headers={"X-Request-ID": "from-the-proxy"})
    assert answer.status_code == 500
    assert "from-the-proxy" in answer.json["detail"]
    assert "secret inside" not in answer.text
    assert "secret inside" in caplog.text


def test_a_request_id_that_could_break_a_log_is_replaced(browser: FlaskClient) -> None:
    sent = browser.get("/health/live", headers={"X-Request-ID": "a b\tc"})
    assert re.fullmatch(r"[0-9a-f-]{36}", sent.headers["X-Request-ID"])


def test_every_answer_restrains_the_browser(browser: FlaskClient) -> None:
    headers = browser.get("/health/live").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_unknown_path_is_a_404(browser: FlaskClient) -> None:
    assert browser.get("/api/nothing").status_code == 404


def test_ready_says_yes_when_every_revision_is_there(client: FlaskClient) -> None:
    assert client.get("/health/ready").json == {"status": "ok"}


def test_ready_says_no_while_revisions_are_pending(client: FlaskClient) -> None:
    with db.engine.begin() as connection:
        before = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    answer = client.get("/health/ready")
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{before}'")
    assert answer.status_code == 503
    assert answer.json["pending"][0] == "0002"
    assert answer.json["pending"][-1] == before


def test_ready_says_yes_when_the_database_is_ahead(client: FlaskClient) -> None:
    with db.engine.begin() as connection:
        before = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    answer = client.get("/health/ready")
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{before}'")
    assert answer.status_code == 200


def test_ready_says_no_without_a_database(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise sa.exc.OperationalError("SELECT 1", {}, OSError("away"))

    monkeypatch.setattr(db.engine, "connect", away)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "does not answer" in answer.json["reason"]


def test_a_permission_is_required(new_user: NewUser) -> None:
    viewer = new_user(role=Role.VIEWER)
    with pytest.raises(Forbidden, match=r"viewer.*jobs\.create"):
        permissions.require(viewer, Permission.JOBS_CREATE)
