"""What a delivery can be, and what it can become: the whole state machine stands on this page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=12)
GROWTH = 3
MOST_ATTEMPTS = 10
JITTER = 0.25
"""A wait is up to so much shorter or longer, so that what failed together comes apart."""


class DeliveryState(StrEnum):
    """Where a delivery is (domain 5.1)."""

    PENDING = "pending"
    RETRYING = "retrying"
    DELIVERED = "delivered"
    DEAD = "dead"


WAITING = frozenset({DeliveryState.PENDING, DeliveryState.RETRYING})


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt: delivered when there is no `fault`.

    `code` is the status or the mail server's code, `answer` the beginning of what was answered.
    A final fault is one that another attempt can't mend. `wait` is what the receiver asked for;
    `is_gone` that it wants to hear no more.
    """

    fault: str | None = None
    code: int | None = None
    answer: str = ""
    is_final: bool = False
    is_gone: bool = False
    wait: timedelta | None = None


@dataclass(frozen=True)
class Standing:
    """Where a delivery is, and when it is tried next; None when it has come to an end."""

    state: DeliveryState
    next_try_at: datetime | None = None


def after(outcome: Outcome, *, attempts: int, at: datetime, luck: float) -> Standing:
    """Say where a delivery is after an attempt, its `attempts`-th; `luck` is from 0 to 1."""
    if outcome.fault is None:
        return Standing(DeliveryState.DELIVERED)
    if outcome.is_final or attempts >= MOST_ATTEMPTS:
        return Standing(DeliveryState.DEAD)
    return Standing(DeliveryState.RETRYING, at + wait(attempts, luck, outcome.wait))


def wait(attempts: int, luck: float, asked: timedelta | None = None) -> timedelta:
    """Give how long to wait after so many attempts: longer each time, and as long as asked."""
    grown = min(FIRST_WAIT * int(GROWTH ** (attempts - 1)), LONGEST_WAIT)
    spread = grown * (1 - JITTER + 2 * JITTER * luck)
    return min(max(spread, asked or timedelta()), LONGEST_WAIT * (1 + JITTER))
