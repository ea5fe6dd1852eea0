"""What a run of many revisions spares, and that nothing of it is left, or felt, afterwards."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bacowr.dbops.run import Run
from bacowr.dbops.settings import DbOpsSettings
from bacowr.dbops.sqlite.connection import SqliteTarget

if TYPE_CHECKING:
    from tests.plugins.project import Project

SEEN = "op.create_table('seen', sa.Column('word', sa.Text))"
NOTE_MODE = """
word = op.get_bind().exec_driver_sql("PRAGMA journal_mode").scalar()
op.execute(f"INSERT INTO seen VALUES ('{word}')")
"""
NOTE_COMMIT = "op.execute(\"INSERT INTO seen VALUES (current_setting('synchronous_commit'))\")"
FIRM = """DO $$ BEGIN
EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database());
END $$"""


def file_of(project: Project) -> Path:
    """Return the file of a project's SQLite database."""
    return Path(project.url.removeprefix("sqlite:///"))


def journal_of(project: Project) -> Path:
    """Return where SQLite keeps the rollback journal."""
    return file_of(project).with_name(file_of(project).name + "-journal")


def test_one_journal_serves_all_revisions_and_is_gone_afterwards(sqlite_project: Project) -> None:
    sqlite_project.add("a001", SEEN)
    sqlite_project.add("a002", NOTE_MODE)
    sqlite_project.add("a003", NOTE_MODE)
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.scalars("SELECT word FROM seen") == ["persist", "persist"]
    assert not journal_of(sqlite_project).exists()


def test_the_journal_is_gone_after_a_failure_too(sqlite_project: Project) -> None:
    sqlite_project.add("a001", SEEN)
    sqlite_project.add("a002", "op.execute('INSERT INTO nowhere VALUES (1)')")
    assert sqlite_project.db("upgrade").code != 0
    assert sqlite_project.heads() == ["a001"]
    assert not journal_of(sqlite_project).exists()


def test_the_journal_of_a_killed_run_is_no_obstacle(sqlite_project: Project) -> None:
    killed = sqlite3.connect(file_of(sqlite_project))
    killed.executescript("PRAGMA journal_mode = PERSIST; CREATE TABLE t (a);")
    killed.close()
    assert journal_of(sqlite_project).exists()
    sqlite_project.add("a001", SEEN)
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.tables() == {"seen", "t"}
    assert not journal_of(sqlite_project).exists()


def test_a_database_with_a_write_ahead_log_keeps_it(sqlite_project: Project) -> None:
    made = sqlite3.connect(file_of(sqlite_project))
    made.execute("PRAGMA journal_mode = WAL")
    made.close()
    sqlite_project.add("a001", SEEN)
    sqlite_project.add("a002", NOTE_MODE)
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.scalars("SELECT word FROM seen") == ["wal"]


def test_what_nobody_committed_is_not_seen_between_revisions(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.db", poolclass=sa.NullPool)
    target = SqliteTarget(engine, Run(DbOpsSettings()))
    with target.hold(1), target.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('a001')")
        connection.commit()
        target.is_last = False
        assert target.committed_heads("alembic_version") == ("a001",)
        change = "UPDATE alembic_version SET version_num = 'a002'"
        connection.exec_driver_sql(change)
        assert target.committed_heads("alembic_version") == ("a001",)
        connection.rollback()
        assert target.committed_heads("alembic_version") == ("a001",)
        connection.exec_driver_sql(change)
        connection.commit()
        assert target.committed_heads("alembic_version") == ("a002",)
        target.is_last = True
        assert target.committed_heads("alembic_version") == ("a002",)


@pytest.mark.postgres
def test_only_the_last_commit_waits_for_the_disk(postgres_project: Project) -> None:
    postgres_project.execute(FIRM)
    postgres_project.add("a001", SEEN)
    for number in (2, 3, 4):
        postgres_project.add(f"a00{number}", NOTE_COMMIT)
    assert postgres_project.db("upgrade").code == 0
    assert postgres_project.scalars("SELECT word FROM seen") == ["off", "off", "on"]


@pytest.mark.postgres
def test_the_entry_of_a_failure_waits_for_the_disk(postgres_project: Project) -> None:
    postgres_project.execute(FIRM)
    postgres_project.add("a001", SEEN)
    postgres_project.add("a002", "pass")
    postgres_project.add("a003", "op.execute('INSERT INTO nowhere VALUES (1)')")
    postgres_project.add("a004", "pass")
    app = postgres_project.load()
    settings: list[object] = []

    def hear(engine: sa.Engine) -> None:
        @sa.event.listens_for(engine, "commit")
        def note(connection: sa.Connection) -> None:
            settings.append(connection.exec_driver_sql("SHOW synchronous_commit").scalar())

    app.extensions["dbops"].engine_hooks.append(hear)
    assert postgres_project.db("upgrade", app=app).code != 0
    assert postgres_project.heads() == ["a002"]
    assert settings[-2:] == ["off", "on"]
