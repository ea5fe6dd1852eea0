"""An empty twin of a database in memory, on which a change is tried before the first write."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, cast

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from bacowr.dbops.sqlite.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.sqlite.catalog import SchemaObject, Table

_ENGINE: Final = sa.create_engine(
    "sqlite://", poolclass=NullPool, connect_args={"isolation_level": None}
)
_UNKNOWN_COLLATION: Final = re.compile(r"no such collation sequence: (.+)")
_UNKNOWN_FUNCTION: Final = re.compile(r"(?:no such|unknown) function: ([^(]+)")


@contextmanager
def shadow(objects: tuple[SchemaObject, ...]) -> Iterator[sa.Connection]:
    """Yield a connection to an empty database in memory with this schema.

    What cannot be made there (a virtual table of an extension) is left out. Functions and
    collations of the application are stood in for.
    """
    with _ENGINE.connect() as connection:
        raw = driver(connection)
        # A listener of the application's on every engine may have switched it on here too.
        raw.execute("PRAGMA foreign_keys=OFF")
        for item in objects:
            if item.sql is not None and not item.name.startswith("sqlite_"):
                _create(raw, item.sql)
        yield connection


def relevant(table: Table) -> tuple[SchemaObject, ...]:
    """Return what a change of a table can touch, and what that needs to make sense.

    That is each view and trigger, for SQLite reads them all, the table's indexes, and tables
    that stand in one of these texts, or have a text with the table's name in it.
    """
    own = fold(table.name)
    texts = [
        _undoubled(item)
        for item in table.objects
        if item.sql and (item.type in ("view", "trigger") or fold(item.name) == own)
    ]

    def is_relevant(item: SchemaObject) -> bool:
        if item.type == "index":
            return fold(item.table) == own
        name = fold(item.name)
        return (
            item.type != "table"
            or name == own
            or own in _undoubled(item)
            or any(name in text for text in texts)
        )

    return tuple(item for item in table.objects if is_relevant(item))


def _undoubled(item: SchemaObject) -> str:
    """Return a text in which each name stands as it is, whatever its quotes."""
    return fold(item.sql or "").replace('""', '"').replace("``", "`").replace("''", "'")


def driver(connection: sa.Connection) -> sqlite3.Connection:
    """Return the driver's own connection."""
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def _create(raw: sqlite3.Connection, sql: str) -> None:
    tries = 0
    while tries < len(sql):
        try:
            raw.execute(sql)
        except sqlite3.Error as error:
            if not stand_in(raw, str(error)):
                return
        else:
            return
        tries += 1


def stand_in(raw: sqlite3.Connection, message: str) -> bool:
    """Make the function or collation that SQLite misses; False if that isn't what it misses."""
    if found := _UNKNOWN_COLLATION.search(message):
        raw.create_collation(found[1].strip(), lambda a, b: (a > b) - (a < b))
        return True
    if found := _UNKNOWN_FUNCTION.search(message):
        raw.create_function(found[1].strip(), -1, lambda *_: None, deterministic=True)
        return True
    return False
