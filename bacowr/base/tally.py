"""Counts that are remembered for as long as nobody writes.

Counting a hundred thousand rows costs many times what reading a page of them does, and a list is
asked for more often than it changes. What is remembered belongs to one connection, together with
the state in which the database was; it counts for nothing as soon as that state is another.
"""

from collections.abc import Callable, Hashable

import sqlalchemy as sa

from bacowr.base.db import CALLBACKS, db

MEMORY = "tally"
MOST = 1000


def remembered(key: Hashable, count: Callable[[], int]) -> int:
    """Return what `count` gives, asking it only when something was written since it last did.

    `key` stands for everything that the count depends on beside the rows themselves. Costs one
    cheap statement; inside a unit of work, where rows may be written and not yet seen by others,
    it always counts.
    """
    if CALLBACKS in db.session.info:
        return count()
    connection = db.session.connection()
    state = _state(connection)
    known_state, totals = connection.info.get(MEMORY, (None, {}))
    if known_state != state or len(totals) >= MOST:
        totals = {}
        connection.info[MEMORY] = (state, totals)
    if key not in totals:
        totals[key] = count()
    total: int = totals[key]
    return total


def _state(connection: sa.Connection) -> Hashable:
    """Return what changes whenever anybody's write becomes visible to this connection.

    SQLite counts what others commit (`data_version`), and its driver what this connection writes.
    On PostgreSQL the same snapshot means the same visible rows.
    """
    if connection.dialect.name == "sqlite":
        others = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        own = connection.connection.driver_connection.total_changes  # type: ignore[union-attr]  # sqlite3's.
        return others, own
    return str(connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one())
