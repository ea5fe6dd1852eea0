"""What SQLite cannot make sense of in a schema: views, triggers and keys that lead nowhere."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bacowr.dbops.sqlite.shadowing import driver, stand_in
from bacowr.dbops.sqlite.tokens import literal, quote, significant

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

_BROKEN: Final = re.compile(
    r"error in (view|trigger|index) (.+?)(?: after (?:rename|drop column))?: (.*)", re.DOTALL
)
_PROBE: Final = '"_dbops_probe"'
_EVENTS: Final = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Complaint:
    """An object of the schema that leads nowhere, and why."""

    type: str
    name: str
    reason: str

    def __str__(self) -> str:
        return f"the {self.type} {self.name!r} ({self.reason})"

    def is_among(self, others: frozenset[Complaint]) -> bool:
        """Tell whether the same object was complained about before."""
        return any((self.type, self.name) == (other.type, other.name) for other in others)


def complaint_in(error: object) -> Complaint | None:
    """Return what a message of SQLite complains about, if it names an object."""
    found = _BROKEN.search(str(error))
    return Complaint(found[1], found[2], found[3]) if found else None


def complaints(connection: sa.Connection) -> frozenset[Complaint]:
    """Return what is broken in the schema of an empty database, which is left as it was."""
    raw = driver(connection)
    (named,) = raw.execute(
        "SELECT count(*) FROM sqlite_master WHERE type IN ('view', 'trigger')"
    ).fetchone()
    found = set(_broken_keys(raw))
    if named:
        with _undone(raw):
            found.update(_broken_triggers(raw))
            found.update(_broken_names(raw))
    return frozenset(found)


@contextmanager
def _undone(raw: sqlite3.Connection) -> Iterator[None]:
    raw.execute("SAVEPOINT complaints")
    try:
        yield
    finally:
        raw.execute("ROLLBACK TO complaints")
        raw.execute("RELEASE complaints")


def _broken_names(raw: sqlite3.Connection) -> Iterator[Complaint]:
    """Yield what SQLite finds broken when it renames something.

    It stops at the first; so each is dropped, and it is asked again.
    """
    raw.execute("PRAGMA legacy_alter_table = OFF")
    raw.execute(f"CREATE TABLE {_PROBE} (a)")
    message = _message(raw, f"ALTER TABLE {_PROBE} RENAME COLUMN a TO b")
    while complaint := complaint_in(message):
        yield complaint
        raw.execute(f"DROP {complaint.type.upper()} IF EXISTS {quote(complaint.name)}")
        message = _message(raw, f"ALTER TABLE {_PROBE} RENAME COLUMN a TO b")


def _message(raw: sqlite3.Connection, statement: str) -> str:
    """Run a statement, with whatever functions it misses stood in for; returns the complaint."""
    for _ in range(len(statement)):
        try:
            raw.execute(statement)
        except sqlite3.Error as error:
            if not stand_in(raw, str(error)):
                return str(error)
        else:
            break
    return ""


def _broken_keys(raw: sqlite3.Connection) -> Iterator[Complaint]:
    """Yield the tables with a foreign key that matches no key of its parent."""
    tables = raw.execute(
        "SELECT DISTINCT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) "
        "WHERE m.type = 'table'"
    ).fetchall()
    for (table,) in tables:
        query = f"SELECT count(*) FROM pragma_foreign_key_check({literal(table)})"
        if message := _message(raw, query):
            yield Complaint("table", table, message)


def _broken_triggers(raw: sqlite3.Connection) -> Iterator[Complaint]:
    """Yield the triggers that SQLite could not compile, each tried alone.

    A rename does not look at the columns that a trigger writes.
    """
    triggers = raw.execute(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    with _undone_drops(raw, [name for name, _, _ in triggers]):
        for name, table, sql in triggers:
            message = _message(raw, sql) or _message(raw, _firing(raw, table, sql))
            raw.execute(f"DROP TRIGGER IF EXISTS {quote(name)}")
            if message:
                yield Complaint("trigger", name, message)


@contextmanager
def _undone_drops(raw: sqlite3.Connection, names: list[str]) -> Iterator[None]:
    raw.execute("SAVEPOINT triggers")
    for name in names:
        raw.execute(f"DROP TRIGGER {quote(name)}")
    yield
    raw.execute("ROLLBACK TO triggers")
    raw.execute("RELEASE triggers")


def _firing(raw: sqlite3.Connection, table: str, sql: str) -> str:
    """Return a statement that has SQLite compile the trigger, and do nothing."""
    event = next(token.text.upper() for token in significant(sql) if token.is_word(*_EVENTS))
    name = quote(table)
    if event == "INSERT":
        return f"EXPLAIN INSERT INTO {name} DEFAULT VALUES"
    if event == "DELETE":
        return f"EXPLAIN DELETE FROM {name}"
    columns = [
        quote(row[1]) for row in raw.execute(f"PRAGMA table_xinfo({name})").fetchall() if not row[6]
    ]
    return f"EXPLAIN UPDATE {name} SET {', '.join(f'{c} = {c}' for c in columns)}"
