"""The backfills that the revisions of this code declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.backfill.declaration import Backfill, declared_in

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


def declared(directory: ScriptDirectory) -> dict[str, Backfill]:
    """Return the declared backfills by revision, the oldest first."""
    scripts = reversed(list(directory.walk_revisions("base", "heads")))
    found = {one.revision: declared_in(one.module) for one in scripts}
    return {revision: backfill for revision, backfill in found.items() if backfill is not None}
