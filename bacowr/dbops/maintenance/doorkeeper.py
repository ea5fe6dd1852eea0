"""The check before each request: whether the application is closed, and for this one too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request
from werkzeug.exceptions import ServiceUnavailable

from bacowr.dbops.maintenance.watching import Watch
from bacowr.dbops.maintenance.window import Mode, Window

if TYPE_CHECKING:
    from collections.abc import Callable

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
HEALTH = "/health"
LONGEST_RETRY_SECONDS = 120


class UnderMaintenance(ServiceUnavailable):
    """The application is closed for a while: 503, with Retry-After and the window's message."""

    def __init__(self, window: Window) -> None:
        wait = max(1, min(LONGEST_RETRY_SECONDS, int(window.seconds_left())))
        super().__init__(description=window.message, retry_after=wait)
        self.window = window


class Doorkeeper:
    """Refuses what a window closes.

    Static files and /health always pass; `passes` says who else does (admins, the way to sign
    in), and is only asked while there is a window.
    """

    def __init__(self, passes: Callable[[], bool] | None = None) -> None:
        self.watch = Watch()
        self._passes = passes

    def window(self) -> Window | None:
        """Return the window in force for the current application, or None."""
        migrate = current_app.extensions["migrate"]
        engine = migrate.db.engine if hasattr(migrate.db, "engine") else migrate.db.get_engine()
        return self.watch.window(engine, migrate.configure_args.get("version_table_schema"))

    def is_closed(self) -> bool:
        """Tell whether workers should rest: there is a window, of whichever mode."""
        return self.window() is not None

    def check(self) -> None:
        """Let the request pass or raise UnderMaintenance; for `before_request`."""
        if (request.endpoint or "").endswith("static") or request.path.startswith(HEALTH):
            return
        window = self.window()
        if window is None:
            return
        if window.mode is Mode.READ_ONLY and request.method in SAFE_METHODS:
            return
        if self._passes is None or not self._passes():
            raise UnderMaintenance(window)
