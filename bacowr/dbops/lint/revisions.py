"""The revisions of a project, oldest first, and those among them that are reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script.revision import RevisionError
from alembic.util import CommandError

from bacowr.dbops.classes import RevisionClass, declared_class
from bacowr.dbops.errors import refuse
from bacowr.dbops.lint.comments import Allowance, read_allowances

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory


@dataclass(frozen=True)
class Reviewed:
    """One revision's file."""

    script: Script
    path: Path
    source: str
    allowances: tuple[Allowance, ...]

    @property
    def id(self) -> str:
        """Return the revision's id."""
        return self.script.revision

    @property
    def is_contract(self) -> bool:
        """Tell whether the file says that older code can't live with it."""
        return declared_class(self.script.module) is RevisionClass.CONTRACT

    def at(self, line: int) -> str:
        """Return a place in the file, as it is shown."""
        try:
            shown = self.path.relative_to(Path.cwd())
        except ValueError:
            shown = self.path
        return f"{shown}:{line}" if line else str(shown)


def read_revisions(directory: ScriptDirectory) -> tuple[Reviewed, ...]:
    """Return all revisions, parents before children."""
    found = []
    for script in reversed(list(directory.walk_revisions("base", "heads"))):
        path = Path(script.path)
        source = path.read_text(encoding="utf-8") if path.suffix == ".py" else ""
        found.append(Reviewed(script, path, source, read_allowances(source) if source else ()))
    return tuple(found)


def in_range(directory: ScriptDirectory, text: str) -> frozenset[str]:
    """Return the revisions of a range: behind A, up to and with B; a lone one is itself.

    Either end may be left out. Raises Refused for an end that names no revision.
    """
    start, colon, end = text.partition(":")
    try:
        if not colon:
            return frozenset(one.revision for one in directory.get_revisions(start) if one)
        chosen = directory.iterate_revisions(end or "heads", start or "base")
        return frozenset(script.revision for script in chosen)
    except (CommandError, RevisionError) as error:
        raise refuse(
            "range",
            f"{text} is no range of revisions: {error}",
            remedy="Name two revisions of this history as A:B; `flask db history` lists them.",
        ) from error


def pending(directory: ScriptDirectory, heads: tuple[str, ...]) -> frozenset[str]:
    """Return the revisions that a database at these heads lacks."""
    applied = {one.revision for head in heads for one in directory.iterate_revisions(head, "base")}
    everything = {script.revision for script in directory.walk_revisions("base", "heads")}
    return frozenset(everything - applied)
