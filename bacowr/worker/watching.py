"""Looking at published links while orders are carried out."""

import time

import structlog
from flask import current_app

from bacowr.jobs.equipping import Equipment
from bacowr.watch import service, sweeping
from bacowr.watch.looking import Looker
from bacowr.worker.rounds import Rounds

SWEEP_SECONDS = 60.0

log = structlog.get_logger(__name__)


class Watching(Rounds):
    """Sweeps when it is time, and looks at one link after the other.

    One process asks for as many pages a minute as the settings say, and the claim sees to it that
    a site is asked by one process at a time.
    """

    PAUSE_SECONDS = 10.0
    _swept_at: float | None = None
    _looker: Looker | None = None
    _between_seconds = 60.0

    def _work(self) -> bool:
        self._sweep()
        with self._context():
            return service.look_at_next(self._worker, self._equipped()) is not None

    def _pause(self, *, did_work: bool) -> float:
        return self._between_seconds if did_work else self._every

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
            self._between_seconds = 60 / current_app.extensions["settings"].watch_looks_a_minute
        return self._looker
