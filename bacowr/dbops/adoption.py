"""The record brought up to what is true: databases of plain Flask-Migrate, and edited files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.ahead import knows
from bacowr.dbops.events import Direction
from bacowr.dbops.history import ancestors, checksum, read_facts
from bacowr.dbops.record import Entry, append, applied
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.squashed import squashed_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import sqlalchemy as sa
    from alembic.script import Script, ScriptDirectory


def is_recorded(log: Iterable[Entry], heads: Iterable[str]) -> bool:
    """Tell whether the record knows how the database came to its heads."""
    standing = applied(log)
    return all(head in standing for head in heads)


def adopt(
    connection: sa.Connection,
    directory: ScriptDirectory,
    log: Iterable[Entry],
    heads: Iterable[str],
    **told: object,
) -> None:
    """Write down, in the caller's transaction, the applied revisions that the record lacks.

    `told` are further fields of the entries, and `schema`.
    """
    schema = told.pop("schema", None)
    standing = applied(log)
    entries = []
    for revision in ancestors(directory, heads):
        script = directory.get_revision(revision)
        if revision not in standing and script is not None:
            words = {"direction": Direction.ADOPT, **told}
            entries.append(Entry.of(read_facts(script), **words))
    append(connection, entries, str(schema) if schema else None)


def find_edited(directory: ScriptDirectory, standing: Mapping[str, Entry]) -> list[Finding]:
    """Return a warning for each applied revision whose file is not what was applied."""
    found = []
    for revision, entry in standing.items():
        if not entry.checksum or not knows(directory, revision):
            continue
        script = directory.get_revision(revision)
        if script is not None and not _is_unedited(script, entry):
            found.append(
                Finding(
                    "edited",
                    f"The file of revision {revision} was edited after it was applied, so a "
                    "fresh database would become another than this one.",
                    where=str(script.path),
                    remedy="Restore the file from version control, and write a new revision.",
                    level=Level.WARNING,
                )
            )
    return found


def _is_unedited(script: Script, entry: Entry) -> bool:
    """Tell whether a file is what was applied, or was squashed from that."""
    path = Path(script.path)
    if path.suffix != ".py":
        return True
    known = {checksum(path.read_bytes()), squashed_by(script.module).get(entry.revision)}
    return entry.checksum in known
