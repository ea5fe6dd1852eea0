"""The record: one table in the migrated database, one row per revision walked, never changed.

It only ever gains columns, since older releases must read it. Parents are stored, so that the
chain can be walked by code that doesn't have the files. A successful walk is written in the
revision's own transaction, a failure afterwards.
"""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from os import getpid
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.events import Direction
from bacowr.dbops.own_tables import create_or_widen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bacowr.dbops.history import RevisionFacts

NAME = "dbops_log"
PREFIX = "dbops_"
BASE = "base"
"""What a stamp is called in the record that says that nothing is applied."""


class Outcome(StrEnum):
    """How a walk over a revision ended."""

    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Entry:
    """One row of the record: a revision, which way it was walked, by whom, and how it ended."""

    revision: str
    direction: str = Direction.UPGRADE
    outcome: str = Outcome.DONE
    parents: tuple[str, ...] = ()
    kind: str = ""
    compatible: bool = False
    title: str = ""
    checksum: str = ""
    app_version: str = ""
    run_id: str = ""
    host: str = ""
    pid: int = 0
    at: str = ""
    """When it ended, in UTC, as 2026-11-22T10:00:00.000Z; empty when nobody knows."""
    duration_ms: int = 0
    statements: int = 0
    error: str = ""
    phase: str = ""
    """Which part of an upgrade was being made, where it was made in phases."""

    @classmethod
    def of(cls, facts: RevisionFacts, **rest: object) -> Entry:
        """Return an entry for a revision's file, with the host and process that write it."""
        told = {"host": socket.gethostname(), "pid": getpid(), "at": moment(), **rest}
        return cls(**{**vars(facts), **told})


def moment() -> str:
    """Return this moment as the record writes it."""
    now = datetime.fromtimestamp(time.time(), UTC)
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@cache
def log_table(schema: str | None = None) -> sa.Table:
    """Return the record's table, in the schema of the version table."""
    words = ["revision", "direction", "outcome", "parents", "kind", "title", "checksum"]
    words += ["app_version", "run_id", "host", "at", "error", "phase"]
    numbers = ["compatible", "pid", "duration_ms", "statements"]
    return sa.Table(
        NAME,
        sa.MetaData(schema=schema),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        *(sa.Column(name, sa.Text, nullable=True) for name in words),
        *(sa.Column(name, sa.BigInteger, nullable=True) for name in numbers),
    )


def exists(connection: sa.Connection, schema: str | None = None) -> bool:
    """Tell whether this database has a record at all."""
    return sa.inspect(connection).has_table(NAME, schema=schema)


def ensure(connection: sa.Connection, schema: str | None = None) -> None:
    """Create the record's table, or give an older one the columns it lacks."""
    create_or_widen(connection, log_table(schema))


def append(connection: sa.Connection, entries: Iterable[Entry], schema: str | None = None) -> None:
    """Add rows, in the caller's transaction."""
    rows = [_to_row(entry) for entry in entries]
    if rows:
        connection.execute(log_table(schema).insert().inline(), rows)


def read_log(connection: sa.Connection, schema: str | None = None) -> tuple[Entry, ...]:
    """Return every row, oldest first; nothing where there is no record.

    Columns of a newer release are passed over, those of an older one have their defaults.
    """
    if not exists(connection, schema):
        return ()
    table = sa.table(NAME, sa.column("id"), schema=schema)
    found = connection.execute(sa.select(sa.text("*")).select_from(table).order_by(table.c.id))
    return tuple(_to_entry(row) for row in found.mappings())


def applied(log: Iterable[Entry]) -> dict[str, Entry]:
    """Return, by revision, the entries of what is applied according to the log."""
    standing: dict[str, Entry] = {}
    for entry in log:
        if entry.outcome != Outcome.DONE:
            continue
        if entry.direction == Direction.STAMP:
            _take_back(standing, entry.revision)
        standing.pop(entry.revision, None)
        if entry.direction != Direction.DOWNGRADE and entry.revision != BASE:
            standing[entry.revision] = entry
    return standing


def _take_back(standing: dict[str, Entry], revision: str) -> None:
    """Forget what stands on a revision that was stamped: a stamp may go backward too."""
    if revision == BASE:
        standing.clear()
    gone = {revision}
    for name, entry in list(standing.items()):
        if gone & set(entry.parents):
            gone.add(name)
            del standing[name]


@dataclass(frozen=True)
class Ahead:
    """The applied revisions that the code at hand has no files for.

    `entries` are those the record knows, newest first; `unrecorded` are those it doesn't.
    `base` holds the revisions, known to the code, on which they stand.
    """

    entries: tuple[Entry, ...] = ()
    unrecorded: tuple[str, ...] = ()
    base: frozenset[str] = frozenset()

    @property
    def breaking(self) -> tuple[str, ...]:
        """Return the revisions that the code at hand can't be said to work with."""
        return (*(one.revision for one in self.entries if not one.compatible), *self.unrecorded)

    def __len__(self) -> int:
        return len(self.entries) + len(self.unrecorded)


def walk_unknown(
    log: Iterable[Entry], heads: Iterable[str], is_known: Callable[[str], bool]
) -> Ahead:
    """Walk down from the database's heads, by the record, to revisions the code knows."""
    standing = applied(log)
    entries: dict[str, Entry] = {}
    unrecorded: dict[str, None] = {}
    base: set[str] = set()
    waiting = list(heads)
    while waiting:
        one = waiting.pop(0)
        if is_known(one):
            base.add(one)
        elif one not in standing:
            unrecorded[one] = None
        elif one not in entries:
            entries[one] = standing[one]
            waiting.extend(standing[one].parents)
    return Ahead(tuple(entries.values()), tuple(unrecorded), frozenset(base))


def _to_row(entry: Entry) -> dict[str, object]:
    return {
        **vars(entry),
        "parents": json.dumps(entry.parents),
        "compatible": int(entry.compatible),
    }


def _to_entry(row: sa.RowMapping) -> Entry:
    names = {field.name for field in fields(Entry)}
    known = {str(key): row[key] for key in row if key in names and row[key] is not None}
    known["parents"] = tuple(json.loads(str(known.get("parents", "[]"))))
    known["compatible"] = bool(known.get("compatible", 0))
    return Entry(**known)
