"""Taking over again: after an interruption, beside another run, and when rows were added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts import queries
from bacowr.accounts.models import ApiKey
from bacowr.base.db import db
from bacowr.takeover import running
from bacowr.takeover.models import TakeoverStep
from tests.takeover import older
from tests.takeover.conftest import Answer

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
TakeOver = Callable[..., Answer]


def test_what_was_done_stays_done(
    old_url: str, take_over: TakeOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    older.build(old_url, "G0", older.faulty())
    whole = take_over(old_url, "--dry-run", "--json").facts["tables"]
    store, calls = running._store, iter((True, False))

    def once(*arguments: Any) -> Any:  # noqa: ANN401
        if next(calls):
            return store(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(running, "_store", once)
        assert take_over(old_url).code == 1
    answer = take_over(old_url, "--json")
    assert answer.code == 0, answer.err
    assert answer.facts["tables"] == whole
    assert "Copied to" not in answer.err, "The copy of the first run is enough."


def test_two_runs_at_a_time_are_one_too_many(
    old_url: str, take_over: TakeOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    older.build(old_url, "G0", older.faulty())
    store = running._store

    def late(*arguments: Any) -> Any:  # noqa: ANN401
        with db.engine.begin() as connection:
            connection.execute(sa.update(TakeoverStep).values(cursor="2"))
        return store(*arguments)

    monkeypatch.setattr(running, "_store", late)
    answer = take_over(old_url)
    assert answer.code == 1
    assert "Another process is taking this database over" in answer.err


def test_rows_that_were_added_are_brought_over(old_url: str, take_over: TakeOver) -> None:
    rows = older.faulty()
    engine = older.build(old_url, "G0", rows)
    assert take_over(old_url).code == 0
    columns = older.GENERATIONS["G0"]["users"]["columns"]
    with engine.begin() as connection:
        older.insert(connection, "users", [older.user("late")], columns)
    answer = take_over(old_url, "--json")
    assert answer.code == 0, answer.err
    users, backlinks = answer.table("users"), answer.table("backlinks")
    assert (users["present"], users["written"]) == (len(rows["users"]), 1)
    assert (backlinks["present"], backlinks["merged"]) == (3, 1)


def test_everybody_without_a_password_gets_a_link(
    app: Flask, old_url: str, take_over: TakeOver
) -> None:
    older.build(old_url, "G0", older.faulty())
    answer = take_over(old_url)
    assert "admin@bacowr.local" in answer.out
    assert "`flask accounts password-link`" in answer.out
    printed = app.test_cli_runner().invoke(args=["accounts", "password-link"]).stdout
    for line in printed.splitlines():
        email, path = line.split("\t")
        assert email in answer.out
        assert app.test_client().get(path).status_code == 200
    assert len(printed.splitlines()) == 2


def test_an_older_key_is_shown_without_what_it_is_found_by(
    old_url: str, take_over: TakeOver
) -> None:
    older.build(old_url, "G0", older.faulty())
    take_over(old_url)
    key = queries.find_valid_key(older.KEY)
    assert isinstance(key, ApiKey)
    assert key.shown == f"…{older.KEY[-4:]}"
    assert key.owner.email == "anna@example.se"
