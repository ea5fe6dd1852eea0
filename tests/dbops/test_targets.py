"""The databases themselves: what they are asked for, and what they refuse."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import click
import pytest
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from bacowr.dbops import events
from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.engines import connection_of, raw_of
from bacowr.dbops.errors import Refused
from bacowr.dbops.extension import DbOps, LazyGroup
from bacowr.dbops.postgres import lock
from bacowr.dbops.postgres.connection import PostgresTarget
from bacowr.dbops.run import Run
from bacowr.dbops.settings import DbOpsSettings
from bacowr.dbops.sqlite.connection import SqliteTarget

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.project import Project

CREATE = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"
STUBBORN = """
import sqlite3

class Stubborn(sqlite3.Connection):
    def cursor(self, *args):
        class Deaf(sqlite3.Cursor):
            def execute(self, statement, *rest):
                wanted = "SELECT 1" if "foreign_keys=OFF" in statement else statement
                return super().execute(wanted, *rest)
        return super().cursor(Deaf)

inner = create_app

def create_app():
    app = inner()
    with app.app_context():
        sa.event.listen(db.engine, "do_connect", lambda d, r, a, k: k.update(factory=Stubborn))
        sa.event.listen(db.engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    return app
"""


def test_enforcement_that_stays_on_is_refused(sqlite_project: Project) -> None:
    project = sqlite_project
    program = project.folder / "app.py"
    program.write_text("import sqlalchemy as sa\n" + program.read_text() + STUBBORN)
    project.add("a001", CREATE)
    result = project.db("upgrade")
    assert result.code == 1
    assert "Foreign key enforcement could not be switched off" in result.err


def test_a_hook_sees_the_engine_that_revisions_run_on(project: Project) -> None:
    seen: list[str] = []
    project.add("a001", CREATE)
    app = project.load()
    ops = DbOps()
    ops.init_app(app)

    @ops.on_engine
    def listen(engine: sa.Engine) -> None:
        sa.event.listen(engine, "before_cursor_execute", lambda *call: seen.append(call[2]))

    assert project.db("upgrade", app=app).code == 0
    assert any(statement.strip().startswith("CREATE TABLE users") for statement in seen)


def test_a_long_copy_is_told(sqlite_project: Project) -> None:
    import flask_migrate

    project = sqlite_project
    project.add("a001", 'op.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT)")')
    project.add("a002", "op.execute(\"INSERT INTO t VALUES (1, '7')\")")
    project.add(
        "a003",
        """
        with op.batch_alter_table("t") as batch_op:
            batch_op.alter_column("word", type_=sa.Integer(), existing_type=sa.Text())
        """,
    )
    heard: list[events.Event] = []
    with project.load().app_context(), events.listening(heard.append):
        flask_migrate.upgrade()
    assert any(isinstance(event, events.CopyProgress) for event in heard)
    assert [event.revision for event in heard if isinstance(event, events.StatementDone)]


def test_the_group_has_stock_commands_and_own_ones(project: Project) -> None:
    group = project.load().cli.commands["db"]
    assert isinstance(group, LazyGroup)
    assert {"upgrade", "ensure-version", "history", "init"} <= set(group.commands)
    with click.Context(group) as context:
        assert group.get_command(context, "nonsense") is None


def test_a_usage_error_is_left_to_click() -> None:
    def callback() -> None:
        raise click.UsageError("Say more.")

    with pytest.raises(click.UsageError, match="Say more"):
        guarded(click.Command("x", callback=callback)).main([], standalone_mode=False)
    assert guarded(click.Command("x")).callback is None


def test_a_closed_connection_is_said_to_be_closed(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.connect() as connection:
        connection.connection.invalidate()
        with pytest.raises(sa.exc.ResourceClosedError):
            raw_of(connection)
    engine.dispose()
    with pytest.raises(sa.exc.ResourceClosedError):
        connection_of(_WithoutConnection(engine.dialect, None, {}))


class _WithoutConnection(MigrationContext):
    """A context that only ever writes SQL."""


def test_a_run_without_a_lock_knows_no_heads(postgres_url: str) -> None:
    target = PostgresTarget(sa.create_engine(postgres_url), Run(DbOpsSettings()))
    assert target.committed_heads("alembic_version") is None


def test_a_lock_that_was_lost_is_noticed(postgres_url: str) -> None:
    target = PostgresTarget(sa.create_engine(postgres_url), Run(DbOpsSettings()))
    with target.hold(1):
        assert target.holding is not None
        target.holding.execute(sa.text("CREATE TABLE alembic_version (version_num text)"))
        assert target.committed_heads("alembic_version") == ()
        target.holding.execute(sa.text("SELECT pg_advisory_unlock_all()"))
        assert lock.holder_of(target.holding, target.key) == "Another process"
        with pytest.raises(Refused, match="holds the migration lock lost it"):
            target.committed_heads("alembic_version")


def test_the_last_statement_of_a_killed_run_is_waited_for(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    key = lock.key_of("alembic_version", None)
    name = sa.text("SELECT set_config('application_name', :name, false)")
    with engine.connect() as ours, engine.connect() as killed:
        killed.execute(name, {"name": lock.name_of(key)})
        with pytest.raises(Refused, match="an earlier, killed run still runs"):
            lock.outlive_others(ours, key, 0.05)
        ours.rollback()
        timer = threading.Timer(0.2, killed.invalidate)
        timer.start()
        lock.outlive_others(ours.execution_options(isolation_level="AUTOCOMMIT"), key, 30)
        timer.join()


def test_a_memory_database_has_no_witness() -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    target = SqliteTarget(engine, Run(DbOpsSettings()))
    assert target.committed_heads("alembic_version") is None
    assert target.blocker() == ""
    engine.dispose()
