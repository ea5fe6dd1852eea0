"""One Alembic environment at a time in a process, whatever databases they are for.

`alembic.op` and `alembic.context` stand for a single environment per process. With two at once,
the revisions of one thread would run on the database of the other, so the second one waits.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from alembic.runtime.environment import EnvironmentContext
from flask import current_app, has_app_context

from bacowr.dbops.errors import LockBusy
from bacowr.dbops.events import WaitingForLock, emit
from bacowr.dbops.report import Finding
from bacowr.dbops.settings import DbOpsSettings

if TYPE_CHECKING:
    from alembic.config import Config

STOCK_ENTER = EnvironmentContext.__enter__
STOCK_EXIT = EnvironmentContext.__exit__


class Turn:
    """The right to have an environment; one thread has it, as often as it likes."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._holder = ""

    def take(self, config: Config) -> None:
        """Wait for the turn; raise LockBusy when the time that a run may wait has passed."""
        if not self._lock.acquire(blocking=False):
            self._wait(_patience(config))
        self._holder = f"Thread {threading.current_thread().name} of this process"

    def _wait(self, seconds: float) -> None:
        emit(WaitingForLock(self._holder, seconds))
        if not self._lock.acquire(timeout=min(seconds, threading.TIMEOUT_MAX)):
            raise LockBusy(
                Finding(
                    "lock-busy",
                    f"{self._holder} is still migrating after {seconds:g} s of waiting. Nothing "
                    "was changed by this run.",
                    remedy="Wait for it; then run the command again (--wait SECONDS).",
                )
            )

    def give(self) -> None:
        """Let the next one have it."""
        self._lock.release()


TURN = Turn()


def install() -> None:
    """Have every environment of this process take its turn, from its entry to its exit.

    The runner could only ask for it when `alembic.context` is another thread's already.
    """
    EnvironmentContext.__enter__ = _enter  # type: ignore[method-assign] # Alembic has no hook here.
    EnvironmentContext.__exit__ = _exit  # type: ignore[method-assign] # As above.


def _enter(environment: EnvironmentContext) -> EnvironmentContext:
    TURN.take(environment.config)
    return STOCK_ENTER(environment)


def _exit(environment: EnvironmentContext, *words: Any, **options: Any) -> None:  # noqa: ANN401 - As Alembic has it.
    try:
        STOCK_EXIT(environment, *words, **options)
    finally:
        TURN.give()


def _patience(config: Config) -> float:
    """Return how long this run may wait, by its command's options or the application's settings."""
    settings = config.attributes.get("dbops_settings")
    if settings is None and has_app_context():
        settings = DbOpsSettings.from_config(current_app.config)
    return float((settings or DbOpsSettings()).wait_seconds)
