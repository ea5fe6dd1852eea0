"""What a backfill can be, and what it can become: the whole state machine stands on this page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a backfill is in its life."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


@dataclass(frozen=True)
class Move:
    """One arrow of the state machine: what it is called, from where, and to where."""

    name: str
    sources: frozenset[State]
    target: State


def _move(name: str, target: State, *sources: State) -> Move:
    return Move(name, frozenset(sources), target)


CLAIM: Final = _move("claim", State.RUNNING, State.PENDING)
TAKE_OVER: Final = _move("take over", State.RUNNING, State.RUNNING)
"""From an owner whose lease ran out, or who is dead."""
LET_GO: Final = _move("let go", State.PENDING, State.RUNNING)
SUCCEED: Final = _move("succeed", State.SUCCEEDED, State.RUNNING)
FAIL: Final = _move("fail", State.FAILED, State.RUNNING)
PAUSE: Final = _move("pause", State.PAUSED, State.PENDING, State.RUNNING)
RESUME: Final = _move("resume", State.PENDING, State.PAUSED, State.FAILED, State.CANCELED)
CANCEL: Final = _move(
    "cancel", State.CANCELED, State.PENDING, State.RUNNING, State.PAUSED, State.FAILED
)
REOPEN: Final = _move("reopen", State.PENDING, State.SUCCEEDED)
"""Older code wrote rows meanwhile that the backfill would have changed."""

MOVES: Final = (CLAIM, TAKE_OVER, LET_GO, SUCCEED, FAIL, PAUSE, RESUME, CANCEL, REOPEN)
UNFINISHED: Final = frozenset({State.PENDING, State.RUNNING})
"""What goes on without a person."""
