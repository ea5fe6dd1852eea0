"""One batch after the other: the next rows by key, changed, and noted in the same transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bacowr.dbops.backfill.keys import Key, Values, dump, load
from bacowr.dbops.backfill.store import Status

if TYPE_CHECKING:
    from bacowr.dbops.backfill.declaration import Backfill
    from bacowr.dbops.backfill.store import Store

PIECE_ROWS: Final = 50_000


class LeaseLost(Exception):  # noqa: N818 - Named after what happened, as the other errors are.
    """The backfill is no longer this runner's: it was paused or canceled, or another has it."""


@dataclass(frozen=True)
class Batches:
    """The rows of one backfill, in the order of its key."""

    backfill: Backfill
    key: Key
    store: Store

    @property
    def where(self) -> str:
        """Return the condition of the rows that are still to be done."""
        return f"({self.backfill.where})"

    def do(
        self, connection: sa.Connection, status: Status, size: int, since: float
    ) -> Status | None:
        """Do the next batch and commit it with how far it came; return that, None at the end.

        `since` is when the one before ended, by time.monotonic(): the rest counts as work.
        The cursor is written last, so that its row is locked for a moment only. Raises LeaseLost,
        with the batch rolled back, when another runner or a person took the backfill away.
        """
        with connection.begin():
            last, rows = self._next(connection, status, size)
            if last is None:
                return None
            these, binds = self._these(load(status.cursor), last)
            changed = self.backfill.execute(connection, these, binds)
            moved: dict[str, Any] = {
                "cursor": dump(last),
                "scanned": status.scanned + (0 if status.sweep else rows),
                "changed": status.changed + (rows if changed < 0 else changed),
                "batches": status.batches + 1,
                "batch_size": size,
                "retries": status.retries,
                "worked_ms": status.worked_ms + round((time.monotonic() - since) * 1000),
            }
            if not self.store.hold(connection, status.revision, **moved):
                raise LeaseLost
        return replace(status, **moved)

    def _next(
        self, connection: sa.Connection, status: Status, size: int
    ) -> tuple[Values | None, int]:
        """Return the last key of the next batch and how many rows it has.

        Rows that need nothing are counted too, so that a batch never has to look far for others.
        """
        cursor, high = load(status.cursor), load(status.high)
        if high is None:
            return None, 0
        conditions = [self.key.condition("<=", "high")]
        binds: dict[str, Any] = self.key.binds("high", high)
        if cursor is not None:
            conditions.append(self.key.condition(">", "low"))
            binds |= self.key.binds("low", cursor)
        names = ", ".join(self.key.columns)
        inner = (
            f"SELECT {names} FROM {self.key.table} WHERE {' AND '.join(conditions)} "
            f"ORDER BY {self.key.ordered()} LIMIT {int(size)}"
        )
        query = f"SELECT max({names}), count(*) FROM ({inner}) AS batch"
        if not self.key.has_maximum:
            query = (
                f"SELECT {names}, count(*) OVER () FROM ({inner}) AS batch "
                f"ORDER BY {self.key.ordered(' DESC')} LIMIT 1"
            )
        row = self._one(connection, query, binds)
        return (None, 0) if row is None or not row[-1] else (row[:-1], int(row[-1]))

    def _these(self, cursor: Values | None, last: Values) -> tuple[str, dict[str, Any]]:
        """Return the condition of the rows up to a key that are still to be done."""
        conditions = [self.key.condition("<=", "high"), self.where]
        binds = self.key.binds("high", last)
        if cursor is not None:
            conditions.insert(0, self.key.condition(">", "low"))
            binds |= self.key.binds("low", cursor)
        return f"({' AND '.join(conditions)})", binds

    def check(self, connection: sa.Connection) -> None:
        """Ask the database for no row at all; it raises where it doesn't know what is named."""
        connection.execute(sa.text(f"SELECT 1 FROM {self.key.table} WHERE {self.where} LIMIT 0"))

    def last_key(self, connection: sa.Connection) -> Values | None:
        """Return the highest key there is."""
        return self._one(
            connection,
            f"SELECT {', '.join(self.key.columns)} FROM {self.key.table} "
            f"ORDER BY {self.key.ordered(' DESC')} LIMIT 1",
            {},
        )

    def first_straggler(self, connection: sa.Connection) -> Values | None:
        """Return the key of a row that is still to be done, the lowest of them.

        Where a long look keeps others from committing, it looks piece by piece.
        """
        if not _locks_out(connection):
            some = sa.text(f"SELECT 1 FROM {self.key.table} WHERE {self.where} LIMIT 1")
            if connection.scalar(some) is None:
                return None
        high = dump(self.last_key(connection))
        piece = Status("", high=high)
        while True:
            last, _ = self._next(connection, piece, PIECE_ROWS)
            if last is None:
                return None
            these, binds = self._these(load(piece.cursor), last)
            names = ", ".join(self.key.columns)
            query = f"SELECT {names} FROM {self.key.table} WHERE {these}"
            found = self._one(connection, f"{query} ORDER BY {self.key.ordered()} LIMIT 1", binds)
            if found is not None:
                return found
            piece = replace(piece, cursor=dump(last))

    def count(self, connection: sa.Connection) -> int:
        """Return about how many rows there are: PostgreSQL's own estimate, where it has one."""
        if connection.dialect.name == "postgresql":
            found = connection.scalar(
                sa.text("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name)"),
                {"name": self.key.table},
            )
            if found and found > 0:
                return int(found)
        counted = connection.scalar(sa.text(f"SELECT count(*) FROM {self.key.table}"))
        return int(counted or 0)

    def _one(self, connection: sa.Connection, query: str, binds: dict[str, Any]) -> Values | None:
        """Return the first row of a query for the key's columns, and maybe more behind them."""
        columns = [
            sa.column(name, kind)
            for name, kind in zip(self.key.columns, self.key.types, strict=True)
        ]
        text = sa.text(query).bindparams(*binds.values())
        row = connection.execute(text.columns(*columns)).first()
        return None if row is None else tuple(row)


def _locks_out(connection: sa.Connection) -> bool:
    """Tell whether readers keep a writer from committing: on SQLite, but in WAL mode."""
    if connection.dialect.name != "sqlite":
        return False
    return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar()) != "wal"
