"""Who makes a statement wait: asked from another session while it does."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKING = sa.text(
    "SELECT pid, COALESCE(EXTRACT(epoch FROM clock_timestamp() - xact_start), 0)::int AS age, "
    "state, left(regexp_replace(query, '\\s+', ' ', 'g'), 120) AS query "
    "FROM pg_stat_activity WHERE pid = ANY(pg_blocking_pids(:pid)) ORDER BY xact_start LIMIT 1"
)


class BlockerWatch:
    """Looks, while a statement takes long, who blocks it, and keeps the last answer.

    It has a thread and, once it is needed, a connection of its own, kept until the end.
    """

    def __init__(self, engine: sa.Engine, patience_seconds: float) -> None:
        self.engine = engine
        self.patience = patience_seconds
        self.last = ""
        self._statement: tuple[int, float] | None = None
        self._over = threading.Event()

    def begin(self, pid: int) -> None:
        """Note that a statement of this backend starts."""
        self._statement = (pid, time.monotonic())

    def end(self) -> None:
        """Note that it came back."""
        self._statement = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Look out for as long as this lasts."""
        thread = threading.Thread(target=self._look, name="dbops-blockers", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _look(self) -> None:
        step = max(0.02, self.patience / 4) if self.patience else 1.0
        with ExitStack() as stack:
            connection: sa.Connection | None = None
            while not self._over.wait(step):
                running = self._statement
                if running is None or time.monotonic() - running[1] < step:
                    continue
                with suppress(sa.exc.SQLAlchemyError):
                    if connection is None:
                        opened = stack.enter_context(self.engine.connect())
                        connection = opened.execution_options(isolation_level="AUTOCOMMIT")
                    self._ask(connection, running[0])

    def _ask(self, connection: sa.Connection, pid: int) -> None:
        row = connection.execute(BLOCKING, {"pid": pid}).mappings().first()
        if row is not None:
            self.last = (
                f"backend {row['pid']}, {row['state']}, its transaction {row['age']} s old: "
                f"{row['query']}"
            )
