"""Which revisions are reviewed when nobody says: those that the main branch doesn't have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.git import find_main
from bacowr.dbops.lint.revisions import in_range, pending

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


ALL = "--range base:heads reviews all."


@dataclass(frozen=True)
class Choice:
    """The revisions to review, and the sentence that says why these."""

    revisions: frozenset[str]
    note: str = ""


def choose(directory: ScriptDirectory, heads: tuple[str, ...] | None, range_: str | None) -> Choice:
    """Return the revisions of the range, or those not on the main branch.

    On the main branch itself, and without git, they are those that the database lacks; without a
    database at hand (`heads` is None) the newest on the main branch, else all. Raises Refused for
    a range that isn't one.
    """
    if range_ is not None:
        return Choice(in_range(directory, range_))
    main = find_main(Path(directory.dir).absolute())
    if main is not None:
        paths = {Path(one.path): one.revision for one in directory.walk_revisions("base", "heads")}
        fresh = frozenset(paths[path] for path in main.lacks(paths))
        if fresh or not main.is_here:
            return Choice(fresh, f"Reviewed is what {main.name} lacks; {ALL}")
    if heads is not None:
        return Choice(
            pending(directory, heads),
            f"Reviewed is what the database lacks; {ALL}",
        )
    if main is None:
        return Choice(pending(directory, ()))
    note = f"Reviewed is the newest on {main.name}; {ALL}"
    return Choice(frozenset(directory.get_heads()), note)
