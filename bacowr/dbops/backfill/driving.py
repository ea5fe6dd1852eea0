"""One runner with one backfill in its hands: batch after batch, until it is done or time is up."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import sqlalchemy as sa

from bacowr.dbops.backfill.batches import Batches, LeaseLost
from bacowr.dbops.backfill.budget import Budget, TimeIsUp
from bacowr.dbops.backfill.connections import connected, is_passing
from bacowr.dbops.backfill.heartbeat import beating
from bacowr.dbops.backfill.keys import dump, key_of
from bacowr.dbops.backfill.pace import FIRST_SIZE, Pace
from bacowr.dbops.backfill.states import FAIL, SUCCEED, Move, State
from bacowr.dbops.engines import execute_raw, raw_of, sibling
from bacowr.dbops.errors import refuse
from bacowr.dbops.events import BackfillMoved, emit

if TYPE_CHECKING:
    from collections.abc import Callable

    from bacowr.dbops.backfill.declaration import Backfill
    from bacowr.dbops.backfill.store import Status, Store

MOST_SWEEPS: Final = 20
TELL_EVERY_SECONDS: Final = 0.2
MOST_TRIES: Final = 20
TRY_AGAIN_SECONDS: Final = 0.1
T = TypeVar("T")


def drive(
    engine: sa.Engine, store: Store, backfill: Backfill, revision: str, budget: Budget
) -> Status | None:
    """Go on with a backfill if nobody else does; return how it stands then.

    What a batch raises is written down as its failure. Raises only when the database is gone.
    """
    with connected(engine, revision) as connection, sibling(engine).connect() as second:
        reader = second.execution_options(isolation_level="AUTOCOMMIT")

        def claim() -> Status | None:
            found = store.find(connection, revision)
            return found if found is not None and store.claim(connection, found) else None

        taken = written(connection, claim)
        if taken is not None:
            with beating(engine, store, revision):
                hand = Hand(connection, reader, store, backfill, budget)
                hand.carry_out(replace(taken, state=State.RUNNING))
        return store.find(reader, revision)


def written(connection: sa.Connection, action: Callable[[], T], tries: int = MOST_TRIES) -> T:
    """Do something in a short transaction, again and again while the database is busy."""
    while True:
        try:
            with connection.begin():
                return action()
        except Exception as error:
            tries -= 1
            if not is_passing(error) or tries <= 0:
                raise
            time.sleep(TRY_AGAIN_SECONDS)


@dataclass
class Hand:
    """Makes the batches of a backfill that this owner has claimed."""

    connection: sa.Connection
    reader: sa.Connection
    """Looks at rows, and at other sessions, outside of any transaction."""
    store: Store
    backfill: Backfill
    budget: Budget
    told: float = 0.0

    def carry_out(self, status: Status) -> None:
        """Make the batches; whatever ends that is written down, unless the lease is lost."""
        try:
            self._sweep_until_clean(status)
        except LeaseLost:
            return
        except TimeIsUp:
            self._let_go(status)
        except Exception as error:
            if getattr(error, "connection_invalidated", False):
                raise  # Nothing can be written down; the lease runs out by itself.
            if is_passing(error):
                self._let_go(status)
                return
            told = f"{type(error).__name__}: {error}".strip().split("\n", maxsplit=1)[0]
            self._move(FAIL, status, error=told)
        except BaseException:
            self._let_go(status)
            raise

    def _sweep_until_clean(self, status: Status) -> None:
        batches = Batches(self.backfill, key_of(self.reader, self.backfill), self.store)
        pace = Pace(self.budget, is_sqlite=self.connection.dialect.name == "sqlite")
        pace.size = status.batch_size or FIRST_SIZE
        following: Status | None = status
        while following is not None:
            status = following if following.high else self._begin_sweep(batches, following)
            status = self._sweep(batches, status, pace)
            self._tell(status, now=True)
            following = self._end_sweep(batches, status)

    def _begin_sweep(self, batches: Batches, status: Status) -> Status:
        """Fix how far this sweep goes; rows that come later are the business of the next one."""
        total = status.total if status.sweep else batches.count(self.reader)
        high = dump(batches.last_key(self.reader))
        return self._hold(status, {"high": high, "cursor": "", "total": total})

    def _sweep(self, batches: Batches, status: Status, pace: Pace) -> Status:
        """Walk over the rows once, from where the last runner came to."""
        pid = _pid_of(self.connection)
        ended = time.monotonic()
        while True:
            self.budget.check()
            started = time.monotonic()
            try:
                after = batches.do(self.connection, status, pace.size, ended)
            except Exception as error:
                if not is_passing(error):
                    raise
                pace.hinder()
                status = replace(status, retries=status.retries + 1)
                continue
            if after is None:
                return status
            ended = time.monotonic()
            pace.note(ended - started)
            status = after
            self._tell(status)
            pace.rest()
            if pid:
                pace.look(self.reader, pid)

    def _end_sweep(self, batches: Batches, status: Status) -> Status | None:
        """Finish when no row is left to be done; else return where the next sweep starts."""
        straggler = batches.first_straggler(self.reader)
        if straggler is None:
            self._move(SUCCEED, status)
            return None
        found = dump(straggler)
        if found == status.stuck or status.sweep >= MOST_SWEEPS:
            raise refuse(
                "stuck",
                f"The row {found} of {self.backfill.table} still matches "
                f"`{self.backfill.where}` after its batch.",
                remedy="Let the batch change such rows, or let `where` leave them out.",
            )
        moved = {"sweep": status.sweep + 1, "stuck": found, "high": "", "cursor": ""}
        return self._hold(status, moved)

    def _hold(self, status: Status, moved: dict[str, Any]) -> Status:
        def hold() -> bool:
            return self.store.hold(self.connection, status.revision, **moved)

        if not written(self.connection, hold):
            raise LeaseLost
        return replace(status, **moved)

    def _let_go(self, status: Status) -> None:
        """Give it back for another run; where even that can't be written, the lease runs out."""
        with suppress(sa.exc.SQLAlchemyError, sqlite3.OperationalError):
            written(
                self.connection,
                lambda: self.store.let_go(self.connection, status.revision),
                tries=2,
            )

    def _move(self, move: Move, status: Status, **values: object) -> None:
        ours = self.store.is_ours
        written(
            self.connection,
            lambda: self.store.move(self.connection, move, status.revision, only=ours, **values),
        )

    def _tell(self, status: Status, *, now: bool = False) -> None:
        if now or time.monotonic() - self.told >= TELL_EVERY_SECONDS:
            self.told = time.monotonic()
            left = status.seconds_left
            emit(
                BackfillMoved(
                    f"{status.revision} {status.table_name}", status.scanned, status.total, left
                )
            )


def _pid_of(connection: sa.Connection) -> int:
    if connection.dialect.name == "sqlite":
        return 0
    with connection.begin():
        return int(str(execute_raw(raw_of(connection), "SELECT pg_backend_pid()")[0][0]))
