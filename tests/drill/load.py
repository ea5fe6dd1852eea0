"""Clients that never stop ordering, and the router between them and the web processes."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_SECONDS = 60
LANGUAGES = ("sv", "en", "de", "fr")


class Router:
    """Sends each request to the web process that serves, and lets those under way end there."""

    def __init__(self) -> None:
        self.port = 0
        self.is_open = True
        self.under_way: Counter[int] = Counter()
        self.changed = threading.Condition()

    @contextmanager
    def request(self) -> Iterator[int]:
        with self.changed:
            assert self.changed.wait_for(lambda: self.is_open, PATIENCE_SECONDS)
            port = self.port
            self.under_way[port] += 1
        try:
            yield port
        finally:
            with self.changed:
                self.under_way[port] -= 1
                self.changed.notify_all()

    def switch(self, port: int) -> None:
        """Send what comes to another process; return when the one before has nothing left."""
        with self.changed:
            before, self.port = self.port, port
            assert self.changed.wait_for(lambda: not self.under_way[before], PATIENCE_SECONDS)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Let nothing through while this lasts."""
        with self.changed:
            self.is_open = False
            assert self.changed.wait_for(lambda: not self.under_way.total(), PATIENCE_SECONDS)
        try:
            yield
        finally:
            with self.changed:
                self.is_open = True
                self.changed.notify_all()


@dataclass(frozen=True)
class Answer:
    """One request and what came of it; status 0 when nothing did."""

    asked: str
    status: int
    begun: float
    seconds: float
    retry_after: str = ""
    text: str = ""

    @property
    def failed(self) -> bool:
        return not 200 <= self.status < 300


@dataclass
class Load:
    """Threads that list, order and look; every answer is noted."""

    router: Router
    key: str
    target_of: Callable[[int], str]
    pause_seconds: float
    stage: str = ""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    ordered: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was accepted, by id."""

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, threads: int) -> None:
        self._threads = [threading.Thread(target=self._work) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def enter(self, stage: str) -> None:
        """Note the answers from here on under this word."""
        with self._lock:
            self.answers[stage] = []
            self.stage = stage

    def more(self, number: int) -> Callable[[], bool]:
        """Return whether so many answers more have come since now."""
        wanted = len(self.answers[self.stage]) + number
        return lambda: len(self.answers[self.stage]) >= wanted

    def _work(self) -> None:
        while True:
            for ask in (self._list, self._order, self._look, self._look, self._list, self._look):
                ask()
                if self._over.wait(self.pause_seconds):
                    return

    def _list(self) -> None:
        self._ask("list", "GET", "/api/v1/jobs?page_size=5")

    def _order(self) -> None:
        number = next(self._numbers)
        order = {
            "publisher_domain": "localhost",
            "target_url": self.target_of(number),
            "anchor_text": f"anchor {number}",
            "language": LANGUAGES[number % len(LANGUAGES)],
        }
        self._ask("order", "POST", "/api/v1/jobs", order)

    def _look(self) -> None:
        with self._lock:
            newest = next(reversed(self.ordered), None)
        if newest is not None:
            self._ask("look", "GET", f"/api/v1/jobs/{newest}", known=newest)

    def _ask(
        self,
        asked: str,
        method: str,
        path: str,
        order: dict[str, str] | None = None,
        known: str = "",
    ) -> None:
        begun = time.monotonic()
        with self.router.request() as port:
            answer, told = _exchange(port, method, path, self.key, order)
            with self._lock:
                if order and answer["status"] == 201:
                    self.ordered[told["id"]] = order
                if known and answer["status"] == 200:
                    assert told["anchor_text"] == self.ordered[known]["anchor_text"]
                seconds = time.monotonic() - begun
                noted = Answer(asked, begun=begun, seconds=seconds, **answer)
                self.answers[self.stage].append(noted)


def _exchange(
    port: int, method: str, path: str, key: str, order: dict[str, str] | None
) -> tuple[dict[str, Any], Any]:
    """Make a request of one's own connection, as a router's client does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    try:
        connection.request(method, path, json.dumps(order) if order else None, headers)
        response = connection.getresponse()
        text = response.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return {"status": 0, "text": repr(error)}, None
    finally:
        connection.close()
    is_json = "json" in response.headers.get("Content-Type", "")
    retry = response.headers.get("Retry-After", "")
    said = text[:300] if response.status >= 300 else ""
    return {"status": response.status, "retry_after": retry, "text": said}, (
        json.loads(text) if is_json else None
    )
