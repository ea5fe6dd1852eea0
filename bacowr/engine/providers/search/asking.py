"""Asking one search service: once, a second time when it is busy, and saying why it failed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bacowr.base.addresses import AddressRefused
from bacowr.base.http import HttpAnswer, Outgoing, OutgoingError, TooSlow
from bacowr.base.posting import Limits, send
from bacowr.engine.ports import NoResults, Query, SearchHit, SearchResults
from bacowr.engine.providers.search.hits import Unreadable, cleaned
from bacowr.engine.providers.search.service import Access, Refusal, Service

TIMEOUT_SECONDS = 15.0
MAX_BYTES = 4 * 1024 * 1024
QUERY_CHARACTERS = 400  # Brave's most; the others take more.
PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 10.0

_OK = 200
_PAYMENT, _TOO_MANY, _SERVER_ERROR = 402, 429, 500
_KEY_STATUSES = frozenset({401, 403})


class _Failed(Exception):  # noqa: N818 - named for what happened, as in base.errors.
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True)
class ServiceSearch:
    """A Search that asks one service; it never raises, but says why there are no results."""

    service: Service
    access: Access
    outgoing: Outgoing
    clock: Callable[[], datetime]
    sleep: Callable[[float], object]
    timeout_seconds: float = TIMEOUT_SECONDS

    def results(self, query: Query) -> SearchResults:
        """Ask for the first ten organic results; ask once more when the service is busy."""
        asked_at = self.clock().isoformat(timespec="seconds")
        try:
            hits = self._hits(query)
        except _Failed as failed:
            refusal = failed.refusal
            return SearchResults(
                query, None, refusal.reason, self.service.name, asked_at, refusal.message
            )
        return SearchResults(query, hits, None, self.service.name, asked_at)

    def _hits(self, query: Query) -> tuple[SearchHit, ...]:
        answer = self._send(query)
        if _is_busy(answer.status):
            self.sleep(_pause_seconds(answer))
            answer = self._send(query)
        said = _json(answer.body)
        if refusal := self.service.refusal(answer.status, said) or self._judged(answer.status):
            raise _Failed(refusal)
        try:
            return self.service.read(said)
        except Unreadable as error:
            raise self._down("answered in a form that can't be read.") from error

    def _send(self, query: Query) -> HttpAnswer:
        limits = Limits(self.timeout_seconds, self.timeout_seconds, MAX_BYTES)
        try:
            asked = replace(query, text=cleaned(query.text, QUERY_CHARACTERS))
            return send(self.outgoing, self.service.question(asked, self.access), limits)
        except AddressRefused as error:
            # The error's own words may hold the address, and with it a key.
            raise self._down("is at an address that must not be called.") from error
        except TooSlow as error:
            raise self._down("took too long to answer.") from error
        except OutgoingError as error:
            raise self._down("could not be reached or broke off.") from error

    def _judged(self, status: int) -> Refusal | None:
        label = self.service.label
        if status == _OK:
            return None
        if status in _KEY_STATUSES:
            return Refusal(NoResults.KEY_REFUSED, f"{label} refused the key.")
        if status == _PAYMENT:
            return Refusal(NoResults.LIMITED, f"{label} asks for payment before it answers.")
        if status == _TOO_MANY:
            return Refusal(NoResults.LIMITED, f"{label} takes no more calls for now.")
        return self._down(f"answered {status}.").refusal

    def _down(self, what: str) -> _Failed:
        return _Failed(Refusal(NoResults.PROVIDER_DOWN, f"{self.service.label} {what}"))


def _is_busy(status: int) -> bool:
    return status == _TOO_MANY or status >= _SERVER_ERROR


def _pause_seconds(answer: HttpAnswer) -> float:
    """Give how long to wait: as the service says, within reason."""
    said = answer.headers.get("retry-after", "")
    wished = float(said) if said.isascii() and said.isdigit() else PAUSE_SECONDS
    return min(max(wished, PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)


def _json(body: bytes) -> Any:  # noqa: ANN401 - an answer is any JSON.
    """Read an answer; None for one that is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
