"""Letting the jobs of batches go, in every worker."""

import threading
from collections.abc import Callable

import structlog

from bacowr.batches import dispatching
from bacowr.jobs.heartbeat import Context

PAUSE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Dispatcher(threading.Thread):
    """Gives every batch its turn each second; any number of them may run side by side."""

    def __init__(
        self,
        context: Context,
        *,
        stop: threading.Event,
        rests: Callable[[], bool] = lambda: False,
        every: float = PAUSE_SECONDS,
    ) -> None:
        super().__init__(name="dispatcher", daemon=True)
        self._context = context
        self._stopped = stop
        self._rests = rests
        self._every = every

    def run(self) -> None:
        """Give turns until told to stop; one that fails is logged, and tried again later."""
        self.turn()
        while not self._stopped.wait(self._every):
            self.turn()

    def turn(self) -> None:
        """Give every batch its turn, once; not in a closed house."""
        try:
            if self._rests():
                return
            with self._context():
                released = dispatching.dispatch()
        except Exception:
            log.exception("dispatch_failed")
        else:
            if released:
                log.info("dispatched", jobs=released)
