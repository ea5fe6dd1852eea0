"""The page on which an admin sees where the database stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.permissions import Role
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db
from bacowr.dbops.maintenance.window import read
from tests.web.conftest import Browser, NewBrowser

Post = Callable[..., str]


@pytest.fixture
def admin(new_browser: NewBrowser) -> Browser:
    """A browser in which an admin is signed in."""
    return new_browser("admin@example.org", role=Role.ADMIN)


@pytest.fixture
def post(admin: Browser) -> Post:
    """A function that sends a form and returns the page that the admin then sees."""

    def send(path: str, **words: str) -> str:
        answer = admin.post(path, words)
        return (admin.get("/database") if answer.status_code == 303 else answer).text

    return send


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.at)))


def test_it_shows_every_revision_and_where_the_database_stands(admin: Browser) -> None:
    page = admin.get("/database").text
    assert "Up to date" in page
    assert "Create users" in page
    assert page.count('class="timeline-step is-applied"') >= 8
    assert "is-pending" not in page


def test_what_waits_and_what_newer_code_applied_is_told_apart(admin: Browser) -> None:
    with db.engine.begin() as connection:
        newest, below = list(
            connection.scalars(sa.text("SELECT revision FROM dbops_log ORDER BY id DESC LIMIT 2"))
        )
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :it"), {"it": below})
        connection.execute(
            sa.text("UPDATE dbops_log SET revision = '9999' WHERE revision = :it"), {"it": newest}
        )
    page = admin.get("/database").text
    assert "1 pending" in page
    assert "applied by newer code" in page


def test_it_is_for_admins_only(browser: Browser) -> None:
    assert browser.get("/database").status_code == 403
    assert "/database" not in browser.get("/jobs").text


def test_the_application_is_closed_and_opened(post: Post, app: Flask) -> None:
    page = post("/database/maintenance", message="Back at noon.", minutes="5", mode="read-only")
    assert "Open for reading only" in page
    assert "Back at noon." in page
    app.extensions["dbops"].doorkeeper.watch.forget()
    assert app.test_client().post("/jobs", data={}).status_code == 503
    assert "The application is open again." in post("/database/maintenance/end")
    assert read(db.engine) is None
    assert actions()[-2:] == ["maintenance.close", "maintenance.open"]


def test_a_window_that_makes_no_sense_is_refused(post: Post) -> None:
    page = post("/database/maintenance", message="", minutes="0")
    assert page.count("is-invalid") == 2
    assert read(db.engine) is None


def test_a_copy_is_taken_and_checked(post: Post, admin: Browser, app: Flask) -> None:
    page = post("/database/backups")
    assert "It was read back and is whole." in page
    assert "by hand" in page
    copy = next((Path(app.instance_path) / "backups").glob("*.db"))
    assert "whole" in admin.get(f"/database/backups/{copy.name}", htmx=True).text
    content = bytearray(copy.read_bytes())
    content[-1] ^= 1
    copy.write_bytes(content)
    assert "changed" in admin.get(f"/database/backups/{copy.name}", htmx=True).text
    assert admin.get("/database/backups/other.db").status_code == 404
    assert "database.backup" in actions()


def test_drift_is_looked_for_and_found(admin: Browser) -> None:
    assert "No drift" in admin.get("/database/drift", htmx=True).text
    with db.engine.begin() as connection:
        connection.execute(sa.text("CREATE INDEX by_hand ON users (name)"))
    page = admin.get("/database/drift", htmx=True).text
    assert "They differ" in page
    assert "by_hand" in page


def test_a_comparison_that_cannot_be_made_says_why(
    admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bacowr.web.database.look_three_ways", full)
    assert "disk is full" in admin.get("/database/drift").text


def test_a_copy_that_cannot_be_made_says_why(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bacowr.dbops.backups.take", full)
    assert "disk is full" in post("/database/backups")


def test_the_diagram_has_every_table_and_no_style(admin: Browser) -> None:
    page = admin.get("/database/diagram").text
    assert 'data-table="users"' in page
    assert "<style" not in page
    style = admin.get("/database/diagram.css")
    assert style.mimetype == "text/css"
    again = admin.get("/database/diagram.css", headers={"If-None-Match": style.headers["ETag"]})
    assert again.status_code == 304
