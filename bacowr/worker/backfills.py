"""Going on with the backfills that an upgrade's release phase had no time for."""

import structlog
from flask import current_app

from bacowr.dbops.backfill import continue_unfinished
from bacowr.worker.rounds import Rounds

TURN_SECONDS = 300.0

log = structlog.get_logger(__name__)


class Backfills(Rounds):
    """Goes on with what is unfinished; of all workers one at a time has each."""

    PAUSE_SECONDS = 10.0

    def _work(self) -> bool:
        with self._context():
            stand = continue_unfinished(current_app, TURN_SECONDS, self._is_over)
        for one in stand:
            log.info("backfilled", revision=one.revision, state=one.state, rows=one.changed)
        return bool(stand)
