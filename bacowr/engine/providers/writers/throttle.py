"""How fast a service may be called, shared by every thread of the process."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MINUTE = 60.0


class Busy(Exception):  # noqa: N818 - named for what happened, as in base.errors.
    """No turn came within the time that the caller was ready to wait."""


def _scattered(most: float) -> float:
    return random.uniform(0, most)  # noqa: S311 - scatters calls in time, hides nothing.


@dataclass(frozen=True)
class Pace:
    """Where time and chance come from, so that a test need not wait for either.

    `scatter` gives a random time from nothing to the one it is given.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    scatter: Callable[[float], float] = _scattered


@dataclass(frozen=True)
class Allowance:
    """How often a service may be called in any minute, and how many calls may run at once."""

    calls_a_minute: int = 60
    at_once: int = 4


class Throttle:
    """Gives turns to call one service."""

    def __init__(self, allowance: Allowance, pace: Pace) -> None:
        self._pace = pace
        self._places = threading.BoundedSemaphore(allowance.at_once)
        self._starts: deque[float] = deque(maxlen=allowance.calls_a_minute)
        self._held_until = 0.0
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, patience_seconds: float) -> Iterator[None]:
        """Wait for a turn and hold it; raise Busy when it would take longer than the patience."""
        deadline = self._pace.now() + patience_seconds
        if not self._places.acquire(timeout=patience_seconds):
            raise Busy
        try:
            self._await_start(deadline)
            yield
        finally:
            self._places.release()

    def hold_off(self, seconds: float) -> None:
        """Let nobody begin for a while, because the service asked for it."""
        with self._lock:
            self._held_until = max(self._held_until, self._pace.now() + seconds)

    def _await_start(self, deadline: float) -> None:
        while wait := self._wait_or_start():
            if self._pace.now() + wait > deadline:
                raise Busy
            self._pace.sleep(wait)

    def _wait_or_start(self) -> float:
        """Note a start and give 0, or give the seconds after which to ask again."""
        with self._lock:
            now = self._pace.now()
            until = self._held_until
            if len(self._starts) == self._starts.maxlen:
                until = max(until, self._starts[0] + MINUTE)
            if until > now:
                return until - now
            self._starts.append(now)
            return 0.0


@dataclass
class Throttles:
    """The throttles of one process: one for each service that is called."""

    allowance: Allowance = Allowance()
    pace: Pace = Pace()
    _by_service: dict[str, Throttle] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, service: str) -> Throttle:
        """Give the throttle of one service, the same for everybody who asks."""
        with self._lock:
            if service not in self._by_service:
                self._by_service[service] = Throttle(self.allowance, self.pace)
            return self._by_service[service]
