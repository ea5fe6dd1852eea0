"""A database that isn't what its history made of it: what a revision would fold in unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.difference import compare
from bacowr.dbops.schema.reading import schema_names, within
from bacowr.dbops.schema.wishes import UNSAID_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.schema.difference import Difference
    from bacowr.dbops.schema.model import Schema
    from bacowr.dbops.schema.wishes import Managed

SHOWN = 8


def drift(history: Schema, live: Schema, managed: Managed) -> list[Difference]:
    """Return what the database has or lacks against its history, of what models can have."""
    found = compare(history, within(live, schema_names(history) | managed.schemas))
    return [one for one in found if one.item.kind not in UNSAID_KINDS and managed.includes(one)]


def drifted(differences: list[Difference], *, allowed: bool) -> Finding:
    """Return the finding about them; an error unless the command allows it."""
    lines = list(_lines(differences))
    end = "" if allowed else " No file was written."
    return Finding(
        "drift",
        "The database isn't what the revisions make of it, and this revision would fold that in:\n"
        + "\n".join(lines)
        + f"\n{end.strip()}".rstrip(),
        remedy="Undo it in the database, or write it down first (`flask db drift` shows both); "
        "--allow-drift writes the revision all the same.",
        level=Level.WARNING if allowed else Level.ERROR,
    )


def _lines(differences: list[Difference]) -> Iterator[str]:
    yield from (f"  {one.to_text()}" for one in differences[:SHOWN])
    if len(differences) > SHOWN:
        yield f"  and {len(differences) - SHOWN} more"
