"""What a service's refusals mean: which fault it is, and whether asking again makes sense."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from bacowr.base import clock
from bacowr.engine.ports import WriterFailed, WriterFault
from bacowr.engine.providers.writers import waits

QUOTE_LENGTH = 200
_MONEY = re.compile(
    r"insufficient_quota|insufficient_balance|billing_error|billing_hard_limit|billing_not_active"
    r"|credit balance is too low"
)
_KEY = re.compile(
    r"authentication_error|permission_error|invalid_api_key|api_key_invalid|api_key_expired"
    r"|api key not valid|unauthenticated|permission_denied"
)
_LIMITED = re.compile(r"rate_limit|resource_exhausted|too_many_requests")
_DOWN = re.compile(r"overloaded|api_error|server_error|unavailable|timeout_error|\binternal\b")
_TOKEN = re.compile(r"\bsk-[\w\-*.]+|[\w\-*.]{20,}")
_KEY_STATUSES = frozenset({401, 403})
_ADDRESS_STATUSES = frozenset({404, 405, 410})
_DOWN_STATUSES = frozenset({408, 409})
_MALFORMED = frozenset({400, 422})


class Setback(Exception):  # noqa: N818 - named for what happened, as in base.errors.
    """One call came to nothing; `failed` is what to raise if it is not made again.

    `is_passing` tells that nothing was delivered and the same call may do better later;
    `wait_seconds` is what the service asks for; `complaint` is its word on a malformed request, in
    lower case.
    """

    def __init__(
        self,
        failed: WriterFailed,
        *,
        is_passing: bool = False,
        wait_seconds: float | None = None,
        complaint: str = "",
    ) -> None:
        super().__init__(failed.message)
        self.failed = failed
        self.is_passing = is_passing
        self.wait_seconds = wait_seconds
        self.complaint = complaint


@dataclass(frozen=True)
class Told:
    """What an error says: its kinds, all codes and types in one, its sentence, and a delay."""

    kinds: str
    message: str
    delay: str = ""

    @property
    def all(self) -> str:
        """Give everything that was said, in lower case."""
        return f"{self.kinds} {self.message}".lower()


def told(data: object) -> Told:
    """Read an error in any of the shapes that the services give it.

    They are `{"error": {…}}`, the same in a list (Google), and an error that is a mere sentence.
    """
    if isinstance(data, list):
        return told(data[0] if data else None)
    error = data.get("error", data) if isinstance(data, dict) else data
    if not isinstance(error, dict):
        return Told("", str(error or ""))
    raw = error.get("details")
    details = [each for each in raw if isinstance(each, dict)] if isinstance(raw, list) else []
    kinds = [error.get(name) for name in ("type", "code", "status", "param")]
    kinds += [each.get("reason") for each in details]
    delays = [str(each["retryDelay"]) for each in details if "retryDelay" in each]
    said = " ".join(str(each) for each in kinds if each)
    return Told(said, str(error.get("message") or ""), "".join(delays[:1]))


def from_answer(service: str, status: int, headers: Mapping[str, str], body: bytes) -> Setback:
    """Say what an answer other than 200 means; `service` is the name that people know."""
    try:
        said = told(json.loads(body))
    except (ValueError, RecursionError):
        said = Told("", body[: 4 * QUOTE_LENGTH].decode(errors="replace"))
    fault = _fault(status, said)
    wait = waits.asked(headers, said.delay, clock.now())
    is_passing = fault in {WriterFault.LIMITED, WriterFault.DOWN}
    failed = WriterFailed(fault, _sentence(service, fault, status, said))
    complaint = said.all if status in _MALFORMED else ""
    return Setback(failed, is_passing=is_passing, wait_seconds=wait, complaint=complaint)


def from_event(service: str, data: Mapping[str, Any], *, has_text: bool) -> Setback:
    """Say what an error inside a stream means; after the first word the answer was cut."""
    if has_text:
        message = f"{service} broke off with an error after it had begun to write."
        return Setback(WriterFailed(WriterFault.CUT, message, may_cost=True))
    said = told(data)
    codes = [int(each) for each in re.findall(r"\b[45]\d\d\b", said.kinds)]
    fault = _fault(codes[0] if codes else 200, said)
    is_passing = fault in {WriterFault.LIMITED, WriterFault.DOWN}
    sentence = _sentence(service, fault, codes[0] if codes else None, said)
    failed = WriterFailed(fault, sentence, may_cost=fault is WriterFault.GARBAGE)
    return Setback(failed, is_passing=is_passing)


def _fault(status: int, said: Told) -> WriterFault:
    """Choose the fault; what the error says goes before its status, money before limits."""
    kinds = said.kinds.lower()
    choices = (
        (WriterFault.MONEY, status == HTTPStatus.PAYMENT_REQUIRED or _MONEY.search(said.all)),
        (WriterFault.KEY, status in _KEY_STATUSES or _KEY.search(said.all)),
        (WriterFault.ADDRESS, status in _ADDRESS_STATUSES),
        (WriterFault.LIMITED, status == HTTPStatus.TOO_MANY_REQUESTS or _LIMITED.search(kinds)),
        (WriterFault.DOWN, status in _DOWN_STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR),
        (WriterFault.GARBAGE, status >= HTTPStatus.BAD_REQUEST),
        (WriterFault.DOWN, _DOWN.search(kinds)),
    )
    return next((fault for fault, is_so in choices if is_so), WriterFault.GARBAGE)


def _sentence(service: str, fault: WriterFault, status: int | None, said: Told) -> str:
    match fault:
        case WriterFault.KEY:
            return f"{service} does not accept the key, or the key may not use this model."
        case WriterFault.MONEY:
            return f"{service} says that the account has no money or credit left."
        case WriterFault.LIMITED:
            return f"{service} takes no more calls for the moment."
        case WriterFault.DOWN:
            return f"{service} is down or overloaded{f' (status {status})' if status else ''}."
        case WriterFault.ADDRESS:
            return f"{service} does not know the address or the model{_quoted(said)}."
        case _:
            return f"{service} refused the request{_quoted(said)}."


def _quoted(said: Told) -> str:
    """Quote what the service said, short, in one line and without anything like a key."""
    line = " ".join("".join(c if c.isprintable() else " " for c in said.message).split())
    line = _TOKEN.sub("…", line)[:QUOTE_LENGTH].rstrip(". ")
    return f": {line}" if line else ""
