"""Random edits of random tables: nothing is lost, all paths end alike, a failure leaves nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sqlalchemy.pool import StaticPool

from bacowr.dbops.sqlite.change import apply
from bacowr.dbops.sqlite.edits import AlterType, DropColumn, RenameColumn
from bacowr.dbops.sqlite.planner import Path
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.tokens import normalized
from tests.dbops.sqlite.random_schemas import Schema, quoted, schemas

State = dict[str, object]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
SHORT = settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
LONG = settings(max_examples=600, deadline=None, suppress_health_check=SLOW)


@contextmanager
def made(schema: Schema) -> Iterator[sa.Connection]:
    """Yield a connection to the database of a schema, inside of a transaction."""
    engine = sa.create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"isolation_level": None}
    )
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        for statement in schema.script:
            raw.execute(statement)
            if statement == "-- rows":
                fill(raw, schema)
        raw.execute("BEGIN IMMEDIATE")
        yield connection
    engine.dispose()


def fill(raw: sqlite3.Connection, schema: Schema) -> None:
    """Insert the rows that the table takes, under rowids with gaps."""
    columns = ", ".join(map(quoted, schema.columns))
    marks = ", ".join("?" for _ in schema.columns)
    names = [row[1] for row in raw.execute("PRAGMA table_info(t)")]
    key = ("id",) if "id" in names else ()
    for number, row in enumerate(schema.rows):
        values = (*row, *(number * 7 - 3 for _ in key))
        head = f"INSERT INTO t ({', '.join([columns, *key])})"
        with suppress(sqlite3.IntegrityError):
            raw.execute(f"{head} VALUES ({marks}{', ?' * len(key)})", values)
    if not key:
        with suppress(sqlite3.IntegrityError):
            raw.execute("UPDATE t SET rowid = rowid * 10 - 25")


def state(connection: sa.Connection) -> State:
    """Return all texts, and all rows with types and rowids."""
    raw: Any = connection.connection.dbapi_connection
    texts = {
        (kind, name): normalized(sql)
        for kind, name, sql in raw.execute("SELECT type, name, sql FROM sqlite_master")
        if sql is not None
    }
    rows: dict[str, list[str]] = {}
    for _, name, kind, _, without, _ in raw.execute("PRAGMA table_list").fetchall():
        if kind == "table" and name not in ("sqlite_schema", "sqlite_temp_schema"):
            what = "*" if without or name.startswith("sqlite_") else "rowid AS _r, *"
            cursor = raw.execute(f"SELECT {what} FROM {quoted(name)}")
            heads = [column[0] for column in cursor.description]
            rows[name] = sorted(repr(dict(zip(heads, row, strict=True))) for row in cursor)
    return {"texts": texts, "rows": rows}


def columns(connection: sa.Connection, names: list[tuple[str, str]]) -> list[str]:
    """Return the named columns' values and types, with the rowid where there is one."""
    raw: Any = connection.connection.dbapi_connection
    listed = ", ".join(f"{quoted(n)} AS {quoted(a)}, typeof({quoted(n)})" for n, a in names)
    return sorted(map(repr, raw.execute(f"SELECT {listed or 1} FROM t")))


def faults(connection: sa.Connection) -> list[str]:
    """Return what SQLite's check complains about.

    Before 3.41 it takes one column's value for another's in a WITHOUT ROWID table whose key isn't
    in front, and complains about its type.
    """
    raw: Any = connection.connection.dbapi_connection
    (without,) = raw.execute("SELECT wr FROM pragma_table_list('t')").fetchone()
    return [
        text
        for (text,) in raw.execute("PRAGMA integrity_check")
        if text != "ok" and not (without and " value in t." in text)
    ]


def outcome(connection: sa.Connection, schema: Schema, path: Path | None) -> State | str:
    """Return the state after the edits, or "refused", having checked that nothing was written."""
    raw: Any = connection.connection.dbapi_connection
    changes = raw.total_changes
    before = state(connection)
    try:
        apply(connection, "t", schema.edits, path=path)
    except RefusedChange:
        assert raw.total_changes == changes
        assert state(connection) == before
        return "refused"
    return state(connection)


def check_nothing_lost(schema: Schema, seen: Counter[str]) -> None:
    note(str(schema))
    touched = {e.column for e in schema.edits if isinstance(e, DropColumn | AlterType)}
    new = {edit.column: edit.new for edit in schema.edits if isinstance(edit, RenameColumn)}
    kept = [name for name in schema.columns if name not in touched]
    with made(schema) as free, made(schema) as forced:
        before = columns(free, [(name, name) for name in kept])
        result = outcome(free, schema, None)
        assert outcome(forced, schema, Path.REBUILD) == result
        seen["refused" if result == "refused" else "changed"] += 1
        if result != "refused":
            assert columns(free, [(new.get(name, name), name) for name in kept]) == before
            assert faults(free) == faults(forced) == []


class InterruptionError(Exception):
    """What a test throws between two statements."""


def check_rollback(schema: Schema, point: int, path: Path | None) -> None:
    note(str(schema))
    with made(schema) as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("COMMIT")
        before = state(connection)
        raw.execute("BEGIN IMMEDIATE")
        left = point

        def interrupt(*_: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise InterruptionError

        sa.event.listen(connection, "before_cursor_execute", interrupt)
        with suppress(InterruptionError, RefusedChange):
            apply(connection, "t", schema.edits, path=path)
        raw.execute("ROLLBACK")
        assert state(connection) == before
        assert faults(connection) == []


def report(capsys: pytest.CaptureFixture[str], what: str, seen: Counter[str]) -> None:
    with capsys.disabled():
        print(f"\n{what}: {dict(seen)}")  # noqa: T201 - Counts are to be seen.


def test_nothing_is_lost_on_any_path(capsys: pytest.CaptureFixture[str]) -> None:
    seen: Counter[str] = Counter()
    SHORT(given(schemas())(lambda schema: check_nothing_lost(schema, seen)))()
    report(capsys, "random schemas", seen)
    assert seen["changed"] > seen["refused"] / 4


@pytest.mark.long
def test_nothing_is_lost_on_any_path_at_length(capsys: pytest.CaptureFixture[str]) -> None:
    seen: Counter[str] = Counter()
    LONG(given(schemas())(lambda schema: check_nothing_lost(schema, seen)))()
    report(capsys, "random schemas", seen)
    assert seen.total() >= 500


def test_an_interruption_leaves_what_was_there(capsys: pytest.CaptureFixture[str]) -> None:
    seen: Counter[str] = Counter()

    def check(schema: Schema, point: int, path: Path | None) -> None:
        seen["interrupted"] += 1
        check_rollback(schema, point, path)

    arguments = (schemas(), st.integers(0, 60), st.sampled_from([None, Path.REBUILD]))
    SHORT(given(*arguments)(check))()
    report(capsys, "random interruptions", seen)
