"""What speaks against a takeover stops it before anything is written (domain 6.4)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.base.db import db
from bacowr.takeover import running
from tests.plugins.application import NewUser
from tests.takeover import older
from tests.takeover.conftest import Answer
from tests.takeover.older import ident

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
TakeOver = Callable[..., Answer]
Change = Callable[[sa.Connection], object]


def statement(text: str) -> Change:
    return lambda connection: connection.exec_driver_sql(text)


FAULTS: dict[str, tuple[Change, str, str]] = {
    "an unknown column": (
        statement("ALTER TABLE jobs ADD COLUMN color TEXT"),
        "+ column jobs.color",
        "take the copy over",
    ),
    "a missing column": (
        statement("ALTER TABLE backlinks DROP COLUMN notes"),
        "- column backlinks.notes",
        "take the copy over",
    ),
    "an unknown table": (
        statement("CREATE TABLE notes (id TEXT)"),
        "+ table notes",
        "--exclude notes",
    ),
    "a missing table": (statement("DROP TABLE job_results"), "- table job_results", ""),
    "two versions": (
        lambda connection: [
            connection.exec_driver_sql(text)
            for text in (
                "CREATE TABLE alembic_version (version_num TEXT)",
                "INSERT INTO alembic_version VALUES ('a'), ('b')",
            )
        ],
        "version table has 2 rows",
        "Find out which is right",
    ),
    "addresses that differ in case": (
        lambda connection: older.insert(
            connection,
            "users",
            [older.user("anna2", email="ANNA@example.se ")],
            older.GENERATIONS["G0"]["users"]["columns"],
        ),
        "anna@example.se",
        "Decide which account keeps it",
    ),
    "a job without its user": (
        statement(f"UPDATE jobs SET user_id = 'nobody' WHERE id = '{ident('whole')}'"),
        "The user of 1 jobs is missing",
        "--confirm-quarantine",
    ),
    "today's schema": (
        statement("CREATE TABLE takeovers (id TEXT)"),
        "no older BACOWR",
        "flask db upgrade",
    ),
}


@pytest.fixture
def untouched(app: Flask, old_url: str) -> Iterator[None]:
    """Nothing is changed on either side."""
    del app
    yield
    path = Path(old_url.removeprefix("sqlite:///"))
    assert path.read_bytes() == path.with_suffix(".before").read_bytes()
    with db.engine.connect() as connection:
        for table in ("takeovers", "users", "jobs", "quarantined_rows"):
            assert connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0


def build(url: str, change: Change | None = None) -> Path:
    engine = older.build(url, "G0", older.faulty())
    if change is not None:
        with engine.begin() as connection:
            change(connection)
    path = Path(url.removeprefix("sqlite:///"))
    shutil.copy(path, path.with_suffix(".before"))
    return path


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("untouched")
def test_it_refuses_and_says_what_to_do(fault: str, old_url: str, take_over: TakeOver) -> None:
    change, told, remedy = FAULTS[fault]
    build(old_url, change)
    answer = take_over(old_url)
    assert answer.code == 1
    assert told in answer.err
    assert remedy in answer.err


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("/srv/old.db", "must begin with"),
        ("mysql://somewhere/old", "must begin with"),
        ("sqlite:////srv/no/such.db", "There is no such file"),
    ],
)
def test_a_wrong_address_is_named(url: str, told: str, take_over: TakeOver) -> None:
    answer = take_over(url)
    assert answer.code in {1, 2}
    assert told in answer.err


def test_foreign_tables_can_be_left_out(old_url: str, take_over: TakeOver) -> None:
    build(old_url, statement("CREATE TABLE notes (id TEXT)"))
    assert take_over(old_url, "--exclude", "notes").code == 0


def test_jobs_without_a_user_can_be_kept_aside(old_url: str, take_over: TakeOver) -> None:
    change, _, _ = FAULTS["a job without its user"]
    build(old_url, change)
    answer = take_over(old_url, "--confirm-quarantine", "--json")
    assert answer.code == 0
    assert answer.table("jobs")["quarantined"] == 1


@pytest.mark.usefixtures("untouched")
def test_a_damaged_file_is_refused(old_url: str, take_over: TakeOver) -> None:
    path = build(old_url)
    with path.open("r+b") as stream:
        stream.seek(4096 * 5)  # The page of an index or a table, whole.
        stream.write(b"\xff" * 4096)
    shutil.copy(path, path.with_suffix(".before"))
    answer = take_over(old_url)
    assert answer.code == 1
    assert "The integrity check fails" in answer.err


@pytest.mark.usefixtures("untouched")
def test_another_writer_is_refused(old_url: str, take_over: TakeOver) -> None:
    build(old_url)
    with writing(old_url):
        answer = take_over(old_url)
    assert answer.code == 1
    assert "Another process is writing" in answer.err


@contextmanager
def writing(url: str) -> Iterator[None]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield
        connection.exec_driver_sql("ROLLBACK")


@pytest.mark.usefixtures("untouched")
def test_a_full_disk_is_refused(
    old_url: str, take_over: TakeOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(old_url)
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    answer = take_over(old_url)
    assert answer.code == 1
    assert "Free some space" in answer.err


@pytest.mark.usefixtures("untouched")
def test_no_backup_no_takeover(old_url: str, take_over: TakeOver) -> None:
    path = build(old_url)
    copies = Path(db.engine.url.database or "").parent / "backups"
    copies.write_text("not a folder")
    answer = take_over(old_url)
    assert answer.code == 1
    assert "was not copied, and nothing was changed" in answer.err
    assert path.exists()


def test_an_account_of_today_with_the_address_is_in_the_way(
    old_url: str, take_over: TakeOver, new_user: NewUser
) -> None:
    new_user("Anna@Example.se")
    build(old_url)
    answer = take_over(old_url)
    assert answer.code == 1
    assert "in today's" in answer.err


def test_today_has_to_be_up_to_date(old_url: str, take_over: TakeOver) -> None:
    build(old_url)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0008'")
    answer = take_over(old_url)
    assert answer.code == 1
    assert "`flask db upgrade` first" in answer.err


def test_an_older_database_that_is_written_to_meanwhile_is_not_done(
    old_url: str, take_over: TakeOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = build(old_url)
    prove = running._prove

    def write(*arguments: Any) -> None:  # noqa: ANN401
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE users SET is_admin = 1")
        connection.close()
        prove(*arguments)

    monkeypatch.setattr(running, "_prove", write)
    answer = take_over(old_url)
    assert answer.code == 1
    assert "Somebody wrote to the older database meanwhile" in answer.err


def test_a_takeover_that_lost_a_row_is_not_done(
    old_url: str,
    take_over: TakeOver,
    monkeypatch: pytest.MonkeyPatch,
    scalars: Callable[[str], list[Any]],
) -> None:
    build(old_url)
    prove = running._prove

    def lose(*arguments: Any) -> None:  # noqa: ANN401
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"DELETE FROM backlinks WHERE id = '{ident('first')}'")
        prove(*arguments)

    monkeypatch.setattr(running, "_prove", lose)
    answer = take_over(old_url)
    assert answer.code == 1
    assert "backlinks: 3 rows written, 2 are there" in answer.err
    assert scalars("SELECT status FROM takeovers") == ["running"]


@pytest.mark.postgres
def test_another_writer_of_an_older_postgresql_is_refused(
    postgres_url: str, take_over: TakeOver
) -> None:
    engine = older.build(postgres_url, "G0", older.faulty())
    with engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql("UPDATE users SET is_admin = true")
        answer = take_over(postgres_url)
        transaction.rollback()
    assert answer.code == 1
    assert "Another process is writing" in answer.err
