"""The pace of a backfill: how big a batch is, how long it rests, and when it stands back."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from bacowr.dbops.backfill.budget import Budget

FIRST_SIZE: Final = 1_000
LEAST_SIZE: Final = 1
MOST_SIZE: Final = 200_000
TARGET_SECONDS: Final = 0.2
SQLITE_TARGET_SECONDS: Final = 0.4
"""Well below any busy timeout; a batch writes each page of an index once, however many rows."""
SMALL_REST_SECONDS: Final = 0.003
BREATHER_EVERY_SECONDS: Final = 1.5
SQLITE_BREATHER_SECONDS: Final = 0.11
"""A little longer than SQLite's own busy handler ever sleeps (100 ms): whoever waits gets in."""
LEAST_PAUSE: Final = 0.05
MOST_PAUSE: Final = 5.0
LOOK_EVERY_SECONDS: Final = 1.0
LONG_TRANSACTION: Final = "5 minutes"
MOST_STANDING_BACK: Final = 10
"""How many looks in a row a backfill stands back for the same trouble before it goes on slowly."""

WAITING: Final = sa.text(
    "SELECT (SELECT count(*) FROM pg_locks WHERE NOT granted AND :pid = ANY(pg_blocking_pids(pid)))"
    ", (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> :pid "
    "AND backend_type = 'client backend' AND state <> 'idle' AND application_name NOT LIKE 'dbops%'"
    f" AND xact_start < clock_timestamp() - interval '{LONG_TRANSACTION}')"
)


@dataclass
class Pace:
    """The pace of one run, tuned after each batch toward a duration."""

    budget: Budget
    is_sqlite: bool
    size: int = FIRST_SIZE
    hindered: int = 0
    _breathed: float = field(default_factory=time.monotonic)
    _looked: float = field(default_factory=time.monotonic)
    _stood_back: int = 0

    def note(self, seconds: float) -> None:
        """Tune the size of the next batch by how long the last one took."""
        self.hindered = 0
        target = SQLITE_TARGET_SECONDS if self.is_sqlite else TARGET_SECONDS
        factor = min(max(target / max(seconds, 0.001), 0.5), 2.0)
        self.size = min(max(int(self.size * factor), LEAST_SIZE), MOST_SIZE)

    def hinder(self) -> None:
        """Make batches smaller and rest longer, since somebody else was at the same rows."""
        self.hindered += 1
        self.size = max(self.size // 2, LEAST_SIZE)
        pause = min(LEAST_PAUSE * 2**self.hindered, MOST_PAUSE)
        self.budget.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - Jitter, not a secret.

    def rest(self) -> None:
        """Rest between two batches; on SQLite long enough, now and then, for all who wait."""
        now = time.monotonic()
        if self.is_sqlite and now - self._breathed >= BREATHER_EVERY_SECONDS:
            self.budget.sleep(SQLITE_BREATHER_SECONDS)
            self._breathed = time.monotonic()
            return
        self.budget.sleep(SMALL_REST_SECONDS)

    def look(self, reader: sa.Connection, pid: int) -> None:
        """Ask PostgreSQL now and then who waits for this run, and who holds a transaction open."""
        if time.monotonic() - self._looked < LOOK_EVERY_SECONDS:
            return
        self._looked = time.monotonic()
        waiting, long = reader.execute(WAITING, {"pid": pid}).one()
        if not waiting and not long:
            self._stood_back = 0
            return
        self.size = max(self.size // 2, LEAST_SIZE)
        self._stood_back += 1
        if long and self._stood_back <= MOST_STANDING_BACK:
            self.budget.sleep(MOST_PAUSE)
