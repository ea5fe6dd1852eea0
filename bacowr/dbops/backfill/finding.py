"""The backfills that the revisions of this code declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.backfill.declaration import Backfill, declared_in
from bacowr.dbops.history import ancestors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.script import ScriptDirectory


def declared(directory: ScriptDirectory) -> dict[str, Backfill]:
    """Return the declared backfills by revision, the oldest first."""
    scripts = reversed(list(directory.walk_revisions("base", "heads")))
    found = {one.revision: declared_in(one.module) for one in scripts}
    return {revision: backfill for revision, backfill in found.items() if backfill is not None}


def applied(directory: ScriptDirectory, heads: Iterable[str]) -> dict[str, Backfill]:
    """Return the declared backfills of the heads and all revisions below them."""
    below = set(ancestors(directory, heads))
    return {one: backfill for one, backfill in declared(directory).items() if one in below}
