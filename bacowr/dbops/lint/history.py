"""What the history as a whole must hold to: P-10, P-11 and P-12."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops import record
from bacowr.dbops.adoption import find_edited
from bacowr.dbops.git import find_main, run_git
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.revision_files import revision_of
from bacowr.dbops.squashed import squashed_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from alembic.script import ScriptDirectory

STATES = {"M": "was edited", "D": "was deleted", "T": "was replaced"}


def judge_heads(directory: ScriptDirectory) -> Iterator[Finding]:
    """P-10: one head."""
    heads = directory.get_heads()
    if len(heads) > 1:
        yield Finding(
            "P-10",
            f"The history has {len(heads)} heads ({', '.join(sorted(heads))}), so `upgrade` "
            "doesn't know where to go.",
            remedy="flask db rebase puts one behind the other, flask db merge joins them.",
        )


def judge_applied(
    directory: ScriptDirectory, connection: sa.Connection, schema: str | None
) -> Iterator[Finding]:
    """P-11: an applied file is what was applied."""
    standing = record.applied(record.read_log(connection, schema))
    for finding in find_edited(directory, standing):
        yield replace(finding, code="P-11", level=Level.ERROR)


def judge_against_main(versions: Path) -> Iterator[Finding]:
    """P-12: what the main branch has is neither edited nor deleted; silent without git."""
    base = find_main(versions)
    if base is None:
        return
    squashed = _squashed(versions)
    words = ("diff", "--name-status", "--no-renames", base.common or base.name, "--", ".")
    for line in run_git(versions, *words).split("\n"):
        state, _, name = line.partition("\t")
        if state not in STATES or not name.endswith(".py"):
            continue
        if revision_of(base.text_of(name)) in squashed:
            continue
        yield Finding(
            "P-12",
            f"{name} {STATES[state]}, though {base.name} has it and databases may have run it.",
            where=name,
            remedy="Restore it and write a new revision.",
        )


def _squashed(versions: Path) -> frozenset[str]:
    """Return the ids that squashed revisions take the place of."""
    sources = (path.read_text("utf-8", "replace") for path in sorted(versions.glob("*.py")))
    return frozenset(one for source in sources for one in squashed_ids(source))
