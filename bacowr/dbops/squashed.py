"""Revisions that a squashed one took the place of, and databases that stand among them.

A squashed file keeps the id of the last revision that it holds, so a database at that one or
later has nothing to do. `dbops_squashed` in it names every revision that it holds, with the
checksum of the file that was. Those files lie in `squashed/<id>/` beside the versions: a database
that stands in the middle goes on through them.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script import Script
from alembic.script.revision import RevisionMap

from bacowr.dbops.errors import refuse
from bacowr.dbops.events import Noticed, emit
from bacowr.dbops.report import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import ModuleType

    from alembic.script import ScriptDirectory

FOLDER = "squashed"
MARK = "dbops_squashed"


def squashed_ids(source: str) -> tuple[str, ...]:
    """Return the revisions that a file holds by its text, without running it; none is usual."""
    if MARK not in source:
        return ()
    for node in ast.parse(source).body:
        names = [one.id for one in getattr(node, "targets", ()) if isinstance(one, ast.Name)]
        value = getattr(node, "value", None)
        if MARK in names and isinstance(value, ast.Dict):
            return tuple(str(key.value) for key in value.keys if isinstance(key, ast.Constant))
    return ()


def squashed_by(module: ModuleType) -> Mapping[str, str]:
    """Return the revisions that a file holds, each with the checksum of the file that was."""
    found: Mapping[str, str] = getattr(module, MARK, {})
    return found


def kept_files(directory: ScriptDirectory, revision: str) -> Path:
    """Return the folder for the files that a squashed revision took the place of."""
    return Path(directory.dir).absolute() / FOLDER / revision


def open_up(directory: ScriptDirectory, wanted: Iterable[str]) -> None:
    """Put the files of squashed revisions back where one of them is wanted, in memory only.

    Raises Refused when those files were deleted.
    """
    known = {one.revision: one for one in directory._load_revisions()}  # noqa: SLF001 - A fresh look.
    opened: set[str] = set()
    for revision in wanted:
        while revision not in known:
            holder = _holder(known.values(), revision)
            if holder is None:
                break
            del known[holder.revision]
            known |= {one.revision: one for one in _kept(directory, holder, revision)}
            opened.add(holder.revision)
    if opened:
        directory.revision_map = RevisionMap(lambda: iter(known.values()))
        emit(Noticed(_told(wanted, opened)))


def _holder(scripts: Iterable[Script], revision: str) -> Script | None:
    holding = (one for one in scripts if revision in squashed_by(one.module))
    return next((one for one in holding if one.revision != revision), None)


def _kept(directory: ScriptDirectory, holder: Script, revision: str) -> Iterator[Script]:
    """Give the revisions that the holder was made of."""
    folder = kept_files(directory, holder.revision)
    if not folder.is_dir():
        raise refuse(
            "squashed",
            f"The database is at {revision}, which {holder.revision} was squashed from and whose "
            "file is deleted. Nothing was changed.",
            where=str(holder.path),
            remedy=f"Upgrade it with the last version of the code that has {revision}; or put the "
            f"files that were squashed into {folder} again, from version control.",
        )
    for path in sorted(folder.glob("*.py")):
        script = Script._from_path(directory, path)  # noqa: SLF001 - Alembic has no other door.
        if script is not None:
            yield script


def _told(wanted: Iterable[str], opened: Iterable[str]) -> Finding:
    names = ", ".join(sorted(opened))
    return Finding(
        "within-squash",
        f"The database is at {', '.join(wanted)}, in the middle of what {names} was squashed "
        "from; it goes on through the revisions that were.",
        level=Level.INFO,
    )
