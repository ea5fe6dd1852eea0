"""How long a service asks its callers to wait."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_EMPTY = re.compile(r"(x-ratelimit|anthropic-ratelimit)-(?:remaining-(\w+)|([\w-]+)-remaining)")


def asked(headers: Mapping[str, str], delay: str, now: datetime) -> float | None:
    """Give the seconds that an answer asks to wait, None when it does not say.

    `headers` have lower-case names; `delay` is the one in the body, as Google gives it ("37s").
    What Retry-After says goes first (RFC 9110, 10.2.3: seconds or a date).
    """
    for found in (
        _number(headers.get("retry-after-ms", ""), 0.001),
        _number(headers.get("retry-after", ""), 1.0),
        _until(headers.get("retry-after", ""), now),
        _span(delay),
        _emptied(headers, now),
    ):
        if found is not None:
            return max(0.0, found)
    return None


def _number(text: str, unit: float) -> float | None:
    return float(text) * unit if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text.strip()) else None


def _until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return _seconds_to(moment, now)


def _seconds_to(moment: datetime, now: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - now).total_seconds()


def _span(text: str) -> float | None:
    """Read "1s", "6m0s" or "20ms"."""
    found = _SPAN.findall(text)
    if not found or "".join(number + unit for number, unit in found) != text.strip():
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in found)


def _emptied(headers: Mapping[str, str], now: datetime) -> float | None:
    """Give the longest time until an allowance that is used up is filled again."""
    waits: list[float] = []
    for name, value in headers.items():
        if value.strip() == "0" and (found := _EMPTY.fullmatch(name)):
            of, before, after = found.groups()
            reset = headers.get(f"{of}-reset-{before}" if before else f"{of}-{after}-reset", "")
            wait = _span(reset)
            waits.append(_moment(reset, now) if wait is None else wait)
    return max(waits, default=None)


def _moment(text: str, now: datetime) -> float:
    try:
        return _seconds_to(datetime.fromisoformat(text), now)
    except ValueError:
        return 0.0
