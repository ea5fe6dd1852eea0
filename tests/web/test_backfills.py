"""The part of the page where an admin watches backfills and steers them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import current_app

from bacowr.accounts.permissions import Role
from bacowr.audit.models import AuditEvent
from bacowr.base.db import db
from bacowr.dbops.backfill.continuing import read_all
from bacowr.dbops.backfill.states import State
from bacowr.dbops.backfill.store import Status, Store, ensure
from bacowr.dbops.project import read_project
from tests.web.conftest import Browser, NewBrowser


@pytest.fixture
def admin(new_browser: NewBrowser) -> Browser:
    """An admin's browser, on a database with a backfill that is half done."""
    found = Status("0042", "Fill the names", "users", scanned=500, total=1000, worked_ms=60_000)
    with db.engine.begin() as connection:
        ensure(connection)
        Store().add(connection, found)
    return new_browser("admin@example.org", role=Role.ADMIN)


def state() -> State:
    (found,) = read_all(read_project(current_app))
    return found.state


def test_it_shows_how_much_is_done_and_left(admin: Browser) -> None:
    page = admin.get("/database").text
    assert "Fill the names" in page
    assert "500 of 1,000" in page
    assert "1 min 0 s" in page
    assert 'hx-trigger="every 2s"' in page, "One that goes on by itself is looked at again."
    part = admin.get("/database/backfills", htmx=True).text
    assert "<html" not in part
    assert "500 of 1,000" in part


def test_it_rests_goes_on_and_is_given_up(admin: Browser) -> None:
    steps = []
    for act in ("pause", "resume", "cancel"):
        assert admin.post(f"/database/backfills/0042/{act}").status_code == 303
        steps.append(state())
    assert steps == [State.PAUSED, State.PENDING, State.CANCELED]
    assert "Go on" in admin.get("/database").text
    actions = db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.at))
    assert list(actions)[-3:] == ["backfill.pause", "backfill.resume", "backfill.cancel"]


def test_what_cannot_be_done_is_refused(admin: Browser) -> None:
    assert admin.post("/database/backfills/0042/resume").status_code == 409
    assert admin.post("/database/backfills/0042/explode").status_code == 404
    assert admin.post("/database/backfills/9999/pause").status_code == 404
    assert state() is State.PENDING


def test_it_is_for_admins_only(browser: Browser) -> None:
    assert browser.get("/database/backfills").status_code == 403
    assert browser.post("/database/backfills/0042/pause").status_code == 403
