"""The worker process: Huey's consumer, what goes its rounds beside it, and a clean end."""

import logging
import signal
import time
from contextlib import suppress
from types import FrameType

import structlog
from huey.consumer import Consumer

from bacowr.jobs.queue import Queue
from bacowr.jobs.runner import Runner
from bacowr.worker.backfills import Backfills
from bacowr.worker.dispatcher import Dispatcher
from bacowr.worker.notifying import Notifying
from bacowr.worker.sweeper import Sweeper
from bacowr.worker.watching import Watching

# Heroku kills what is still there 30 seconds after SIGTERM, Railway by railway.worker.json.
PATIENCE_SECONDS = 8
LONGEST_NAP_SECONDS = 1.0
HEALTH_CHECK_SECONDS = 10.0
LOOK_SECONDS = 0.2
ROUNDS = (Sweeper, Dispatcher, Backfills, Watching, Notifying)

log = structlog.get_logger(__name__)


class Worker:
    """One process that takes ids out of the queue and runs their jobs in threads."""

    def __init__(self, runner: Runner, queue: Queue, *, threads: int) -> None:
        self._runner = runner
        self._stop = runner.stopping
        self._signal: int | None = None
        self._rounds = tuple(
            kind(runner.context, stop=self._stop, rests=runner.rests, worker=runner.worker)
            for kind in ROUNDS
        )
        self._consumer = Consumer(
            queue.serve(runner.run),
            workers=threads,
            periodic=False,
            max_delay=LONGEST_NAP_SECONDS,
            shutdown_timeout=PATIENCE_SECONDS,
        )

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; hand back what can't be finished in time."""
        logging.getLogger("huey").setLevel(logging.WARNING)  # It tells of every task twice.
        self._consumer.start()
        # Huey's own handlers would let SIGTERM kill the steps that run.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note_signal)
        for thread in self._rounds:
            thread.start()
        log.info("worker_started", worker=self._runner.worker)
        self._wait_for_signal()
        log.info("worker_stopping", signal=self._signal)
        self._stop.set()
        with suppress(KeyboardInterrupt):
            self._consumer.stop(graceful=True)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # What is left takes no time to wait for.
        self._runner.let_go()
        for thread in self._rounds:
            thread.join(PATIENCE_SECONDS)  # What is cut off is done again by somebody else.
        log.info("worker_stopped", worker=self._runner.worker)

    def _wait_for_signal(self) -> None:
        checked = time.monotonic()
        while self._signal is None:
            time.sleep(LOOK_SECONDS)
            if time.monotonic() - checked > HEALTH_CHECK_SECONDS:
                self._consumer.check_worker_health()
                checked = time.monotonic()

    def _note_signal(self, number: int, _frame: FrameType | None) -> None:
        # No more than this: a lock taken here could be held by the very code that is interrupted.
        self._signal = number
        signal.signal(signal.SIGINT, signal.default_int_handler)  # The second one ends the wait.
