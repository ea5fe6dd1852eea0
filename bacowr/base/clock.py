"""The one clock: every moment is aware and in UTC."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  # This is the one place that may ask.
