"""Holding on to a job while a step takes its time."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

import structlog

from bacowr.jobs import service
from bacowr.jobs.leases import Lease, LeaseLost

Context = Callable[[], AbstractContextManager[object]]

BEATS_PER_LEASE = 4

log = structlog.get_logger(__name__)


class Heartbeat:
    """Prolongs one lease from a thread of its own for as long as its `with` block lasts.

    `context` gives the thread a database session of its own. A beat that fails is tried again;
    when none gets through, the lease runs out and another worker goes on.
    """

    def __init__(self, lease: Lease, *, seconds: int, context: Context) -> None:
        self._lease = lease
        self._seconds = seconds
        self._context = context
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=self._beat, name=f"heartbeat-{lease.job_id}", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(self._seconds / BEATS_PER_LEASE):
            try:
                with self._context():
                    service.heartbeat(self._lease, seconds=self._seconds)
            except LeaseLost:
                return
            except Exception:
                log.exception("heartbeat_failed", job_id=self._lease.job_id)
