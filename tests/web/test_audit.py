"""The page of the audit log: who sees it, what it shows, what it hands over."""

from __future__ import annotations

import csv
import io
import json

import pytest
from flask import Flask

from bacowr.accounts.permissions import Role
from bacowr.audit import service
from bacowr.base.db import transaction
from tests.plugins.application import NewUser
from tests.web.conftest import Browser, NewBrowser


@transaction
def note(action: str, thing: str, **data: str) -> None:
    service.note(action, "things", thing, actor=None, **data)


@pytest.fixture
def admin(new_browser: NewBrowser) -> Browser:
    return new_browser("admin@example.org", role=Role.ADMIN)


@pytest.mark.parametrize("path", ["/audit", "/audit/export.csv", "/audit/export.json"])
def test_only_admins_see_it(path: str, browser: Browser) -> None:
    assert browser.get(path).status_code == 403
    assert 'href="/audit"' not in browser.get("/account").text


def test_the_page_narrows_to_person_action_thing_and_day(admin: Browser) -> None:
    note("thing.make", "first", color="<b>red</b>")
    note("thing.break", "second")

    page = admin.get("/audit").text
    assert "first" in page
    assert "second" in page
    assert "<b>red</b>" not in page
    assert "&lt;b&gt;red" in page

    narrowed = admin.get("/audit?action=thing.break").text
    assert "second" in narrowed
    assert "things first" not in narrowed
    assert "things second" not in admin.get("/audit?person=admin@example.org").text
    assert "things second" in admin.get("/audit?resource_id=second").text
    assert "Nothing matches" in admin.get("/audit?since=2999-01-01").text
    assert "Nothing matches" in admin.get("/audit?until=2001-01-01").text
    for nonsense in ("since=yesterday", "page=0", "page=99999999999", "until=9999-12-31"):
        assert admin.get(f"/audit?{nonsense}").status_code == 200


def test_files_hold_what_is_looked_for_and_no_formula(admin: Browser) -> None:
    note("thing.make", "=1+1")
    note("thing.break", "second")

    answer = admin.get("/audit/export.csv?action=thing.make")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["resource_id"] for row in rows] == ["'=1+1"]
    assert "audit.csv" in answer.headers["Content-Disposition"]

    told = json.loads(admin.get("/audit/export.json?action=thing.").text)
    assert {row["resource_id"] for row in told} == {"=1+1", "second"}
    assert all(row["hash"] for row in told)
    assert admin.get("/audit/export.exe").status_code == 404


def test_pages_can_be_turned(admin: Browser) -> None:
    for number in range(51):
        note("thing.make", f"n{number}")

    first = admin.get("/audit?action=thing.make").text
    assert "51 entries" in first
    assert 'rel="next"' in first
    assert "things n0<" in admin.get("/audit?action=thing.make&page=2").text


def test_the_commands_check_and_hand_over(app: Flask, new_user: NewUser) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["audit", "verify"]).exit_code == 2
    new_user()

    done = runner.invoke(args=["audit", "verify", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["is_whole"]
    out = runner.invoke(args=["audit", "export", "--format", "csv", "--since", "2020-01-01"])
    assert "user.create" in out.stdout
