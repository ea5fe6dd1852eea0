"""Going on with the backfills that an upgrade's release phase had no time for."""

import threading
from collections.abc import Callable

import structlog
from flask import current_app

from bacowr.dbops.backfill import continue_unfinished
from bacowr.jobs.heartbeat import Context

PAUSE_SECONDS = 10.0
TURN_SECONDS = 300.0

log = structlog.get_logger(__name__)


class Backfills(threading.Thread):
    """Looks for unfinished backfills every so often; of all workers one at a time has each."""

    def __init__(
        self,
        context: Context,
        *,
        stop: threading.Event,
        rests: Callable[[], bool] = lambda: False,
        every: float = PAUSE_SECONDS,
    ) -> None:
        super().__init__(name="backfills", daemon=True)
        self._context = context
        self._stopped = stop
        self._rests = rests
        self._every = every

    def run(self) -> None:
        """Go on with them until told to stop; what fails is logged, and tried again later."""
        self.turn()
        while not self._stopped.wait(self._every):
            self.turn()

    def turn(self) -> None:
        """Go on with what is unfinished, once; not in a closed house."""
        try:
            if self._rests():
                return
            with self._context():
                stand = continue_unfinished(current_app, TURN_SECONDS, self._is_over)
        except Exception:
            log.exception("backfills_failed")
        else:
            for one in stand:
                log.info("backfilled", revision=one.revision, state=one.state, rows=one.changed)

    def _is_over(self) -> bool:
        return self._stopped.is_set() or self._rests()
