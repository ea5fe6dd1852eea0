"""Moments and spans of time in words."""

from datetime import datetime

from bacowr.base import clock

MINUTE, HOUR, DAY = 60, 3600, 86400
JUST_NOW_SECONDS = 10
FINEST_SECONDS = 0.1
STEPS = ((MINUTE, 1, "s"), (HOUR, MINUTE, "min"), (DAY, HOUR, "h"), (7 * DAY, DAY, "d"))


def ago(moment: datetime) -> str:
    """Say how long ago the moment was; from a week on, its date."""
    seconds = max(0, int((clock.now() - moment).total_seconds()))
    if seconds < JUST_NOW_SECONDS:
        return "just now"
    for limit, unit_seconds, unit in STEPS:
        if seconds < limit:
            return f"{seconds // unit_seconds} {unit} ago"
    return f"{moment.day} {moment:%b %Y}"


def moment(text: str) -> datetime:
    """Read a moment that a document keeps as ISO text."""
    return datetime.fromisoformat(text)


def exactly(moment: datetime) -> str:
    """Say the moment to the second, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def span(start: datetime | None, end: datetime | None) -> str:
    """Say how long it took from start to end; nothing when one of them is not known."""
    if start is None or end is None:
        return ""
    return spent(max(0.0, (end - start).total_seconds()))


def spent(seconds: float) -> str:
    """Say how long so many seconds are."""
    if seconds < FINEST_SECONDS:
        return f"< {FINEST_SECONDS} s"
    if seconds < JUST_NOW_SECONDS:
        return f"{seconds:.1f} s"
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds // MINUTE:.0f} min {seconds % MINUTE:.0f} s"
