"""The circumstances of one run: who, how long it may take, where the record lies."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bacowr.dbops.errors import DeadlinePassed
from bacowr.dbops.report import Finding

if TYPE_CHECKING:
    from bacowr.dbops.settings import DbOpsSettings


@dataclass(frozen=True)
class Run:
    """One run of one command; its id ties its entries in the record together."""

    settings: DbOpsSettings
    version_table: str = "alembic_version"
    schema: str | None = None
    phase: str = ""
    """Which part of an upgrade was asked for; nothing for all of it."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    started: float = field(default_factory=time.monotonic)

    @property
    def spent_ms(self) -> int:
        """Return how long the run has taken."""
        return int((time.monotonic() - self.started) * 1000)

    @property
    def remaining(self) -> float:
        """Return the seconds left until the deadline, below 0 when it has passed."""
        return self.started + self.settings.deadline - time.monotonic()

    def check_deadline(self, applied: int, waiting: int, blocker: str = "") -> None:
        """Raise DeadlinePassed, saying what is done and what is left, when time is up."""
        if self.remaining > 0:
            return
        because = f" It waited for {blocker}." if blocker else ""
        raise DeadlinePassed(
            Finding(
                "deadline",
                f"The deadline of {self.settings.deadline:g} s has passed: {applied} of "
                f"{applied + waiting} revisions are applied, and stay so.{because}",
                remedy="Run the upgrade again; it goes on from here (DBOPS_DEADLINE sets the "
                "limit).",
            )
        )
