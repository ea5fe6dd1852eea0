"""Holding on to a backfill while one of its batches takes long."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from bacowr.dbops.backfill.connections import connected
from bacowr.dbops.backfill.store import LEASE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.backfill.store import Store

BEAT_SECONDS: Final = LEASE_SECONDS / 3


@contextmanager
def beating(
    engine: sa.Engine, store: Store, revision: str, *, every: float = BEAT_SECONDS
) -> Iterator[None]:
    """Prolong the lease from a thread of its own for as long as the block lasts.

    Only on PostgreSQL: on SQLite a batch keeps every other writer out, so nobody can take the
    backfill away before its end, and its commit prolongs the lease.
    """
    if engine.dialect.name == "sqlite":
        yield
        return
    over = threading.Event()

    def beat() -> None:
        while not over.wait(every):
            try:
                with connected(engine, revision) as connection, connection.begin():
                    store.hold(connection, revision)
            except sa.exc.SQLAlchemyError:
                continue  # The next beat tries again, before the lease runs out.

    thread = threading.Thread(target=beat, name=f"backfill-{revision}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
