"""Putting back the jobs whose workers fell silent, and those that the queue forgot."""

import structlog

from bacowr.jobs import service
from bacowr.worker.rounds import Rounds

log = structlog.get_logger(__name__)


class Sweeper(Rounds):
    """Releases what expired and puts back what was forgotten."""

    PAUSE_SECONDS = 5.0

    def _work(self) -> bool:
        with self._context():
            released = service.release_expired()
        with self._context():
            forgotten = service.requeue_forgotten()
        if released or forgotten:
            log.info("swept", released=released, forgotten=forgotten)
        return bool(released or forgotten)
