"""What the history as a whole must hold to: P-10, P-11 and P-12."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops import record
from bacowr.dbops.adoption import find_edited
from bacowr.dbops.report import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from alembic.script import ScriptDirectory

MAIN_BRANCHES = ("origin/main", "origin/master", "main", "master")
STATES = {"M": "was edited", "D": "was deleted", "T": "was replaced"}


def judge_heads(directory: ScriptDirectory) -> Iterator[Finding]:
    """P-10: one head."""
    heads = directory.get_heads()
    if len(heads) > 1:
        yield Finding(
            "P-10",
            f"The history has {len(heads)} heads ({', '.join(sorted(heads))}), so `upgrade` "
            "doesn't know where to go.",
            remedy="flask db merge, or put one behind the other by its down_revision.",
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
    base = _main_branch(versions)
    if base is None:
        return
    common = _git(versions, "merge-base", "HEAD", base).strip()
    for line in _git(versions, "diff", "--name-status", "--no-renames", common, "--", ".").split(
        "\n"
    ):
        state, _, name = line.partition("\t")
        if state in STATES and name.endswith(".py"):
            yield Finding(
                "P-12",
                f"{name} {STATES[state]}, though {base} has it and databases may have run it.",
                where=name,
                remedy="Restore it and write a new revision.",
            )


def _main_branch(folder: Path) -> str | None:
    if shutil.which("git") is None or not folder.is_dir():
        return None
    for name in MAIN_BRANCHES:
        if _git(folder, "rev-parse", "--verify", "--quiet", name):
            return name
    return None


def _git(folder: Path, *words: str) -> str:
    """Return what git prints, nothing where it fails."""
    command = ["git", "-C", str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - Fixed words; git is looked up on purpose.
    return done.stdout if done.returncode == 0 else ""
