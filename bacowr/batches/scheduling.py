"""When a batch begins: a moment by somebody's own clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bacowr.base import clock
from bacowr.base.errors import Invalid

HOME = "Europe/Stockholm"
TONIGHT_HOUR = 23
FURTHEST = timedelta(days=366)
GRACE = timedelta(minutes=5)


def tonight(zone: str = HOME) -> datetime:
    """Give the next 23:00 by the clock of a zone."""
    here = clock.now().astimezone(_zone(zone))
    at = here.replace(hour=TONIGHT_HOUR, minute=0, second=0, microsecond=0)
    return at if at > here else at + timedelta(days=1)


def moment(text: str, zone: str = HOME) -> datetime:
    """Read a moment such as `2026-11-22T23:00` by the clock of a zone, in UTC; or `tonight`.

    Raise Invalid for what is none, lies in the past, or lies more than a year ahead.
    """
    if text.strip().lower() == "tonight":
        return tonight(zone).astimezone(UTC)
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise _refused("start_at", "Give a day and a time, like 2026-11-22T23:00.") from error
    at = read.replace(tzinfo=_zone(zone)) if read.tzinfo is None else read
    at = at.astimezone(UTC)
    if at < clock.now() - GRACE:
        raise _refused("start_at", "This moment has passed.")
    if at > clock.now() + FURTHEST:
        raise _refused("start_at", "This is more than a year ahead.")
    return at


def local(at: datetime, zone: str | None) -> datetime:
    """Give a moment by the clock of the zone in which it was chosen."""
    return at.astimezone(_zone(zone or HOME))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name.strip())
    except (KeyError, ValueError, OSError) as error:
        raise _refused("time_zone", "Give a time zone, like Europe/Stockholm.") from error


def _refused(name: str, text: str) -> Invalid:
    return Invalid(text, fields={name: [text]})
