"""A closed house: visitors are told so, admins and those who sign in pass, workers rest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bacowr.accounts import service
from bacowr.accounts.permissions import Role
from bacowr.base.db import db
from bacowr.dbops.maintenance.window import Mode, Window, close, lift, now
from tests.plugins.application import PASSWORD, NewUser


@pytest.fixture
def closed(app: Flask) -> Flask:
    close(db.engine, Window(now() + timedelta(minutes=5), "Back at noon."))
    app.extensions["dbops"].doorkeeper.watch.forget()
    return app


def sign_in(client: FlaskClient, email: str) -> int:
    page = client.get("/sign-in").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    words = {"email": email, "password": PASSWORD, "csrf_token": token}
    return client.post("/sign-in", data=words).status_code


@pytest.mark.usefixtures("closed")
def test_visitors_read_when_to_come_back(client: FlaskClient) -> None:
    page = client.get("/jobs")
    assert page.status_code == 503
    assert "Back soon" in page.text
    assert "Back at noon." in page.text
    assert "/sign-in" in page.text, "An admin who isn't signed in finds the way."
    assert int(page.headers["Retry-After"]) > 0
    assert client.get("/health/ready").status_code == 200


@pytest.mark.usefixtures("closed")
def test_programs_get_a_problem(client: FlaskClient, new_user: NewUser) -> None:
    _, key = service.issue_key(new_user(), name="script", by=None)
    answer = client.get("/api/v1/jobs", headers={"X-API-Key": key})
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["detail"] == "Back at noon."
    assert int(answer.headers["Retry-After"]) > 0
    wrong = client.get("/api/v1/jobs", headers={"X-API-Key": "bcw_wrong"})
    assert wrong.status_code == 503


@pytest.mark.parametrize(("role", "status"), [(Role.EDITOR, 503), (Role.ADMIN, 200)])
def test_only_an_admin_who_signs_in_passes(
    closed: Flask, new_user: NewUser, role: Role, status: int
) -> None:
    new_user(role=role)
    browser = closed.test_client()
    assert sign_in(browser, "editor@example.org") == 303
    assert browser.get("/jobs").status_code == status


def test_reading_goes_on_in_the_milder_form(app: Flask, new_user: NewUser) -> None:
    new_user("editor@example.org")
    close(db.engine, Window(now() + timedelta(minutes=5), mode=Mode.READ_ONLY))
    app.extensions["dbops"].doorkeeper.watch.forget()
    browser = app.test_client()
    assert sign_in(browser, "editor@example.org") == 303
    assert browser.get("/jobs").status_code == 200
    assert browser.post("/jobs", data={}).status_code == 503
    lift(db.engine)
    app.extensions["dbops"].doorkeeper.watch.forget()
    assert browser.post("/jobs", data={}).status_code != 503
