"""The door to backfills, opened only where a revision of this code declares one."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from alembic import context

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.script import ScriptDirectory

    from bacowr.dbops.project import Project
    from bacowr.dbops.run import Run
    from bacowr.dbops.walk import Walk

DECLARATION = "bacowr.dbops.backfill.declaration"
"""What a revision has to import to declare a backfill."""


def attend(walk: Walk, project: Project, connection: sa.Connection, words: dict[str, Any]) -> None:
    """Have the walk take backfills in, and wait for those it needs; `words` are its arguments."""
    attending = _attending(context.script)
    if attending is not None:
        attending.Attendant(project, walk).prepare(connection, words)


def go_on_after(project: Project, run: Run) -> None:
    """Go on with unfinished backfills once the revisions are applied, within their budget."""
    attending = _attending(context.script)
    if attending is not None:
        attending.go_on_after(project, run)


def _attending(directory: ScriptDirectory) -> Any:  # noqa: ANN401 - A module, or None.
    if DECLARATION not in sys.modules:
        return None
    attending = import_module("bacowr.dbops.backfill.attending")
    return attending if attending.has_backfills(directory) else None
