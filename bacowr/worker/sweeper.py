"""Putting back the jobs whose workers fell silent, and those that the queue forgot."""

import threading
from collections.abc import Callable

import structlog

from bacowr.jobs import service
from bacowr.jobs.heartbeat import Context

LONGEST_PAUSE_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Sweeper(threading.Thread):
    """Sweeps at the start and then every so often; any number of them may run side by side."""

    def __init__(
        self,
        context: Context,
        *,
        every: float,
        stop: threading.Event,
        rests: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(name="sweeper", daemon=True)
        self._rests = rests
        self._context = context
        self._pause_seconds = min(every, LONGEST_PAUSE_SECONDS)
        self._stopped = stop

    def run(self) -> None:
        """Sweep until told to stop; a sweep that fails is logged, and the next one tries again."""
        self.sweep()
        while not self._stopped.wait(self._pause_seconds):
            self.sweep()

    def sweep(self) -> None:
        """Release what expired and put back what was forgotten, once; not in a closed house."""
        try:
            if self._rests():
                return
            with self._context():
                released = service.release_expired()
            with self._context():
                forgotten = service.requeue_forgotten()
        except Exception:
            log.exception("sweep_failed")
        else:
            if released or forgotten:
                log.info("swept", released=released, forgotten=forgotten)
