"""Digests of rows and of schemas, to show that two databases hold the same."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bacowr.dbops.sqlite.tokens import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MODULUS = 1 << 128
BATCH = 2000
# What a database knows about itself rather than about its owner's data.
STATISTICS = frozenset({"sqlite_stat1", "sqlite_stat2", "sqlite_stat3", "sqlite_stat4"})
ROWID_NAMES = ("rowid", "_rowid_", "oid")


@dataclass(frozen=True)
class Digest:
    """One database's contents in a few numbers: rows and a hash per table, and the schema."""

    schema: str
    tables: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> str:
        """Return one hash over the schema and all tables."""
        text = json.dumps([self.schema, sorted(self.tables.items())])
        return hashlib.sha256(text.encode()).hexdigest()

    def differences(self, other: Digest) -> list[str]:
        """Say in words what differs between this digest (expected) and the other (found)."""
        found = [] if self.schema == other.schema else ["the schema differs"]
        for name in sorted(self.tables.keys() | other.tables.keys()):
            if name not in other.tables:
                found.append(f"table {name} is missing")
            elif name not in self.tables:
                found.append(f"table {name} is unexpected")
            elif self.tables[name] != other.tables[name]:
                rows = f"{self.rows.get(name)} rows expected, {other.rows.get(name)} found"
                found.append(f"table {name} differs ({rows})")
        return found


def sqlite_digest(connection: sqlite3.Connection) -> Digest:
    """Digest a SQLite database: stored schema text, every table's rows with types and rowids.

    Independent of the order of rows and of where pages lie in the file. Planner statistics are
    left out. Changes the connection's row and text factories while it runs.
    """
    text_factory, row_factory = connection.text_factory, connection.row_factory
    # A bytearray is a type that no column yields by itself, so TEXT can't pass for BLOB.
    connection.text_factory, connection.row_factory = bytearray, None
    try:
        schema = _schema_digest(connection)
        tables: dict[str, str] = {}
        rows: dict[str, int] = {}
        for name in _sqlite_tables(connection):
            tables[name], rows[name] = _sqlite_table_digest(connection, name)
    finally:
        connection.text_factory, connection.row_factory = text_factory, row_factory
    return Digest(schema, tables, rows)


def _schema_digest(connection: sqlite3.Connection) -> str:
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    kept = sorted(repr(row) for row in rows if _text(row[2]) not in STATISTICS)
    # Both belong to the application, not to SQLite, and a copy has to carry them.
    numbers = [
        connection.execute(f"PRAGMA {pragma}").fetchone()[0]
        for pragma in ("user_version", "application_id")
    ]
    return hashlib.sha256(repr((kept, numbers)).encode()).hexdigest()


def _sqlite_tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    names = []
    for name, sql in rows:
        # A virtual table's rows lie in its shadow tables, which are ordinary ones.
        if sql is not None and _text(sql).lstrip().upper().startswith("CREATE VIRTUAL"):
            continue
        names.append(_text(name))
    return sorted(set(names) - STATISTICS)


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes | bytearray) else str(value)


def _sqlite_table_digest(connection: sqlite3.Connection, table: str) -> tuple[str, int]:
    columns = _stored_columns(connection, table)
    selected = [quote(column) for column in columns]
    rowid = _rowid_name(connection, table, columns)
    if rowid is not None:
        selected.insert(0, rowid)
    rows = connection.execute(f"SELECT {', '.join(selected)} FROM {quote(table)}")
    total, count = sum_of_hashes(_batches(rows))
    seed = hashlib.sha256(repr((selected, count, total)).encode())
    return seed.hexdigest(), count


def _stored_columns(connection: sqlite3.Connection, table: str) -> list[str]:
    info = connection.execute(f"PRAGMA table_xinfo({quote(table)})").fetchall()
    return [_text(row[1]) for row in info if row[6] == 0]


def _rowid_name(connection: sqlite3.Connection, table: str, columns: list[str]) -> str | None:
    taken = {column.lower() for column in columns}
    for name in ROWID_NAMES:
        if name in taken:
            continue
        try:
            connection.execute(f"SELECT {name} FROM {quote(table)} LIMIT 0")
        except sqlite3.OperationalError:
            return None  # WITHOUT ROWID.
        return name
    return None


def _batches(rows: sqlite3.Cursor) -> Iterator[tuple[object, ...]]:
    while batch := rows.fetchmany(BATCH):
        yield from batch


def sum_of_hashes(rows: Iterable[tuple[object, ...]]) -> tuple[int, int]:
    """Add up a 128-bit hash of each row, so that their order doesn't matter; also count them."""
    total = count = 0
    for row in rows:
        hashed = hashlib.blake2b(repr(row).encode(), digest_size=16)
        total += int.from_bytes(hashed.digest(), "big")
        count += 1
    return total % MODULUS, count
