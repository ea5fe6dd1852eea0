"""What a worker does beside its orders: the same small work, again and again, in a thread."""

import threading
from abc import abstractmethod
from collections.abc import Callable

import structlog

from bacowr.jobs.heartbeat import Context

log = structlog.get_logger(__name__)


class Rounds(threading.Thread):
    """Goes its round at the start and then every so often; in any number of workers at once.

    A round that fails is logged, and the next one tries again. While the
    application is closed for maintenance (`rests`), the rounds are left out. `worker` is who
    claims what only one may have.
    """

    PAUSE_SECONDS: float
    """How long it pauses between two rounds, unless `every` says otherwise."""

    def __init__(
        self,
        context: Context,
        *,
        stop: threading.Event,
        rests: Callable[[], bool] = lambda: False,
        every: float | None = None,
        worker: str = "",
    ) -> None:
        super().__init__(name=type(self).__name__.lower(), daemon=True)
        self._context = context
        self._stopped = stop
        self._rests = rests
        self._worker = worker
        self._every = self.PAUSE_SECONDS if every is None else every

    def run(self) -> None:
        """Go round until told to stop."""
        while not self._stopped.wait(self._pause(did_work=self.turn())):
            pass

    def turn(self) -> bool:
        """Go round once; tell whether there was anything to do."""
        try:
            return not self._rests() and self._work()
        except Exception:
            log.exception("round_failed", round=self.name)
            return False

    @abstractmethod
    def _work(self) -> bool:
        """Do what there is to do, each part in a context of its own; tell whether there was any."""

    def _pause(self, *, did_work: bool) -> float:
        del did_work
        return self._every

    def _is_over(self) -> bool:
        return self._stopped.is_set() or self._rests()
