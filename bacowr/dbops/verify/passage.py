"""One revision's way up, down and up again, as it was seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bacowr.dbops.lint.revisions import Reviewed
    from bacowr.dbops.schema.model import Schema
    from bacowr.dbops.verify.contents import Contents


class Stage(StrEnum):
    """Where a revision's passage is."""

    BEFORE = "before"
    UP = "up"
    """After the upgrade, on the rows there were before it."""
    DOWN = "down"
    """After the downgrade: all should be as it was before."""
    AGAIN = "up again"
    """After the second upgrade: all should be as it was after the first."""
    FILLED = "filled"
    """Where the tables that it changes also hold rows written since, or a copy's own."""
    EMPTIED = "down from filled"
    """After a downgrade that meets those rows."""


@dataclass(frozen=True)
class Moment:
    """What the database held at a stage."""

    schema: Schema
    contents: Contents


@dataclass
class Passage:
    """What was seen of one revision on one database, and what it raised where."""

    revision: Reviewed
    dialect: str
    is_copy: bool = False
    moments: dict[Stage, Moment] = field(default_factory=dict)
    errors: dict[Stage, str] = field(default_factory=dict)
    unfilled: dict[str, str] = field(default_factory=dict)
    """Tables that no row could be written to, and why."""
    needs_empty: bool = False
    """Whether the upgrade failed on rows, and went well without them."""
    milliseconds: int = 0

    def get(self, stage: Stage) -> Moment | None:
        """Return what was there at a stage, None where it wasn't reached."""
        return self.moments.get(stage)
