"""What becomes of a revision: edits in its file, and up to two revisions behind it."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops import head_file
from bacowr.dbops.lint.fixes.sites import Site, sites_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bacowr.dbops.lint.revisions import Reviewed

ON_POSTGRES = 'if op.get_context().dialect.name == "postgresql":'
AUTOCOMMIT = "with op.get_context().autocommit_block():"
FILE = '''"""{title}.

{why}
"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{below}"
branch_labels = None
depends_on = None
{declared}

def upgrade() -> None:
{up}


def downgrade() -> None:
{down}
'''


def on_postgres(*statements: str) -> str:
    """Return SQL statements that are run on PostgreSQL only."""
    lines = "\n".join(f"    op.execute({quoted(one)})" for one in statements)
    return f"{ON_POSTGRES}\n{lines}"


def quoted(text: str) -> str:
    """Return a text as it is written in the files."""
    return repr(text) if '"' in text else f'"{text}"'


def in_autocommit(*calls: str) -> str:
    """Return calls in a block outside of the revision's transaction."""
    return f"{AUTOCOMMIT}\n" + textwrap.indent("\n".join(calls), "    ")


@dataclass(frozen=True)
class Edit:
    """Lines of the file, the first counted as 1, and what takes their place."""

    first: int
    last: int
    text: str


@dataclass
class Following:
    """What a revision behind the fixed one does, and how it is undone."""

    title: str
    why: str
    up: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """The repair of one revision. Rules that it takes care of are in `fixed`."""

    reviewed: Reviewed
    convention: Mapping[str, object] = field(default_factory=dict)
    """How the project's metadata makes the names of constraints."""
    edits: list[Edit] = field(default_factory=list)
    concurrent: Following = field(
        default_factory=lambda: Following(
            "Build indexes without stopping writers",
            "Safe while the old code runs: nothing is locked. An interrupted run can be repeated.",
        )
    )
    later: Following = field(
        default_factory=lambda: Following(
            "Validate what the last revision added",
            "Safe while the old code runs: the rows are read while writes go on.",
        )
    )
    fixed: list[tuple[str, int]] = field(default_factory=list)

    def replace_call(self, site: Site, text: str) -> None:
        """Write another call in the place of this one."""
        node = site.statement
        text = textwrap.dedent(text) if text.startswith(" ") else text
        self.edits.append(Edit(node.lineno, node.end_lineno or 0, " " * node.col_offset + text))

    def replace_whole(self, site: Site, text: str) -> None:
        """Write other statements in the place of a call, outside of its batch."""
        first, last = site.lines
        if (site.batch is not None and first == site.statement.lineno) and len(site.batch.body) > 1:
            self.edits.append(Edit(first, last, ""))
            first, last = (site.batch.end_lineno or last) + 1, site.batch.end_lineno or last
        self.edits.append(Edit(first, last, textwrap.indent(text, "    ")))

    def take_undoing(self, operation: str, name: str) -> str:
        """Take a statement out of downgrade(), and return it; nothing if it isn't there."""
        for site in sites_of(self.reviewed.source, "downgrade"):
            words = [node.value for node in ast.walk(site.call) if isinstance(node, ast.Constant)]
            if site.operation == operation and name in words:
                self.replace_whole(site, "")
                return site.moved(site.text(site.call))
        return ""

    def undo_first(self, text: str) -> None:
        """Write a statement at the beginning of downgrade()."""
        for node in ast.parse(self.reviewed.source).body:
            if isinstance(node, ast.FunctionDef) and node.name == "downgrade":
                line = node.body[0].lineno
                self.edits.append(Edit(line, line - 1, textwrap.indent(text, "    ")))

    def rewritten(self) -> str:
        """Return the file with all edits made."""
        lines = self.reviewed.source.split("\n")
        for edit in sorted(self.edits, key=lambda one: (one.first, one.last), reverse=True):
            lines[edit.first - 1 : edit.last] = edit.text.split("\n") if edit.text else []
        return _with_bodies("\n".join(lines))


def _with_bodies(source: str) -> str:
    """Put `pass` where every statement of a function was taken away."""
    lines = source.split("\n")
    for index, line in enumerate(lines):
        if line.startswith("def "):
            body = [one for one in lines[index + 1 :] if one.strip()]
            if not body or not body[0].startswith(" "):
                lines.insert(index + 1, "    pass")
    return "\n".join(lines)


def write(plan: Plan, *, heads: tuple[str, ...]) -> list[Path]:
    """Write the file and the revisions behind it; return what was written.

    A revision that isn't a head can't get others behind it, so then nothing is written.
    """
    reviewed = plan.reviewed
    followings = [one for one in (plan.concurrent, plan.later) if one.up]
    if not plan.edits and not followings:
        return []
    if followings and reviewed.id not in heads:
        return []
    written = [reviewed.path]
    reviewed.path.write_text(plan.rewritten(), encoding="utf-8")
    below = reviewed.id
    for following in followings:
        path, below = _write_following(plan, following, below)
        written.append(path)
    if followings:
        moved = [below if head == reviewed.id else head for head in heads]
        head_file.write(reviewed.path.parent.parent, moved)
    return written


def _write_following(plan: Plan, following: Following, below: str) -> tuple[Path, str]:
    revision = next_id(below)
    slug = re.sub(r"\W+", "_", following.title.lower()).strip("_")
    path = plan.reviewed.path.with_name(f"{revision}_{slug}.py")
    declared = 'dbops_class = "contract"\n' if "contract" in plan.reviewed.source else ""
    text = FILE.format(
        title=following.title,
        why=following.why,
        revision=revision,
        below=below,
        declared=declared,
        up=textwrap.indent("\n".join(following.up), "    "),
        down=textwrap.indent("\n".join(following.down) or "pass", "    "),
    )
    if "sa." not in text.partition("def upgrade")[2]:
        text = text.replace("import sqlalchemy as sa\n", "")
    path.write_text(text, encoding="utf-8")
    return path, revision


def next_id(revision: str) -> str:
    """Return an id that sorts behind this one: the next number, or the same with a letter."""
    if revision.isdigit():
        return str(int(revision) + 1).zfill(len(revision))
    letter = chr(ord(revision[-1]) + 1) if revision[-2:-1] == "_" else ""
    return f"{revision[:-1]}{letter}" if letter else f"{revision}_b"
