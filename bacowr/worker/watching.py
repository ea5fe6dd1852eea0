"""Looking at published links while orders are carried out."""

import threading
import time
from collections.abc import Callable

import structlog
from flask import current_app

from bacowr.jobs.equipping import Equipment
from bacowr.jobs.heartbeat import Context
from bacowr.watch import service, sweeping
from bacowr.watch.looking import Looker

LOOKS_A_MINUTE = 30
PAUSE_SECONDS = 10.0
SWEEP_SECONDS = 60.0

log = structlog.get_logger(__name__)


class Watching(threading.Thread):
    """Looks at one link after the other; any number of them may run side by side.

    One process asks for at most thirty pages a minute, and the claim sees to it that a site is
    asked by one process at a time.
    """

    def __init__(
        self,
        context: Context,
        *,
        worker: str,
        stop: threading.Event,
        rests: Callable[[], bool] = lambda: False,
        looks_a_minute: int = LOOKS_A_MINUTE,
    ) -> None:
        super().__init__(name="watching", daemon=True)
        self._context = context
        self._worker = worker
        self._stopped = stop
        self._rests = rests
        self._between_seconds = 60 / looks_a_minute
        self._swept_at: float | None = None
        self._looker: Looker | None = None

    def run(self) -> None:
        """Look until told to stop; what fails is logged, and tried again later."""
        while not self._stopped.wait(self._between_seconds if self.turn() else PAUSE_SECONDS):
            pass

    def turn(self) -> bool:
        """Sweep when it is time, and look at one link; tell whether one was due."""
        try:
            if self._rests():
                return False
            self._sweep()
            with self._context():
                return service.look_at_next(self._worker, self._equipped()) is not None
        except Exception:
            log.exception("watching_failed")
            return False

    def _sweep(self) -> None:
        now = time.monotonic()
        if self._swept_at is not None and now - self._swept_at < SWEEP_SECONDS:
            return
        with self._context():
            done = sweeping.sweep()
        self._swept_at = now
        if done:
            log.info("watches_swept", done=done)

    def _equipped(self) -> Looker:
        """Keep one looker for the life of the process, with what it has read of robots.txt."""
        if self._looker is None:
            equipment: Equipment = current_app.extensions["equipment"]
            self._looker = Looker(equipment.outgoing)
        return self._looker
