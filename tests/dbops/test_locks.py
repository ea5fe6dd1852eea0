"""Waiting for others: with an end, with their names, and without standing in anybody's way."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugins.project import Project
    from tests.plugins.zygote import Zygote

CREATE = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"
MARK = "import pathlib\npathlib.Path(__file__).parents[2].joinpath('started').touch()\n"
SLOW = f"{MARK}import time\ntime.sleep(60)"
ADD = "op.add_column('users', sa.Column('{}', sa.Text))"


def until(path: Path) -> None:
    for _ in range(1200):
        if path.exists():
            return
        time.sleep(0.05)
    pytest.fail(f"{path} never came")


@contextmanager
def slow_upgrade(project: Project, zygote: Zygote) -> Iterator[int]:
    """Have an upgrade in the middle of a revision."""
    project.add("a001", CREATE)
    project.add("a002", "op.execute('INSERT INTO users VALUES (1)')\n" + SLOW)
    pid = zygote.start(project, "upgrade")
    until(project.folder / "started")
    try:
        yield pid
    finally:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def heal(project: Project) -> None:
    """Let the slow revision be quick."""
    path = project.folder / "migrations" / "versions" / "a002_test.py"
    path.write_text(path.read_text().replace("time.sleep(60)", "pass"))


def test_the_holder_is_named_when_the_wait_is_over(project: Project, zygote: Zygote) -> None:
    with slow_upgrade(project, zygote) as pid:
        result = project.db("upgrade", "--wait", "0.3")
        assert result.code == 1
        assert "is still migrating this database after 0.3 s" in result.err
        assert str(pid) in result.err
        assert "Waiting up to 0.3 s" in result.text


def test_a_killed_holder_frees_the_lock(project: Project, zygote: Zygote) -> None:
    with slow_upgrade(project, zygote) as pid:
        os.kill(pid, signal.SIGKILL)
        assert zygote.wait(pid) == -9
        heal(project)
        result = project.db("upgrade", "--wait", "20")
        assert result.code == 0, result.text
        assert project.heads() == ["a002"]
        assert project.scalars("SELECT id FROM users") == [1]


def test_sigterm_rolls_back_and_says_so(project: Project, zygote: Zygote) -> None:
    with slow_upgrade(project, zygote) as pid:
        os.kill(pid, signal.SIGTERM)
        assert zygote.wait(pid) == 128 + signal.SIGTERM
        assert "Stopped by SIGTERM" in zygote.output(project, pid)
    assert project.heads() == ["a001"]
    assert project.scalars("SELECT id FROM users") == []
    assert project.scalars("SELECT outcome FROM dbops_log ORDER BY id") == ["done", "interrupted"]
    heal(project)
    assert project.db("upgrade").code == 0


def test_a_loser_says_who_did_it(project: Project, zygote: Zygote) -> None:
    project.add("a001", CREATE)
    project.add("a002", SLOW.replace("60", "1.5"))
    pid = zygote.start(project, "upgrade")
    until(project.folder / "started")
    result = project.db("upgrade")
    assert result.code == 0
    assert f"Already at head, applied by process {pid} on" in result.out
    assert zygote.wait(pid) == 0


def test_the_lock_file_tells_of_an_unsigned_holder(sqlite_project: Project) -> None:
    project = sqlite_project
    project.add("a001", CREATE)
    path = Path(project.url.removeprefix("sqlite:///") + ".dbops-lock")
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        result = project.db("upgrade", "--wait", "0")
    assert result.code == 1
    assert "Another process is still migrating" in result.err


@contextmanager
def open_transaction(url: str, statement: str) -> Iterator[psycopg.Connection]:
    """Hold what a statement locks."""
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute(statement.encode())
        yield connection
        connection.rollback()


@pytest.mark.postgres
def test_the_blocker_is_named_at_the_deadline(postgres_project: Project) -> None:
    project = postgres_project
    project.add("a001", CREATE)
    project.db("upgrade")
    project.add("a002", ADD.format("x"))
    with open_transaction(project.url, "LOCK TABLE users IN ACCESS SHARE MODE") as blocker:
        pid = blocker.info.backend_pid
        words = ["upgrade", "--lock-timeout", "0.2", "--timeout", "2.5"]
        result = project.db(*words)
    assert result.code == 1
    assert "The deadline of 2.5 s has passed" in result.err
    assert f"backend {pid}" in result.err
    assert "LOCK TABLE users IN ACCESS SHARE MODE" in result.err
    assert "a002" in result.text
    assert project.heads() == ["a001"]
    assert project.db("upgrade").code == 0


@pytest.mark.postgres
def test_an_upgrade_goes_through_once_the_blocker_ends(postgres_project: Project) -> None:
    project = postgres_project
    project.add("a001", CREATE)
    project.db("upgrade")
    project.add("a002", ADD.format("x"))
    project.add("a003", ADD.format("y"))
    with open_transaction(project.url, "LOCK TABLE users IN ACCESS SHARE MODE") as blocker:
        timer = threading.Timer(1.0, blocker.rollback)
        timer.start()
        result = project.db("upgrade", "--lock-timeout", "0.1")
        timer.join()
    assert result.code == 0, result.text
    assert project.heads() == ["a003"]


@pytest.mark.postgres
def test_a_statement_may_not_run_for_ever(postgres_project: Project) -> None:
    project = postgres_project
    project.add("a001", "op.execute('SELECT pg_sleep(30)')")
    result = project.db("upgrade", "--statement-timeout", "0.2")
    assert result.code == 1


def test_a_long_statement_ends_at_the_deadline(project: Project) -> None:
    endless = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT count(*) FROM n",
        "postgresql+psycopg": "SELECT pg_sleep(300)",
    }[project.url.split(":", maxsplit=1)[0]]
    project.add("a001", CREATE)
    project.add("a002", f"op.execute({endless!r})")
    result = project.db("upgrade", "--timeout", "1.5")
    assert result.code == 1
    assert "The deadline of 1.5 s has passed: 1 of 2 revisions are applied" in result.err
    assert project.heads() == ["a001"]


@pytest.mark.postgres
def test_waiters_do_not_stop_a_concurrent_index(postgres_project: Project, zygote: Zygote) -> None:
    project = postgres_project
    project.add("a001", CREATE)
    project.db("upgrade")
    build = "op.execute('CREATE INDEX CONCURRENTLY by_id ON users (id)')"
    project.add(
        "a002",
        f"import time\ntime.sleep(1)\nwith op.get_context().autocommit_block():\n    {build}",
    )
    pids = [zygote.start(project, "upgrade") for _ in range(4)]
    assert [zygote.wait(pid) for pid in pids] == [0] * 4
    assert project.scalars(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_id'::regclass"
    ) == [True]


@pytest.mark.postgres
def test_an_invalid_index_of_a_broken_run_is_removed_first(postgres_project: Project) -> None:
    project = postgres_project
    project.add("a001", CREATE)
    project.db("upgrade")
    project.execute("ALTER TABLE users DROP CONSTRAINT users_pkey")
    project.execute("INSERT INTO users VALUES (1), (1)")
    build = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS by_id ON users (id)')"
    project.add("a002", f"with op.get_context().autocommit_block():\n    {build}")
    failed = project.db("upgrade")
    assert failed.code == 1
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_id'::regclass"
    assert project.scalars(valid) == [False]
    project.execute("DELETE FROM users")
    result = project.db("upgrade")
    assert result.code == 0, result.text
    assert project.scalars(valid) == [True]
    assert project.scalars("SELECT * FROM dbops_steps") == []


@pytest.mark.postgres
def test_a_broken_concurrent_index_waits_for_its_backend(
    postgres_project: Project, zygote: Zygote
) -> None:
    project = postgres_project
    project.add("a001", CREATE)
    project.db("upgrade")
    build = "op.execute('CREATE INDEX CONCURRENTLY by_id ON users (id)')"
    project.add("a002", f"{MARK}with op.get_context().autocommit_block():\n    {build}")
    with open_transaction(project.url, "INSERT INTO users VALUES (1)"):
        pid = zygote.start(project, "upgrade")
        until(project.folder / "started")
        building = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%'"
        while project.scalars(building) != [1]:
            time.sleep(0.05)
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        zygote.wait(pid)
    result = project.db("upgrade")
    assert result.code == 0, result.text
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_id'::regclass"
    assert project.scalars(valid) == [True]


@pytest.mark.postgres
def test_a_revision_edited_after_it_was_applied_in_part_is_refused(
    postgres_project: Project,
) -> None:
    project = postgres_project
    body = ADD.format("x") + "\nwith op.get_context().autocommit_block():\n    op.execute('{}')"
    project.add("a001", CREATE)
    path = project.add("a002", body.format("SELECT 1 / 0"))
    assert project.db("upgrade").code == 1
    before = path.read_text()
    path.write_text(before.replace("SELECT 1 / 0", "SELECT 1"))
    result = project.db("upgrade")
    assert result.code == 1
    assert "Revision a002 was applied in part, and its file was edited since" in result.err
