"""Letting the jobs of batches go, in every worker."""

import structlog

from bacowr.batches import dispatching
from bacowr.worker.rounds import Rounds

log = structlog.get_logger(__name__)


class Dispatcher(Rounds):
    """Gives every batch its turn each second."""

    PAUSE_SECONDS = 1.0

    def _work(self) -> bool:
        with self._context():
            released = dispatching.dispatch()
        if released:
            log.info("dispatched", jobs=released)
        return bool(released)
