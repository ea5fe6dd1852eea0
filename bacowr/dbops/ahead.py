"""A database that newer code has moved on: whether the code at hand can live with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.util import CommandError

from bacowr.dbops.errors import Refused, refuse
from bacowr.dbops.history import ancestors
from bacowr.dbops.record import Ahead, read_log, walk_unknown
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.squashed import open_up

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa
    from alembic.script import ScriptDirectory


def knows(directory: ScriptDirectory, revision: str) -> bool:
    """Tell whether there is a file for exactly this revision."""
    try:
        found = directory.get_revision(revision)
    except CommandError:
        return False
    return found is not None and found.revision == revision


def look_ahead(
    connection: sa.Connection,
    directory: ScriptDirectory,
    heads: Iterable[str],
    schema: str | None = None,
) -> Ahead | None:
    """Return what the database has that the code lacks, None when it has nothing such.

    The record is read only when a head is unknown. A head that was squashed becomes known again.
    """
    heads = tuple(heads)
    if all(knows(directory, head) for head in heads):
        return None
    open_up(directory, heads)
    if all(knows(directory, head) for head in heads):
        return None
    log = read_log(connection, schema)
    return walk_unknown(log, heads, lambda revision: knows(directory, revision))


def check_compatible(ahead: Ahead, directory: ScriptDirectory) -> Finding:
    """Return the good news that this code can live with the database.

    Raises Refused, naming the revisions, when it can't, or when nobody knows; also when this
    code has revisions of its own that are not applied.
    """
    if ahead.breaking:
        raise refuse_ahead(ahead)
    if not set(directory.get_heads()) <= set(ancestors(directory, ahead.base)):
        raise _refuse_diverged(ahead)
    names = ", ".join(entry.revision for entry in ahead.entries)
    return Finding(
        "ahead",
        f"The database is ahead of this code by {len(ahead)} (compatible): {names}.",
        where=names,
        level=Level.INFO,
    )


def refuse_ahead(ahead: Ahead) -> Refused:
    """Return the refusal of a database whose unknown revisions may break this code."""
    if ahead.unrecorded:
        names = ", ".join(ahead.unrecorded)
        return refuse(
            "unknown-revision",
            f"The database stands at {names}, which this code has no file for and the record "
            "says nothing about. Nothing was changed.",
            remedy="Deploy the code that has that revision, or restore its file from version "
            "control.",
        )
    names = ", ".join(ahead.breaking)
    return refuse(
        "ahead-breaking",
        f"The database is ahead of this code by {len(ahead)}, and {names} may break code that "
        "doesn't know it. Nothing was changed.",
        remedy=f"Deploy the code that has {names} again, or downgrade with that code first.",
    )


def _refuse_diverged(ahead: Ahead) -> Refused:
    names = ", ".join(entry.revision for entry in ahead.entries)
    return refuse(
        "diverged",
        f"This code has revisions that are not applied, while the database has {names}, which "
        "this code lacks. Nothing was changed.",
        remedy="Bring both together in one version of the code (flask db merge), and deploy that.",
    )
