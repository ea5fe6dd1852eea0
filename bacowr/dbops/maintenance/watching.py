"""What a serving process knows of the window: asked of the database at most every two seconds."""

from __future__ import annotations

import threading
import time

import sqlalchemy as sa

from bacowr.dbops.maintenance.window import Window, read

FRESH_SECONDS = 2.0
"""How long a process goes by what it read: after this every process knows of a new window."""


class Watch:
    """The window as this process last saw it; any number of threads may ask."""

    def __init__(self, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._fresh_seconds = fresh_seconds
        self._read_at = float("-inf")
        self._known: Window | None = None
        self._lock = threading.Lock()

    def window(self, engine: sa.Engine, schema: str | None = None) -> Window | None:
        """Return the window that is in force, or None.

        Where the database can't be asked, what was known before stands: the request will find
        out by itself what is wrong.
        """
        if time.monotonic() - self._read_at > self._fresh_seconds and self._lock.acquire(
            blocking=False
        ):
            try:
                self._known = read(engine, schema, is_pooled=True)
            except (engine.dialect.loaded_dbapi.Error, sa.exc.TimeoutError, OSError):
                pass
            finally:
                self._read_at = time.monotonic()
                self._lock.release()
        known = self._known
        return known if known is not None and known.seconds_left() > 0 else None

    def forget(self) -> None:
        """Ask again at the next occasion: this process has changed the window itself."""
        self._read_at = float("-inf")
