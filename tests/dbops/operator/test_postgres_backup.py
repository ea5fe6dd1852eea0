"""A dump of PostgreSQL holds one moment, and is swapped in only when it is what was dumped."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bacowr.dbops.copies import BackupError, CopyDamagedError, DatabaseInUseError, file_sha256
from bacowr.dbops.digest import Digest
from bacowr.dbops.postgres.backup import (
    ClientMissingError,
    ClientTooOldError,
    client,
    conninfo,
    dump_database,
    restore_database,
    swap,
)
from bacowr.dbops.postgres.digest import postgres_digest

if TYPE_CHECKING:
    from tests.plugins.postgres import Postgres

pytestmark = pytest.mark.postgres

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE parents (id serial PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'x', m mood,
    at timestamptz DEFAULT now(), data jsonb, raw bytea, price numeric(10, 2), f float8,
    CHECK (length(name) < 20));
CREATE TABLE children (parent_id int REFERENCES parents ON DELETE CASCADE, "t" text);
CREATE INDEX by_name ON parents (lower(name)) WHERE name <> '';
CREATE VIEW v AS SELECT * FROM parents;
CREATE SCHEMA other;
CREATE TABLE other."Odd ""Name" (a int);
CREATE FUNCTION twice(a int) RETURNS int LANGUAGE sql AS 'SELECT a * 2';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON parents FOR EACH ROW EXECUTE FUNCTION touch();
COMMENT ON COLUMN parents.name IS 'what it is called';
INSERT INTO parents (name, m, data, raw, f)
    VALUES ('a', 'ok', '{"k": 1}', '\\x00ff', 0.1), ('b', NULL, NULL, NULL, 'NaN');
INSERT INTO children VALUES (1, 'it''s'), (2, NULL);
INSERT INTO other."Odd ""Name" VALUES (1);
"""


def engine_for(url: str | sa.URL) -> sa.Engine:
    return sa.create_engine(url, poolclass=sa.NullPool)


def run(engine: sa.Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def digest(engine: sa.Engine) -> Digest:
    with engine.connect() as connection:
        return postgres_digest(connection)


@pytest.fixture
def engine(postgres: Postgres, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    monkeypatch.setenv("PATH", str(postgres.bin_dir), prepend=":")
    found = engine_for(postgres_url)
    run(found, SCHEMA)
    return found


@pytest.fixture
def kept(postgres: Postgres, engine: sa.Engine) -> Iterator[str]:
    name = f"{engine.url.database}_kept"
    yield name
    postgres.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def databases(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT datname FROM pg_database").scalars().all()
    return {name for name in names if name.startswith(str(engine.url.database))}


def test_a_restored_dump_equals_what_was_dumped(
    engine: sa.Engine, kept: str, tmp_path: Path
) -> None:
    target = tmp_path / "copy.dump"
    proof = dump_database(engine, target)
    assert (proof.size, proof.sha256) == (target.stat().st_size, file_sha256(target))
    assert target.stat().st_mode & 0o777 == 0o600
    assert proof.digest.rows["public.parents"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["copy.dump"]
    run(engine, "DELETE FROM parents", "DROP VIEW v")
    replaced = digest(engine)
    restore_database(engine, target, kept, proof.digest)
    assert digest(engine) == proof.digest
    assert digest(engine_for(engine.url.set(database=kept))) == replaced
    assert databases(engine) == {engine.url.database, kept}


def test_rows_written_during_the_dump_are_in_neither_dump_nor_digest(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(engine)

    def write_first(connection: sa.Connection) -> Digest:
        run(engine, "INSERT INTO children VALUES (1, 'late')")
        return postgres_digest(connection)

    monkeypatch.setattr("bacowr.dbops.postgres.backup.postgres_digest", write_first)
    proof = dump_database(engine, tmp_path / "copy.dump")
    monkeypatch.undo()
    assert proof.digest == before
    assert digest(engine) != before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE parents SET name = 'c' WHERE id = 1",
        "UPDATE parents SET at = at + interval '1 microsecond'",
        "SELECT nextval('parents_id_seq')",
        "ALTER TABLE parents ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE children ALTER COLUMN t TYPE varchar(9)",
        "ALTER TYPE mood ADD VALUE 'happy'",
        "DROP INDEX by_name",
        "ALTER TABLE parents DISABLE TRIGGER touched",
        "CREATE OR REPLACE FUNCTION twice(a int) RETURNS int LANGUAGE sql AS 'SELECT a * 3'",
        "COMMENT ON COLUMN parents.name IS NULL",
        'INSERT INTO other."Odd ""Name" VALUES (1)',
    ],
)
def test_the_digest_sees(engine: sa.Engine, change: str) -> None:
    before = digest(engine)
    run(engine, change)
    assert before.differences(digest(engine))


@pytest.mark.parametrize(
    "setting",
    ["TimeZone='Asia/Tokyo'", "DateStyle='German'", "bytea_output='escape'", "search_path='other'"],
)
def test_the_digest_does_not_depend_on_the_session(engine: sa.Engine, setting: str) -> None:
    before = digest(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET {setting}")
        assert postgres_digest(connection) == before


def test_nothing_is_swapped_when_the_copy_is_not_what_was_dumped(
    engine: sa.Engine, kept: str, tmp_path: Path
) -> None:
    dump_database(engine, tmp_path / "copy.dump")
    run(engine, "DELETE FROM children")
    before = digest(engine)
    with pytest.raises(CopyDamagedError, match=r"children differs \(0 rows expected, 2 found\)"):
        restore_database(engine, tmp_path / "copy.dump", kept, before)
    assert digest(engine) == before
    assert databases(engine) == {engine.url.database}


def test_nothing_is_swapped_while_others_are_connected(
    engine: sa.Engine, kept: str, tmp_path: Path
) -> None:
    proof = dump_database(engine, tmp_path / "copy.dump")
    with engine.connect() as other:
        other.exec_driver_sql("SET application_name = 'the shop'")
        with pytest.raises(DatabaseInUseError, match="the shop"):
            restore_database(engine, tmp_path / "copy.dump", kept, proof.digest)
    assert databases(engine) == {engine.url.database}


def test_a_damaged_dump_is_not_restored(engine: sa.Engine, kept: str, tmp_path: Path) -> None:
    proof = dump_database(engine, tmp_path / "copy.dump")
    (tmp_path / "copy.dump").write_bytes((tmp_path / "copy.dump").read_bytes()[:1500])
    with pytest.raises(BackupError, match="pg_restore"):
        restore_database(engine, tmp_path / "copy.dump", kept, proof.digest)
    assert digest(engine) == proof.digest
    assert databases(engine) == {engine.url.database}


def test_a_user_who_may_not_make_databases_is_told(
    postgres: Postgres, engine: sa.Engine, kept: str, tmp_path: Path
) -> None:
    proof = dump_database(engine, tmp_path / "copy.dump")
    postgres.execute("DROP ROLE IF EXISTS modest")
    postgres.execute("CREATE ROLE modest LOGIN PASSWORD 'secretpw'")
    try:
        modest = engine_for(engine.url.set(username="modest", password="secretpw"))
        with pytest.raises(BackupError, match="no new database can be made") as caught:
            restore_database(modest, tmp_path / "copy.dump", kept, proof.digest)
        assert "secretpw" not in str(caught.value)
        with pytest.raises(BackupError, match="pg_dump: "):
            dump_database(modest, tmp_path / "other.dump")
    finally:
        postgres.execute("DROP ROLE modest")
    assert databases(engine) == {engine.url.database}


def test_names_that_are_taken_are_not_given(engine: sa.Engine) -> None:
    with pytest.raises(DatabaseInUseError, match="cannot be renamed"):
        swap(engine, {str(engine.url.database): "postgres"})
    assert databases(engine) == {engine.url.database}


def fake_client(folder: Path, version: str) -> None:
    program = folder / "pg_dump"
    program.write_text(f"#!/bin/sh\necho '{version}'\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_a_missing_client_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClientMissingError, match="pg_dump is not installed"):
        client("pg_dump", 15)


def test_a_client_older_than_the_server_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    fake_client(tmp_path, "pg_dump (PostgreSQL) 13.4 (Debian 13.4-1)")
    with pytest.raises(ClientTooOldError, match="version 13, the server 15"):
        client("pg_dump", 15)
    assert client("pg_dump", 13) == str(tmp_path / "pg_dump")
    fake_client(tmp_path, "nonsense")
    with pytest.raises(ClientMissingError, match="does not say"):
        client("pg_dump", 13)


def test_the_password_is_not_on_the_command_line() -> None:
    url = sa.make_url("postgresql+psycopg://me:secretpw@db.example:5433/app?sslmode=require")
    text = conninfo(url)
    assert "secretpw" not in text
    assert text == "sslmode='require' host='db.example' port='5433' user='me' dbname='app'"


def test_odd_names_are_escaped() -> None:
    url = sa.URL.create("postgresql", database="it's \\ odd")
    assert conninfo(url) == r"dbname='it\'s \\ odd'"
