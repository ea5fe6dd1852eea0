"""The window itself: one row in a table of its own, which no migration touches.

It is in the database since that is the one place that every process of an application sees. An
end must be given: a migrator that died can't keep a site closed for ever.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from os import getpid
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.engines import execute_raw, sibling

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "dbops_maintenance"
MESSAGE = "We are improving the database. Everything you have is safe; please come back soon."
BEFORE = datetime.min.replace(tzinfo=UTC)


class Mode(StrEnum):
    """How much of the application a window closes."""

    CLOSED = "closed"
    READ_ONLY = "read-only"


@dataclass(frozen=True)
class Window:
    """An announced time in which the application, or writing to it, is closed."""

    until: datetime
    message: str = MESSAGE
    mode: Mode = Mode.CLOSED
    since: datetime = BEFORE
    owner: str = ""
    """Who closed it, as host:pid."""
    by_upgrade: bool = False

    def seconds_left(self) -> float:
        """Return how long it still lasts; below 0 when its end has passed."""
        return (self.until - now()).total_seconds()


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.fromtimestamp(time.time(), UTC)


@cache
def _table(schema: str | None) -> sa.Table:
    return sa.Table(
        NAME,
        sa.MetaData(schema=schema),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _WORDS),
    )


_WORDS = ("mode", "message", "since", "until", "owner", "by_upgrade")


def close(engine: sa.Engine, window: Window, schema: str | None = None) -> Window:
    """Close the application, or give a window that is closed already these words and this end.

    Returns the window as it stands. Raises SQLAlchemyError when the database can't be written.
    """
    standing = Window(
        **{**vars(window), "since": now(), "owner": f"{socket.gethostname()}:{getpid()}"}
    )
    words = {name: str(value) for name, value in asdict(standing).items()}
    words |= {"since": standing.since.isoformat(), "until": standing.until.isoformat()}
    words["by_upgrade"] = "yes" if standing.by_upgrade else ""
    table = _table(schema)
    with sibling(engine).begin() as connection:
        table.create(connection, checkfirst=True)
        connection.execute(table.delete())
        connection.execute(table.insert(), {"id": 1, **words})
    return standing


def lift(engine: sa.Engine, schema: str | None = None) -> Window | None:
    """Open the application again; return the window that was, None when there was none."""
    was = read(engine, schema)
    if was is not None:
        with sibling(engine).begin() as connection:
            connection.execute(_table(schema).delete())
    return was


def read(engine: sa.Engine, schema: str | None = None, *, is_pooled: bool = False) -> Window | None:
    """Return the window that stands, also one whose end has passed; None when there is none.

    Works on the driver's connection, so an application's listeners don't see the statements. It
    is one of the application's pool if `is_pooled`, for those who ask often; else it is closed
    again, so that a command leaves none behind. Raises the driver's errors, and SQLAlchemy's
    TimeoutError when the pool has none to give.
    """
    raw = (engine if is_pooled else sibling(engine)).raw_connection()
    try:
        rows = list(_rows(raw, engine, schema))
    finally:
        with suppress(Exception):  # The pool throws away what can't be rolled back.
            raw.rollback()
        raw.close()
    return _to_window(rows[0]) if rows else None


def _rows(
    raw: sa.PoolProxiedConnection, engine: sa.Engine, schema: str | None
) -> Iterator[tuple[object, ...]]:
    whole = engine.dialect.identifier_preparer.format_table(_table(schema))
    if engine.dialect.name == "sqlite":
        there = f"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{NAME}'"
    else:
        literal = whole.replace("'", "''")
        there = f"SELECT 1 WHERE to_regclass('{literal}') IS NOT NULL"
    if execute_raw(raw, there):
        yield from execute_raw(raw, f"SELECT {', '.join(_WORDS)} FROM {whole}")


def _to_window(row: tuple[object, ...]) -> Window:
    told = dict(zip(_WORDS, map(str, row), strict=True))
    return Window(
        mode=Mode(told["mode"]),
        message=told["message"],
        since=datetime.fromisoformat(told["since"]),
        until=datetime.fromisoformat(told["until"]),
        owner=told["owner"],
        by_upgrade=bool(told["by_upgrade"]),
    )
