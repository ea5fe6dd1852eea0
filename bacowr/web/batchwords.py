"""The words and signs that people see for batches and for the rows of a job sheet."""

from collections.abc import Mapping
from types import MappingProxyType

from bacowr.batches.examining import Kind
from bacowr.batches.models import BatchStatus
from bacowr.engine.outcome import AbortCode
from bacowr.web.wording import Sign

STATUSES: Mapping[str, Sign] = MappingProxyType(
    {
        BatchStatus.DRAFT: Sign("Draft", "circle-dashed", "idle"),
        BatchStatus.PENDING: Sign("Waiting to start", "hourglass", "idle"),
        BatchStatus.PROCESSING: Sign("Running", "loader-2", "busy"),
        BatchStatus.READY_FOR_REVIEW: Sign("Ready for review", "circle-check", "ok"),
        BatchStatus.IN_REVIEW: Sign("In review", "user", "busy"),
        BatchStatus.COMPLETED: Sign("Completed", "circle-check", "ok"),
        BatchStatus.FAILED: Sign("Failed", "circle-x", "bad"),
        BatchStatus.PAUSED: Sign("Paused", "player-pause", "warn"),
        BatchStatus.CANCELED: Sign("Canceled", "x", "idle"),
    }
)

# The parts of a batch, in the order in which a row goes through them.
PARTS: Mapping[str, str] = MappingProxyType(
    {
        "held": "Waiting",
        "running": "Under way",
        "delivered": "Delivered",
        "blocked": "Blocked",
        "aborted": "Failed",
        "canceled": "Canceled",
    }
)

KINDS: Mapping[str, Sign] = MappingProxyType(
    {
        Kind.GOOD: Sign("In order", "circle-check", "ok"),
        Kind.DUPLICATE: Sign("Duplicate", "copy", "warn"),
        Kind.FAULTY: Sign("Fault", "alert-triangle", "bad"),
    }
)

HALTS: Mapping[str, str] = MappingProxyType(
    {
        AbortCode.CAP_REACHED: "A cap on spending or the month's quota of tokens was reached, so no"
        " further order begins. Raise it, or wait until the day or the month is over; then"
        " resume. What was paid for is kept and not asked for again.",
    }
)

HOUR, MINUTE = 3600, 60


def duration(seconds: float) -> str:
    """Say roughly how long something takes."""
    if seconds < MINUTE:
        return "under a minute"
    minutes = round(seconds / MINUTE)
    if minutes < MINUTE:
        return f"about {minutes} min"
    return f"about {minutes // MINUTE} h {minutes % MINUTE} min"
