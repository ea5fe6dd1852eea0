"""What ends a run of a backfill that isn't its end, and what is left of it then."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from bacowr.dbops.backfill import continue_unfinished, driving
from bacowr.dbops.backfill.heartbeat import beating
from bacowr.dbops.backfill.store import Status, Store, ensure, new_owner
from bacowr.dbops.backfills import DECLARATION

if TYPE_CHECKING:
    from tests.plugins.project import Project

Give = Callable[..., Any]


@pytest.fixture
def waiting(sqlite_project: Project, users: Give, declare: Give) -> Project:
    users(sqlite_project, 20)
    declare(sqlite_project)
    sqlite_project.config["DBOPS_BACKFILL_BUDGET"] = "0"
    assert sqlite_project.db("upgrade").code == 0
    return sqlite_project


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bacowr.dbops.backfill.connections.BUSY_TIMEOUT_MS", 1)
    monkeypatch.setattr(driving, "TRY_AGAIN_SECONDS", 0.0)


def locking(project: Project) -> sa.Connection:
    """Return a connection that keeps all others from writing."""
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    connection = engine.connect()
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    return connection


@pytest.mark.usefixtures("impatient")
def test_a_database_that_stays_busy_is_told(waiting: Project) -> None:
    with locking(waiting):
        outside = waiting.db("backfill", "run")
    assert outside.code == 1
    assert "Traceback" not in outside.text
    assert waiting.db("backfill", "run").code == 0


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("at", [1, 2])
def test_a_run_that_cannot_even_give_back_is_followed_when_its_lease_is_over(
    waiting: Project, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    locks: list[sa.Connection] = []
    told = itertools.count(1)

    def lock(_event: object) -> None:
        if next(told) == at:
            locks[:] = [locking(waiting)]

    monkeypatch.setattr(driving, "emit", lock)
    app = waiting.load()
    with app.app_context():
        (left,) = continue_unfinished(app, 60, lambda: at == 1 and bool(locks))
        assert (left.state, left.changed) == ("running", 20)
        locks[0].close()
        (again,) = continue_unfinished(app, 60)
        assert again == left
        waiting.execute("UPDATE dbops_backfills SET lease_until_ms = 1")
        (done,) = continue_unfinished(app, 60)
    assert (done.state, done.changed) == ("succeeded", 20)


def test_a_run_that_is_stopped_gives_back(
    waiting: Project, stand: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_event: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(driving, "emit", stop)
    app = waiting.load()
    with app.app_context(), pytest.raises(KeyboardInterrupt):
        continue_unfinished(app, 60)
    told = stand(waiting)
    assert (told["state"], told["owner"], told["changed"]) == ("pending", "", 20)


def test_a_backfill_that_was_taken_away_is_let_alone(
    waiting: Project, stand: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        driving,
        "emit",
        lambda _event: waiting.execute("UPDATE dbops_backfills SET owner = 'elsewhere:1:x'"),
    )
    waiting.execute("UPDATE users SET country = NULL WHERE id = 3")
    assert waiting.db("backfill", "run", "--json").code == 0
    assert stand(waiting)["owner"] == "elsewhere:1:x"


def test_a_dead_runner_is_followed_at_once(waiting: Project, stand: Give) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    owner = f"{new_owner().partition(':')[0]}:{child}:x"
    waiting.execute(
        f"UPDATE dbops_backfills SET state = 'running', owner = '{owner}', "
        "lease_until_ms = 9000000000000000"
    )
    assert waiting.db("backfill", "run").code == 0
    assert stand(waiting)["state"] == "succeeded"


def test_a_failed_backfill_fails_the_commands_that_show_it(waiting: Project) -> None:
    waiting.execute("UPDATE dbops_backfills SET state = 'failed', error = 'no luck'")
    for words in (("list",), ("status", "a2"), ("status", "a2", "--json")):
        outside = waiting.db("backfill", *words)
        assert (outside.code, "no luck" in outside.text) == (1, True)


@pytest.mark.parametrize(("state", "code"), [("failed", 1), ("paused", 0)])
def test_status_and_doctor_tell_of_a_backfill_that_waits_for_a_person(
    waiting: Project, state: str, code: int
) -> None:
    waiting.execute("UPDATE dbops_backfills SET state = 'pending'")
    before = waiting.db("status")
    assert (before.code, "Backfills  1 pending" in before.text) == (0, True)
    waiting.execute(f"UPDATE dbops_backfills SET state = '{state}', error = 'no luck'")
    for command in ("status", "doctor"):
        outside = waiting.db(command)
        assert outside.code == code
        assert "The backfill of a2 (users)" in outside.text
        assert f"1 {state}" in outside.text


@pytest.mark.postgres
def test_a_lost_connection_leaves_the_lease_to_run_out(
    postgres_project: Project, users: Give, declare: Give, stand: Give
) -> None:
    users(postgres_project, 5)
    declare(
        postgres_project,
        sql="",
        more="""
@backfill.batch
def fill(connection, these):
    connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
""",
    )
    postgres_project.config["DBOPS_BACKFILL_BUDGET"] = "0"
    postgres_project.add("a3", "pass")
    assert postgres_project.db("upgrade").code == 0
    postgres_project.execute("ANALYZE users")
    outside = postgres_project.db("backfill", "run")
    assert outside.code != 0
    assert "Traceback" not in outside.text
    told = stand(postgres_project)
    assert (told["state"], told["total"]) == ("running", 5)


@pytest.mark.postgres
def test_a_heartbeat_that_fails_beats_again(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    store = Store()
    with beating(engine, store, "a2", every=0.01):
        with engine.begin() as connection:
            ensure(connection)
            store.add(connection, Status("a2"))
            begun = store.find(connection, "a2")
            assert begun is not None
            assert store.claim(connection, begun)
            connection.execute(store.table.update().values(lease_until_ms=1))
        with engine.connect() as connection:
            while (store.find(connection, "a2") or begun).lease_until_ms == 1:
                connection.rollback()


def test_a_process_that_knows_no_backfills_does_nothing_about_them(
    sqlite_project: Project, users: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    users(sqlite_project, 1)
    monkeypatch.delitem(sys.modules, DECLARATION)
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.db("backfill", "list").code == 0
    assert not sqlite_project.scalars("SELECT 1 FROM sqlite_master WHERE name LIKE '%backfills'")
