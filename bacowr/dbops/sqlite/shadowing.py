"""An empty twin of a database in memory, on which a change is tried before the first write."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from bacowr.dbops.sqlite.catalog import violations
from bacowr.dbops.sqlite.tokens import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.sqlite.catalog import SchemaObject

_UNKNOWN_COLLATION: Final = re.compile(r"no such collation sequence: (.+)")
_UNKNOWN_FUNCTION: Final = re.compile(r"(?:no such|unknown) function: ([^(]+)")
_BROKEN: Final = re.compile(
    r"error in (view|trigger|index) (.+?)(?: after rename)?: (.*)", re.DOTALL
)
_PROBE: Final = '"_dbops_probe"'


@dataclass(frozen=True)
class Complaint:
    """An object of the schema that SQLite cannot make sense of, and why."""

    type: str
    name: str
    reason: str


@contextmanager
def shadow(objects: tuple[SchemaObject, ...]) -> Iterator[sa.Connection]:
    """Yield a connection to an empty database in memory with the same schema.

    What cannot be made there (a virtual table of an extension) is left out. Functions and
    collations of the application are stood in for.
    """
    engine = sa.create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"isolation_level": None}
    )
    with engine.connect() as connection:
        raw = driver(connection)
        for item in objects:
            if item.sql is not None and not item.name.startswith("sqlite_"):
                _create(raw, item.sql)
        yield connection
    engine.dispose()


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


def complaints(connection: sa.Connection) -> frozenset[Complaint]:
    """Return what is broken, as SQLite finds when it renames something.

    It stops at the first; so each is dropped from the twin, and it is asked again.
    """
    raw = driver(connection)
    found: set[Complaint] = set()
    raw.execute("PRAGMA legacy_alter_table = OFF")
    while True:
        complaint = _first_complaint(raw)
        if complaint is None:
            return frozenset(found | set(_broken_keys(connection)))
        found.add(complaint)
        raw.execute(f"DROP {complaint.type.upper()} IF EXISTS {quote(complaint.name)}")


def _first_complaint(raw: sqlite3.Connection) -> Complaint | None:
    raw.execute("SAVEPOINT probe")
    raw.execute(f"CREATE TABLE {_PROBE} (a)")
    try:
        raw.execute(f"ALTER TABLE {_PROBE} RENAME COLUMN a TO b")
    except sqlite3.Error as error:
        message = str(error)
        broken = _BROKEN.fullmatch(message)
        retry = broken is not None and stand_in(raw, message)
        complaint = Complaint(broken[1], broken[2], broken[3]) if broken else None
    else:
        complaint, retry = None, False
    raw.execute("ROLLBACK TO probe")
    raw.execute("RELEASE probe")
    return _first_complaint(raw) if retry else complaint


def _broken_keys(connection: sa.Connection) -> Iterator[Complaint]:
    """Yield the tables with a foreign key that matches no key of its parent."""
    raw = driver(connection)
    tables = [
        name
        for (name,) in raw.execute(
            "SELECT DISTINCT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) "
            "WHERE m.type = 'table'"
        ).fetchall()
    ]
    for table in tables:
        try:
            violations(connection, (table,))
        except sa.exc.DBAPIError as error:
            yield Complaint("table", table, str(error.orig))
