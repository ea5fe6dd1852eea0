"""The backfills a database has, and how far each came: one row per data revision.

The table only ever gains columns, since older releases must read it. A row is changed only by
moves of the state machine, each of which says from where it may be made: who comes too late
changes nothing.
"""

from __future__ import annotations

import os
import socket
import time
import uuid
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bacowr.dbops.backfill.states import (
    CLAIM,
    LET_GO,
    REOPEN,
    RESUME,
    TAKE_OVER,
    UNFINISHED,
    Move,
    State,
)
from bacowr.dbops.own_tables import create_or_widen
from bacowr.dbops.record import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME: Final = "dbops_backfills"
LEASE_SECONDS: Final = 30
WORDS: Final = ("revision", "title", "table_name", "state", "cursor", "high", "stuck", "owner")
WORDS_TOO: Final = ("error", "app_version", "created_at", "started_at", "finished_at")
NUMBERS: Final = ("sweep", "scanned", "changed", "total", "batches", "batch_size")
NUMBERS_TOO: Final = ("worked_ms", "lease_until_ms", "retries")


@dataclass(frozen=True)
class Status:
    """One backfill as its row tells it."""

    revision: str
    title: str = ""
    table_name: str = ""
    state: State = State.PENDING
    cursor: str = ""
    """The last key that is done, as `keys.dump` writes it."""
    high: str = ""
    """The last key there was when the sweep began; empty before the first."""
    sweep: int = 0
    """0 for the walk over all rows, then one more for each that looks for stragglers."""
    stuck: str = ""
    """The first straggler of the last sweep; if it is one again, the backfill can't do it."""
    scanned: int = 0
    changed: int = 0
    total: int = 0
    batches: int = 0
    batch_size: int = 0
    retries: int = 0
    worked_ms: int = 0
    owner: str = ""
    lease_until_ms: int = 0
    error: str = ""
    app_version: str = ""
    created_at: str = ""
    started_at: str = ""
    finished_at: str = ""

    @property
    def share(self) -> float:
        """Return how much of the rows is done, from 0 to 1."""
        if self.state is State.SUCCEEDED:
            return 1.0
        return min(self.scanned / self.total, 1.0) if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Return how long the rest takes at the pace there was; None where nobody knows."""
        if not self.scanned or self.total < self.scanned:
            return None
        return self.worked_ms / 1000 * (self.total - self.scanned) / self.scanned

    def facts(self) -> dict[str, object]:
        """Return what a machine wants to know."""
        return {**asdict(self), "share": round(self.share, 4), "seconds_left": self.seconds_left}


@cache
def backfills_table(schema: str | None = None) -> sa.Table:
    """Return the table, in the schema of the version table."""
    words = [*WORDS, *WORDS_TOO]
    return sa.Table(
        NAME,
        sa.MetaData(schema=schema),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        *(sa.Column(name, sa.Text, unique=name == "revision") for name in words),
        *(sa.Column(name, sa.BigInteger) for name in (*NUMBERS, *NUMBERS_TOO)),
    )


def new_owner() -> str:
    """Return a name for this runner that tells where it lives."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def is_dead(owner: str) -> bool:
    """Tell whether a runner was a process of this machine that is gone."""
    host, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


@dataclass(frozen=True)
class Store:
    """The rows of one database, changed for one owner, always in the caller's transaction."""

    schema: str | None = None
    owner: str = field(default_factory=new_owner)

    @property
    def table(self) -> sa.Table:
        """Return the table the rows are in."""
        return backfills_table(self.schema)

    def exists(self, connection: sa.Connection) -> bool:
        """Tell whether this database ever had a backfill."""
        return sa.inspect(connection).has_table(NAME, schema=self.schema)

    def add(self, connection: sa.Connection, status: Status) -> None:
        """Write a backfill down as pending, from its beginning, whatever there was of it."""
        self.remove(connection, status.revision)
        values = {**asdict(status), "state": State.PENDING.value, "created_at": moment()}
        connection.execute(self.table.insert().values(values))

    def remove(self, connection: sa.Connection, revision: str) -> None:
        """Forget a backfill, as when its revision is undone."""
        connection.execute(self.table.delete().where(self.table.c.revision == revision))

    def read(self, connection: sa.Connection) -> tuple[Status, ...]:
        """Return all backfills, oldest first; none where there is no table."""
        if not self.exists(connection):
            return ()
        table = sa.table(NAME, sa.column("id"), schema=self.schema)
        found = sa.select(sa.text("*")).select_from(table).order_by(table.c.id)
        return tuple(_to_status(row) for row in connection.execute(found).mappings())

    def find(self, connection: sa.Connection, revision: str) -> Status | None:
        """Return one backfill."""
        return next((one for one in self.read(connection) if one.revision == revision), None)

    def claim(self, connection: sa.Connection, status: Status) -> bool:
        """Take a backfill into this owner's hands; False where another one has it, or won't let."""
        taken: dict[str, Any] = {"started_at": status.started_at or moment(), "error": ""}
        if self.move(connection, CLAIM, status.revision, **taken):
            return True
        table, now = self.table, clock(connection)
        expired = table.c.lease_until_ms < now
        if is_dead(status.owner):
            expired = sa.or_(expired, table.c.owner == status.owner)
        return self.move(connection, TAKE_OVER, status.revision, only=expired)

    def move(
        self,
        connection: sa.Connection,
        move: Move,
        revision: str,
        *,
        only: sa.ColumnElement[bool] | None = None,
        **values: Any,  # noqa: ANN401 - Columns of the table.
    ) -> bool:
        """Make a move if it may be made; tell whether it was."""
        table = self.table
        where = [table.c.revision == revision, table.c.state.in_([*move.sources])]
        if move.target is State.RUNNING:
            values |= {"owner": self.owner, "lease_until_ms": self._lease(connection)}
        elif move.name not in {RESUME.name, REOPEN.name}:
            values |= {"owner": "", "lease_until_ms": 0}
        if move.target in {State.SUCCEEDED, State.FAILED, State.CANCELED}:
            values.setdefault("finished_at", moment())
        if only is not None:
            where.append(only)
        change = table.update().where(*where).values(state=move.target.value, **values)
        return bool(connection.execute(change).rowcount)

    def hold(self, connection: sa.Connection, revision: str, **values: Any) -> bool:  # noqa: ANN401 - As above.
        """Write down how far this owner came, and prolong its lease; False if it has lost it."""
        table = self.table
        change = table.update().where(table.c.revision == revision, self.is_ours)
        values["lease_until_ms"] = self._lease(connection)
        return bool(connection.execute(change.values(values)).rowcount)

    def let_go(self, connection: sa.Connection, revision: str) -> bool:
        """Give a backfill back, for another run to go on with."""
        return self.move(connection, LET_GO, revision, only=self.is_ours)

    @property
    def is_ours(self) -> sa.ColumnElement[bool]:
        """Return the condition under which a backfill is in this owner's hands."""
        table = self.table
        return sa.and_(table.c.owner == self.owner, table.c.state == State.RUNNING.value)

    def _lease(self, connection: sa.Connection) -> sa.ColumnElement[int]:
        return clock(connection) + LEASE_SECONDS * 1000


def clock(connection: sa.Connection) -> sa.ColumnElement[int]:
    """Return this moment in milliseconds by the database's clock, or that of its only machine."""
    if connection.dialect.name == "sqlite":
        return sa.literal(int(time.time() * 1000), sa.BigInteger)
    seconds = sa.extract("epoch", sa.func.clock_timestamp())
    return sa.cast(seconds * 1000, sa.BigInteger)


def ensure(connection: sa.Connection, schema: str | None = None) -> None:
    """Create the table, or give an older one the columns it lacks."""
    create_or_widen(connection, backfills_table(schema))


def unfinished(statuses: Sequence[Status]) -> list[Status]:
    """Return those that go on without a person."""
    return [one for one in statuses if one.state in UNFINISHED]


def _to_status(row: sa.RowMapping) -> Status:
    names = {one.name for one in fields(Status)}
    known = {str(key): row[key] for key in row if key in names and row[key] is not None}
    return Status(**{**known, "state": State(str(known["state"]))})
