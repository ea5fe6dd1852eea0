"""What a run tells while it works, so that a printer or a log can follow it.

A listener is any callable that takes an event. It is subscribed for the length of a `with`:
    with listening(printer): run()
Everything below the runner says what happens by `emit`, and knows nobody who listens.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.history import RevisionFacts
    from bacowr.dbops.report import Finding


class Direction(StrEnum):
    """Which way a revision was walked, or how it came into the record without being run."""

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    STAMP = "stamp"
    ADOPT = "adopt"


@dataclass(frozen=True)
class WaitingForLock:
    """Another process migrates this database; said once, when the waiting begins."""

    holder: str
    wait_seconds: float


@dataclass(frozen=True)
class PlanMade:
    """The revisions a run is about to apply, in order; an empty plan means nothing is pending."""

    direction: Direction
    revisions: tuple[RevisionFacts, ...]
    heads: tuple[str, ...]
    database: str


@dataclass(frozen=True)
class Noticed:
    """Something worth a line that does not stop the run."""

    finding: Finding


@dataclass(frozen=True)
class BackupMade:
    """The database was copied, and the copy proved, before anything touches it."""

    path: str
    size: int
    duration_ms: int


@dataclass(frozen=True)
class RevisionStarted:
    """A revision's transaction is about to begin; `number` counts from 1 to `total`."""

    revision: RevisionFacts
    direction: Direction
    number: int
    total: int


@dataclass(frozen=True)
class StatementDone:
    """A statement of the running revision came back."""

    revision: str
    statement: str
    duration_ms: int


@dataclass(frozen=True)
class CopyProgress:
    """A long copy moved on: rows of a table, or pages of a backup."""

    subject: str
    done: int
    total: int


@dataclass(frozen=True)
class BackfillMoved(CopyProgress):
    """A backfill came further; `seconds_left` is None where nobody knows yet."""

    seconds_left: float | None = None


@dataclass(frozen=True)
class Retrying:
    """A revision was rolled back because a lock was not free, and will be tried again."""

    revision: str
    attempt: int
    pause_seconds: float
    blocker: str


@dataclass(frozen=True)
class RevisionDone:
    """A revision is committed: another connection, or the next revision, has seen it."""

    revision: RevisionFacts
    direction: Direction
    number: int
    total: int
    duration_ms: int


@dataclass(frozen=True)
class RunDone:
    """The run is over: what it applied, where the database stands, who did it if not this run."""

    direction: Direction
    applied: tuple[str, ...]
    heads: tuple[str, ...]
    duration_ms: int
    note: str = ""


Event = (
    WaitingForLock
    | PlanMade
    | Noticed
    | BackupMade
    | RevisionStarted
    | StatementDone
    | CopyProgress
    | Retrying
    | RevisionDone
    | RunDone
)
Listener = Callable[[Event], None]

_listeners: ContextVar[tuple[Listener, ...]] = ContextVar("dbops_listeners", default=())


@contextmanager
def listening(*listeners: Listener) -> Iterator[None]:
    """Send the events of this context to the listeners as well."""
    token = _listeners.set((*_listeners.get(), *listeners))
    try:
        yield
    finally:
        _listeners.reset(token)


@contextmanager
def unheard() -> Iterator[None]:
    """Let nobody hear what happens in this context, as on a database that is thrown away."""
    token = _listeners.set(())
    try:
        yield
    finally:
        _listeners.reset(token)


def emit(event: Event) -> None:
    """Tell every listener; without one it costs nothing."""
    for listener in _listeners.get():
        listener(event)


def is_heard() -> bool:
    """Tell whether anybody listens."""
    return bool(_listeners.get())
