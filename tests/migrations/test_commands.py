"""Every `flask db` command of a person's day, as real processes; and the plain `alembic` too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAD = (ROOT / "migrations" / "HEAD").read_text("utf-8").strip()

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command in a copy of the project, on a SQLite database of its own."""
    for name in ("bacowr", "config.py", "wsgi.py", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "migrations", tmp_path / "migrations")
    environ = {
        **os.environ,
        "INSTANCE_DIR": str(tmp_path / "instance"),
        "PYTHONPATH": str(tmp_path),
        "NO_COLOR": "1",
    }
    for name in ("DATABASE_URL", "FLASK_APP"):
        environ.pop(name, None)

    def run_module(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", *words]
        return subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        )

    return run_module


def succeed(run: Run, *words: str) -> str:
    done = run(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_upgrade_current_history_heads_and_downgrade(run: Run) -> None:
    succeed(run, "flask", "db", "upgrade", "0001")
    assert succeed(run, "flask", "db", "current").startswith("0001")
    succeed(run, "flask", "db", "upgrade")
    assert f"{HEAD} (head)" in succeed(run, "flask", "db", "current")
    assert f"{HEAD} (head)" in succeed(run, "flask", "db", "heads")
    assert "Create audit_events" in succeed(run, "flask", "db", "history", "--verbose")
    succeed(run, "flask", "db", "check")
    succeed(run, "flask", "db", "downgrade", "-1")
    assert HEAD not in succeed(run, "flask", "db", "current")
    assert run("flask", "db", "check").returncode != 0
    succeed(run, "flask", "db", "downgrade", "base")
    assert succeed(run, "flask", "db", "current").strip() == ""


def test_stamp_and_the_sql_of_an_upgrade(run: Run) -> None:
    sql = succeed(run, "flask", "db", "upgrade", "--sql")
    assert "CREATE TABLE users" in sql
    assert "0001" in sql
    succeed(run, "flask", "db", "upgrade")
    succeed(run, "flask", "db", "stamp", "0003")
    assert succeed(run, "flask", "db", "current").startswith("0003")


def test_revision_migrate_and_merge_write_files(run: Run, tmp_path: Path) -> None:
    versions = tmp_path / "migrations" / "versions"
    succeed(run, "flask", "db", "upgrade")
    nothing = run("flask", "db", "migrate", "-m", "nothing to see")
    assert "No changes" in nothing.stdout + nothing.stderr
    succeed(run, "flask", "db", "revision", "-m", "left", "--rev-id", "9001")
    split = ("--head", HEAD, "--splice", "--rev-id", "9002")
    succeed(run, "flask", "db", "revision", "-m", "right", *split)
    assert run("flask", "db", "upgrade").returncode != 0
    succeed(run, "flask", "db", "merge", "-m", "join", "9001", "9002", "--rev-id", "9003")
    assert {"9001_left.py", "9002_right.py", "9003_join.py"} <= {
        path.name for path in versions.iterdir()
    }
    succeed(run, "flask", "db", "upgrade")
    assert "9003 (head)" in succeed(run, "flask", "db", "current")


def test_migrate_writes_what_the_models_say(run: Run, tmp_path: Path) -> None:
    succeed(run, "flask", "db", "upgrade", "0003")
    succeed(run, "flask", "db", "downgrade", "-1")
    for path in (tmp_path / "migrations" / "versions").glob("*.py"):
        if path.name[:4] > "0002":
            path.unlink()
    succeed(run, "flask", "db", "migrate", "-m", "again", "--rev-id", "9001")
    written = (tmp_path / "migrations" / "versions" / "9001_again.py").read_text("utf-8")
    assert '"api_keys"' in written.replace("'", '"')
    assert "UTCDateTime" not in written, "A revision must not need the application's types."
    succeed(run, "flask", "db", "upgrade")
    succeed(run, "flask", "db", "check")


def test_the_plain_alembic_command_works_from_the_root(run: Run) -> None:
    succeed(run, "alembic", "upgrade", "head")
    assert f"{HEAD} (head)" in succeed(run, "alembic", "current")
    assert f"{HEAD} (head)" in succeed(run, "flask", "db", "current")
    succeed(run, "alembic", "check")
    succeed(run, "alembic", "downgrade", "base")
