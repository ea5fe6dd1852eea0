"""The files of a proposed revision: written by Alembic, then told what they are."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command

from bacowr.dbops.classes import RevisionClass, infer_class
from bacowr.dbops.proposing.proposal import ATTRIBUTE

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script

    from bacowr.dbops.proposing.proposal import Proposal

HEADER = {"revision", "down_revision", "branch_labels", "depends_on"}


def write(config: Config, proposal: Proposal, **given: Any) -> list[Script]:  # noqa: ANN401 - Alembic's own options.
    """Compare, work the result over, and write it; return what was written, maybe nothing."""
    config.attributes[ATTRIBUTE] = proposal
    written = command.revision(
        config, autogenerate=True, process_revision_directives=proposal.hook, **given
    )
    scripts = written if isinstance(written, list) else [written]
    return [one for one in scripts if one is not None]


def declare_class(path: Path) -> RevisionClass:
    """Write a revision's class into its file, where it doesn't stand there, and return it."""
    source = path.read_text(encoding="utf-8")
    kind = infer_class(source)
    names = {name: node for node in ast.parse(source).body for name in _assigned(node)}
    if "dbops_class" in names:
        return kind
    last = max((names[one].end_lineno or 0 for one in HEADER & names.keys()), default=0)
    if last:
        lines = source.split("\n")
        lines.insert(last, f'dbops_class = "{kind}"')
        path.write_text("\n".join(lines), encoding="utf-8")
    return kind


def _assigned(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return [one.id for one in targets if isinstance(one, ast.Name)]
