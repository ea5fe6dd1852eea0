"""Changes of a table's stored text alone, its rows and indexes left as they are.

The procedure is the second one of https://www.sqlite.org/lang_altertable.html#otheralter.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from bacowr.dbops.sqlite.catalog import read, read_one, write
from bacowr.dbops.sqlite.create_table import Clause, ClauseKind, CreateTable
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse
from bacowr.dbops.sqlite.tokens import literal, normalized, quote

_COOKIE: Final = '"_dbops_cookie"'
_POINT: Final = '"_dbops_text"'


class TextEditFailedError(Exception):
    """The edit was undone, because it would have changed what the rows say."""


def is_allowed(connection: sa.Connection) -> bool:
    """Tell whether this connection may edit stored texts: defensive mode forbids it."""
    try:
        write(connection, "PRAGMA writable_schema = ON")
        allowed = bool(read_one(connection, "PRAGMA writable_schema"))
        write(connection, "PRAGMA writable_schema = OFF")
    except sa.exc.DBAPIError:
        return False
    return allowed


def write_text(connection: sa.Connection, table: str, sql: str) -> None:
    """Store another text for a table, and have every connection read it.

    Creating and dropping a view raises `schema_version` by SQLite's own hand, so that the same
    statements do on a database whose version is not known yet.
    """
    write(connection, "PRAGMA writable_schema = ON")
    changed = write(
        connection,
        f"UPDATE sqlite_master SET sql = {literal(sql)} "
        f"WHERE type = 'table' AND name = {literal(table)}",
    )
    write(connection, f"CREATE VIEW {_COOKIE} AS SELECT 1")
    write(connection, f"DROP VIEW {_COOKIE}")
    write(connection, "PRAGMA writable_schema = RESET")
    if changed != 1:
        raise RefusedChange(f"There is no table {table!r} whose text could be edited.")


def edit_text(connection: sa.Connection, before: CreateTable, after: CreateTable) -> None:
    """Store another text for a table and prove that its rows agree with it.

    Raises TextEditFailedError, with nothing changed, if a row doesn't hold all columns in itself
    and would take another value from a changed default.
    """
    counted = _default_census(connection, before, after)
    write(connection, f"SAVEPOINT {_POINT}")
    version = read_one(connection, "PRAGMA schema_version")
    write_text(connection, before.name, after.sql)
    if _default_census(connection, before, after) != counted:
        write(connection, f"ROLLBACK TO {_POINT}")
        write(connection, f"RELEASE {_POINT}")
        raise TextEditFailedError
    write(connection, f"RELEASE {_POINT}")
    _prove(connection, before.name, after, int(version))


def _default_census(
    connection: sa.Connection, before: CreateTable, after: CreateTable
) -> list[tuple[object, ...]]:
    """Count the values that equal the old default of each column whose default changes.

    A row older than its column holds no value for it and answers with the default of the moment.
    """
    counts = []
    for old in before.columns:
        new = after.find_column(old.name)
        if new is None or _default(old.clauses) == _default(new.clauses):
            continue
        clause = old.find(ClauseKind.DEFAULT)
        value = clause.body if clause else "NULL"
        counts.append(f"sum({quote(old.name)} IS ({value}))")
    if not counts:
        return []
    sums = ", ".join(counts)
    return [tuple(row) for row in read(connection, f"SELECT {sums} FROM {quote(before.name)}")]


def _default(clauses: tuple[Clause, ...]) -> str | None:
    for clause in clauses:
        if clause.kind is ClauseKind.DEFAULT:
            return normalized(clause.body)
    return None


def _prove(connection: sa.Connection, table: str, after: CreateTable, version: int) -> None:
    """Raise RefusedChange unless SQLite reads the new text, in every connection, and it holds."""
    stored = read_one(
        connection,
        f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = {literal(table)}",
    )
    columns = [row[1] for row in read(connection, f"PRAGMA main.table_xinfo({quote(table)})")]
    raised = int(read_one(connection, "PRAGMA schema_version")) > version
    intended = [column.name for column in after.columns]
    if not raised or columns != intended or normalized(stored) != normalized(after.sql):
        raise RefusedChange(f"The new text of {table!r} was not read as intended: {after.sql}")
    parse(stored)
    complaints = [row[0] for row in read(connection, f"PRAGMA quick_check({quote(table)})")]
    if complaints != ["ok"]:
        raise RefusedChange(
            f"Table {table!r} does not pass SQLite's check: {'; '.join(complaints[:3])}. "
            "Nothing was changed; mend the rows or restore a backup first."
        )
