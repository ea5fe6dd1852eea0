"""Waiting until what was begun before the window has come to its end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.engines import sibling
from bacowr.dbops.maintenance.watching import FRESH_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_SECONDS = 0.2
OTHERS = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'"
)


def drain(engine: sa.Engine, seconds: float, busy: Callable[[], int]) -> int:
    """Wait until nothing is at work any more, at most so long; return how much still is.

    First every process gets the time to see the window. Then it waits for `busy` (the jobs that
    run, say) and for open transactions: PostgreSQL tells of them; on SQLite the one writer there
    can be is waited for by the upgrade itself.
    """
    deadline = time.monotonic() + seconds
    time.sleep(min(seconds, FRESH_SECONDS))
    while (left := busy() + _transactions(engine)) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    return left


def _transactions(engine: sa.Engine) -> int:
    if engine.dialect.name != "postgresql":
        return 0
    with sibling(engine).connect() as connection:
        return int(connection.scalar(OTHERS) or 0)
