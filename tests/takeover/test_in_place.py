"""An installation whose own database is still the older one's: the tables make room for today's."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.app import create_app
from bacowr.base.db import Model, db
from config import Settings
from tests.plugins.application import empty_settings
from tests.takeover import older
from tests.takeover.conftest import Answer
from tests.takeover.older import ident

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
sqlite_only = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
TakeOver = Callable[..., Answer]


@pytest.fixture(params=BOTH)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Of an installation whose database is still to be filled."""
    made = empty_settings(request)
    return dataclasses.replace(
        made,
        dbops_backup_dir=str(tmp_path / "copies"),
        queue_url=f"sqlite:///{made.instance_dir / 'queue.sqlite3'}",
    )


@pytest.fixture
def app(settings: Settings) -> Any:  # noqa: ANN401
    made = create_app(settings)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names())


def test_the_older_tables_are_moved_aside_and_read_there(
    app: Flask, take_over: TakeOver, settings: Settings, scalars: Callable[..., list[Any]]
) -> None:
    rows = older.faulty()
    engine = older.build(settings.database_url, "P2", rows)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('c8b4aef41ffc')")
    answer = take_over("--json")
    assert answer.code == 0, answer.err
    assert answer.facts["generation"] == "P2"
    assert ident("whole") in scalars("SELECT id FROM jobs")
    assert scalars("SELECT count(*) FROM legacy_jobs") == [len(rows["jobs"])]
    assert scalars("SELECT version_num FROM legacy_alembic_version") == ["c8b4aef41ffc"]
    assert tables() >= set(Model.metadata.tables)
    again = take_over("--json")
    assert "taken over before" in again.facts["summary"], again.err
    assert again.facts["tables"] == answer.facts["tables"]
    if db.engine.dialect.name == "sqlite":  # The other needs seconds, and finds no more.
        checked = app.test_cli_runner().invoke(args=["db", "check"])
        assert checked.exit_code == 0, checked.output


@sqlite_only
def test_it_goes_on_where_the_move_was_all_that_happened(
    app: Flask, take_over: TakeOver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    older.build(settings.database_url, "G1", older.faulty())
    with monkeypatch.context() as patched:
        patched.setattr("flask_migrate.upgrade", lambda: 1 / 0)
        assert take_over("--json").code == 1
    assert "legacy_users" in tables()
    assert "users" not in tables()
    answer = take_over("--json")
    assert answer.code == 0, answer.err
    assert answer.table("users")["written"] == 4
    del app


@sqlite_only
def test_a_failed_first_upgrade_is_no_obstacle(
    app: Flask, take_over: TakeOver, settings: Settings
) -> None:
    older.build(settings.database_url, "G0", older.faulty())
    assert app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 1
    assert "audit_events" in tables()
    answer = take_over("--json")
    assert answer.code == 0, answer.err
    assert answer.table("jobs")["written"] == 9


@sqlite_only
def test_an_empty_database_has_nothing_to_take_over(take_over: TakeOver) -> None:
    answer = take_over()
    assert answer.code == 1
    assert "no tables of an older BACOWR" in answer.err


@pytest.mark.postgres
@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_without_a_place_for_copies_nothing_is_moved(
    app: Flask, take_over: TakeOver, settings: Settings
) -> None:
    app.config["DBOPS_BACKUP_DIR"] = ""
    older.build(settings.database_url, "G0", older.faulty())
    answer = take_over()
    assert answer.code == 1
    assert "Set DBOPS_BACKUP_DIR" in answer.err
    assert tables() == set(older.tables_of("G0"))
