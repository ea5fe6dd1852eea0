"""What a person does with a backfill: let it rest, go on, or be given up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bacowr.dbops.backfill.connections import connected
from bacowr.dbops.backfill.driving import written
from bacowr.dbops.backfill.states import RESUME, Move
from bacowr.dbops.backfill.store import Store

if TYPE_CHECKING:
    from bacowr.dbops.project import Project

CLEARED: Final = ("stuck", "error", "finished_at")
"""What is forgotten of a backfill that goes on after all."""


def steer(project: Project, move: Move, revision: str) -> bool:
    """Make a move; return False where the backfill is in no state for it."""
    values: dict[str, Any] = dict.fromkeys(CLEARED, "") if move is RESUME else {}
    store = Store(project.schema)
    with connected(project.engine, revision) as connection:
        return written(connection, partial(store.move, connection, move, revision, **values))
