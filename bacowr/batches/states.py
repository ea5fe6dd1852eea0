"""What a batch can be, and what it can become: the whole state machine stands on this page."""

from dataclasses import dataclass

from bacowr.batches.models import BatchStatus

MOST_RETRIES = 4
RETRYABLE = ("WRITER_FAILED",)
"""Codes of failures that may pass by themselves (domain 1.3)."""


@dataclass(frozen=True)
class Move:
    """One arrow of the state machine: what it is called, from where, and to where."""

    name: str
    sources: frozenset[BatchStatus]
    target: BatchStatus


def _move(name: str, target: BatchStatus, *sources: BatchStatus) -> Move:
    return Move(name, frozenset(sources), target)


START = _move("start", BatchStatus.PENDING, BatchStatus.DRAFT)
BEGIN = _move("begin", BatchStatus.PROCESSING, BatchStatus.PENDING)
PAUSE = _move("pause", BatchStatus.PAUSED, BatchStatus.PENDING, BatchStatus.PROCESSING)
RESUME = _move("resume", BatchStatus.PENDING, BatchStatus.PAUSED)
RETRY = _move("retry", BatchStatus.PENDING, BatchStatus.READY_FOR_REVIEW, BatchStatus.FAILED)
FINISH = _move("finish", BatchStatus.READY_FOR_REVIEW, BatchStatus.PROCESSING)
FAIL = _move("fail", BatchStatus.FAILED, BatchStatus.PROCESSING)
CANCEL = _move(
    "cancel",
    BatchStatus.CANCELED,
    BatchStatus.DRAFT,
    BatchStatus.PENDING,
    BatchStatus.PROCESSING,
    BatchStatus.PAUSED,
)

OPEN = frozenset({BatchStatus.PENDING, BatchStatus.PROCESSING, BatchStatus.PAUSED})
"""Where a batch still has jobs to carry out."""


def wait_seconds(retries: int) -> int:
    """Give how long to wait before the next retry: 2, 4, 8, then 16 seconds (domain 1.3)."""
    return int(2 ** (retries + 1))
