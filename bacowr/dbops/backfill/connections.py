"""How a backfill is connected: short transactions that wait for nobody, and let others pass."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from bacowr.dbops.engines import execute_raw, is_memory, raw_of, sibling

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK_TIMEOUT_MS: Final = 150
"""While a batch waits for a row, others wait for the rows it has; and before PostgreSQL's second,
after which it ends one of those that wait for each other, maybe the application."""
BATCH_TIMEOUT_MS: Final = 30_000
BUSY_TIMEOUT_MS: Final = 1_000
CACHE_KIB: Final = 65_536
"""A batch whose pages don't fit SQLite's usual 2 MB writes many of them several times."""
RETRIED_STATES: Final = frozenset({"55P03", "40P01", "40001", "57014"})
RETRIED_CODES: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


@contextmanager
def connected(engine: sa.Engine, name: str) -> Iterator[sa.Connection]:
    """Give a connection of its own whose transactions are a backfill's."""
    own = sibling(engine)
    sa.event.listen(own, "begin", lambda connection: _begin(connection, name))
    with own.connect() as connection:
        if connection.dialect.name == "sqlite" and not is_memory(engine):
            execute_raw(raw_of(connection), f"PRAGMA cache_size=-{CACHE_KIB}")
        found = getattr(raw_of(connection), "isolation_level", None)
        try:
            yield connection
        finally:
            if is_memory(engine):  # The application goes on using the very connection.
                raw_of(connection).isolation_level = found


def _begin(connection: sa.Connection, name: str) -> None:
    """Begin for real on SQLite, as a writer; set limits for this transaction on PostgreSQL.

    A batch's commit doesn't wait for the disk: rows and cursor are lost or kept together.
    """
    raw = raw_of(connection)
    if connection.dialect.name == "sqlite":
        raw.isolation_level = None
        execute_raw(raw, f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        execute_raw(raw, "BEGIN IMMEDIATE")
        return
    wanted = {
        "application_name": f"dbops backfill {name}"[:63].replace("'", "''"),
        "lock_timeout": LOCK_TIMEOUT_MS,
        "statement_timeout": BATCH_TIMEOUT_MS,
        "synchronous_commit": "off",
    }
    calls = ", ".join(f"set_config('{n}', '{v}', true)" for n, v in wanted.items())
    execute_raw(raw, f"SELECT {calls}")


def is_passing(error: BaseException) -> bool:
    """Tell whether a batch failed only because the database was busy."""
    original = getattr(error, "orig", error)
    if isinstance(original, sqlite3.OperationalError):
        return getattr(original, "sqlite_errorcode", 0) & 0xFF in RETRIED_CODES
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    return state in RETRIED_STATES
