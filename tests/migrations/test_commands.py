"""Every `flask db` command of a person's day, and the plain `alembic` too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.config import Config as AlembicConfig
from flask import Flask

from bacowr.app import create_app
from bacowr.base.db import db
from config import Settings
from tests.plugins.application import empty_settings, settings_in

ROOT = Path(__file__).resolve().parents[2]
HEAD = (ROOT / "migrations" / "HEAD").read_text("utf-8").partition("_")[0]

Run = Callable[..., tuple[int, str]]


def write_to_the_runner(config: AlembicConfig) -> AlembicConfig:
    """Alembic writes to the standard output of the moment when it was imported."""
    config.stdout = sys.stdout
    return config


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """A copy of the migrations that may be written to."""
    shutil.copytree(ROOT / "migrations", tmp_path / "migrations")
    return tmp_path / "migrations" / "versions"


def runner(settings: Settings, versions: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a `flask db` command, and returns its exit status and standard output."""
    app: Flask = create_app(settings)
    callbacks = [write_to_the_runner]
    monkeypatch.setattr(app.extensions["migrate"].migrate, "configure_callbacks", callbacks)

    def run_command(command: str, *words: str) -> tuple[int, str]:
        args = ["db", command, "-d", str(versions.parent), *words]
        result = app.test_cli_runner().invoke(args=args)
        with app.app_context():
            db.engine.dispose()
        return result.exit_code, result.output

    return run_command


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def run(request: pytest.FixtureRequest, versions: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Commands of an installation whose database is empty."""
    return runner(empty_settings(request), versions, monkeypatch)


@pytest.fixture
def run_at_head(
    migrated_sqlite: Path, tmp_path: Path, versions: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Commands of an installation whose database has every revision."""
    made = settings_in(tmp_path / "instance")
    shutil.copy(migrated_sqlite, made.instance_dir)
    return runner(made, versions, monkeypatch)


@pytest.fixture
def run_on_file(tmp_path: Path, versions: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Commands of an installation whose SQLite file isn't there yet."""
    return runner(settings_in(tmp_path / "instance"), versions, monkeypatch)


def succeed(run: Run, *words: str) -> str:
    code, out = run(*words)
    assert code == 0, out
    return out


def test_upgrade_current_history_heads_and_downgrade(run: Run) -> None:
    succeed(run, "upgrade", "0001")
    assert succeed(run, "current").startswith("0001")
    succeed(run, "upgrade")
    assert f"{HEAD} (head)" in succeed(run, "current")
    assert f"{HEAD} (head)" in succeed(run, "heads")
    assert "Create audit_events" in succeed(run, "history", "--verbose")
    succeed(run, "check")
    succeed(run, "downgrade", "-1")
    assert HEAD not in succeed(run, "current")
    assert run("check")[0] != 0
    succeed(run, "downgrade", "base")
    assert succeed(run, "current").strip() == ""


def test_stamp_and_the_sql_of_an_upgrade(run_at_head: Run) -> None:
    sql = succeed(run_at_head, "upgrade", "base:0002", "--sql")
    assert "CREATE TABLE users" in sql
    succeed(run_at_head, "stamp", HEAD)
    assert succeed(run_at_head, "current").startswith(HEAD)


def test_revision_migrate_and_merge_write_files(run_at_head: Run, versions: Path) -> None:
    run = run_at_head
    before = set(versions.iterdir())
    run("migrate", "-m", "Nothing to see here")
    assert set(versions.iterdir()) == before
    succeed(run, "revision", "-m", "Go left", "--rev-id", "9001")
    split = ("--head", HEAD, "--splice", "--rev-id", "9002")
    succeed(run, "revision", "-m", "Go right", *split)
    assert run("upgrade")[0] != 0
    succeed(run, "merge", "-m", "Join both", "9001", "9002", "--rev-id", "9003")
    written = {path.name for path in set(versions.iterdir()) - before if path.suffix == ".py"}
    assert written == {"9001_go_left.py", "9002_go_right.py", "9003_join_both.py"}
    succeed(run, "upgrade")
    assert "9003 (head)" in succeed(run, "current")


def test_migrate_writes_what_the_models_say(run_on_file: Run, versions: Path) -> None:
    run = run_on_file
    for path in versions.glob("*.py"):
        path.unlink()
    succeed(run, "migrate", "-m", "Create everything", "--rev-id", "9001")
    written = (versions / "9001_create_everything.py").read_text("utf-8")
    assert '"api_keys"' in written.replace("'", '"')
    assert "UTCDateTime" not in written, "A revision must not need the application's types."
    succeed(run, "upgrade")
    succeed(run, "check")


def test_the_plain_alembic_command_works_from_the_root(tmp_path: Path) -> None:
    environ = os.environ | {"INSTANCE_DIR": str(tmp_path / "instance"), "NO_COLOR": "1"}
    for name in ("DATABASE_URL", "FLASK_APP"):
        environ.pop(name, None)

    def alembic(*words: str) -> str:
        command = [sys.executable, "-m", "alembic", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    alembic("upgrade", "0002")
    assert alembic("current").strip() == "0002"
