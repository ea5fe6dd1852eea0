"""Revisions as the commands that list them tell a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.history import read_facts
from bacowr.dbops.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.script import Script, ScriptDirectory


def script_facts(script: Script) -> dict[str, object]:
    """Return what a revision's file tells of it."""
    facts = read_facts(script)
    return {
        "revision": script.revision,
        "down_revision": sorted(script._versioned_down_revisions),  # noqa: SLF001 - Always by id, as a tuple.
        "depends_on": sorted(script._normalized_resolved_dependencies),  # noqa: SLF001 - As above.
        "branch_labels": sorted(script.branch_labels),
        "is_head": script.is_head,
        "class": facts.kind,
        "title": facts.title,
        "file": script.path,
    }


def listed(scripts: Iterable[Script], summary: str) -> Report:
    """Return a report of revisions."""
    return Report(summary, facts={"revisions": [script_facts(one) for one in scripts]})


def is_at_heads(directory: ScriptDirectory, heads: Iterable[str]) -> bool:
    """Tell whether a database at these heads has every head of the history."""
    return set(directory.get_heads()) == set(heads)
