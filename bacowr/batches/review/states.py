"""What a reviewed job can be, and what it can become: the whole state machine stands here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bacowr.batches.models import BatchStatus, Decision


class Verb(StrEnum):
    """What a reviewer can do with an item."""

    APPROVE = "approve"
    REJECT = "reject"
    REGENERATE = "regenerate"
    REOPEN = "reopen"


@dataclass(frozen=True)
class Move:
    """One arrow: from where, and to where."""

    sources: frozenset[Decision]
    target: Decision


MOVES: Mapping[Verb, Move] = MappingProxyType(
    {
        Verb.APPROVE: Move(frozenset({Decision.PENDING}), Decision.APPROVED),
        Verb.REJECT: Move(frozenset({Decision.PENDING}), Decision.REJECTED),
        Verb.REGENERATE: Move(frozenset({Decision.PENDING}), Decision.NEEDS_REGENERATION),
        Verb.REOPEN: Move(frozenset({Decision.APPROVED, Decision.REJECTED}), Decision.PENDING),
    }
)

DECIDED = frozenset({Decision.APPROVED, Decision.REJECTED})
BEING_WRITTEN = frozenset({Decision.NEEDS_REGENERATION, Decision.REGENERATING})
"""What becomes pending again by itself, once the job has come to its end."""

REVIEWABLE = frozenset({BatchStatus.READY_FOR_REVIEW, BatchStatus.IN_REVIEW, BatchStatus.COMPLETED})
"""Where a batch's jobs can be decided on."""


def status_of(decided: int, touched: int, total: int) -> BatchStatus:
    """Say where a batch's review is: closed once every item is decided (domain 1.3).

    `touched` counts the items on which somebody did anything, those sent back among them.
    """
    if total and decided == total:
        return BatchStatus.COMPLETED
    return BatchStatus.IN_REVIEW if touched else BatchStatus.READY_FOR_REVIEW
