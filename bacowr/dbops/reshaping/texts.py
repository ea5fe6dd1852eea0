"""A revision's file as text: its id and its parents, read and rewritten without running it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.errors import refuse
from bacowr.dbops.squashed import squashed_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alembic.script import ScriptDirectory

NUMBER = re.compile(r"\d{1,6}")
CREATED = re.compile(r"^Create Date:\s*(\S.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class RevisionText:
    """One revision's file."""

    path: Path
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return the file's tree; raises SyntaxError when it isn't Python."""
        return ast.parse(self.source, str(self.path))

    @cached_property
    def values(self) -> Mapping[str, ast.expr]:
        """Return what stands behind the names that the file assigns at its margin."""
        found: dict[str, ast.expr] = {}
        for node in self.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else ()
            targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
            value = getattr(node, "value", None)
            names = [one.id for one in targets if isinstance(one, ast.Name)]
            found |= {name: value for name in names if value is not None}
        return found

    @property
    def id(self) -> str:
        """Return the id that the file gives itself."""
        return (*self._words("revision"), "")[0]

    @property
    def parents(self) -> tuple[str, ...]:
        """Return what its down_revision names."""
        return self._words("down_revision")

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Return what else must come before it."""
        return self._words("depends_on")

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the names of the branch that begins with it."""
        return self._words("branch_labels")

    @property
    def title(self) -> str:
        """Return the first line of the docstring."""
        return (ast.get_docstring(self.tree) or "").strip().split("\n", maxsplit=1)[0]

    @property
    def created(self) -> str:
        """Return the moment at which it was written, as Alembic's template tells it, or ""."""
        found = CREATED.search(ast.get_docstring(self.tree) or "")
        return found[1] if found else ""

    @property
    def squashed(self) -> tuple[str, ...]:
        """Return the revisions that it was squashed from."""
        return squashed_ids(self.source)

    def _words(self, name: str) -> tuple[str, ...]:
        node = self.values.get(name)
        try:
            value = None if node is None else ast.literal_eval(node)
        except ValueError:
            raise refuse(
                "revision-unreadable",
                f"What {name} is can't be read without running the file. Nothing was changed.",
                where=str(self.path),
                remedy=f"Write {name} as plain text.",
            ) from None
        if not value:
            return ()
        return (value,) if isinstance(value, str) else tuple(value)

    def rewritten(
        self, revision: str, parents: tuple[str, ...], depends_on: tuple[str, ...] = ()
    ) -> str:
        """Return the file's text with another id and other parents, in its docstring too."""
        edits = [_edit(self.values["revision"], (revision,), self.source)]
        edits.append(_edit(self.values["down_revision"], parents, self.source))
        if "depends_on" in self.values and depends_on != self.depends_on:
            edits.append(_edit(self.values["depends_on"], depends_on, self.source))
        text = self.source.encode()
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new.encode() + text[end:]
        return _with_docstring(text.decode(), revision, parents)


def _edit(node: ast.expr, words: tuple[str, ...], source: str) -> tuple[int, int, str]:
    """Return where a value stands, counted in bytes, and what takes its place."""
    lines = source.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    start = starts[node.lineno - 1] + node.col_offset
    end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
    mark = '"' if b'"' in lines[node.lineno - 1] or b"'" not in lines[node.lineno - 1] else "'"
    return start, end, quoted(words, mark)


def quoted(words: tuple[str, ...], mark: str = '"') -> str:
    """Return ids as a revision's file names them: one, several in parentheses, or None."""
    told = ", ".join(f"{mark}{word}{mark}" for word in words)
    if len(words) == 1:
        return told
    return f"({told})" if words else "None"


def _with_docstring(source: str, revision: str, parents: tuple[str, ...]) -> str:
    """Correct the two lines that Alembic's template writes into a docstring."""
    tree = ast.parse(source)
    if not tree.body or ast.get_docstring(tree) is None:
        return source
    lines = source.split("\n")
    last = tree.body[0].end_lineno or 1
    for number, line in enumerate(lines[:last]):
        if line.startswith("Revision ID:"):
            lines[number] = f"Revision ID: {revision}"
        elif line.startswith("Revises:"):
            lines[number] = f"Revises: {', '.join(parents)}".rstrip()
    return "\n".join(lines)


def read_texts(directory: ScriptDirectory) -> tuple[RevisionText, ...]:
    """Return all revisions of a history, two that bear the same id among them."""
    found = []
    for folder in directory._version_locations:  # noqa: SLF001 - `versions` knows only one.
        pattern = "**/*.py" if directory.recursive_version_locations else "*.py"
        for path in sorted(Path(folder).glob(pattern)):
            text = RevisionText(path, path.read_text("utf-8"))
            if text.id:
                found.append(text)
    return tuple(found)


def heads_among(texts: Iterable[RevisionText]) -> tuple[RevisionText, ...]:
    """Return the revisions that no other of them stands on."""
    texts = tuple(texts)
    below = {parent for one in texts for parent in (*one.parents, *one.depends_on)}
    return tuple(one for one in texts if one.id not in below)


def named(texts: Iterable[RevisionText], ids: Iterable[str]) -> list[RevisionText]:
    """Return the revisions that bear one of the ids."""
    wanted = set(ids)
    return [one for one in texts if one.id in wanted]


def below(
    texts: tuple[RevisionText, ...], tops: Iterable[RevisionText]
) -> tuple[RevisionText, ...]:
    """Return revisions and all that they stand on."""
    waiting = list(tops)
    found = {one.path: one for one in waiting}
    while waiting:
        one = waiting.pop()
        for text in named(texts, (*one.parents, *one.depends_on)):
            if text.path not in found:
                found[text.path] = text
                waiting.append(text)
    return tuple(found.values())


def in_order(texts: Iterable[RevisionText]) -> tuple[RevisionText, ...]:
    """Return revisions with parents before children, else by their files' names.

    Raises Refused where they stand on each other in a circle.
    """
    waiting = sorted(texts, key=lambda one: (one.created, one.path.name))
    order: list[RevisionText] = []
    while waiting:
        open_ids = {one.id for one in waiting}
        ready = [one for one in waiting if not open_ids & {*one.parents, *one.depends_on}]
        if not ready:
            raise refuse(
                "cycle",
                f"{', '.join(sorted(open_ids))} stand on each other in a circle.",
                remedy="Correct down_revision in one of their files.",
            )
        order.append(ready[0])
        waiting.remove(ready[0])
    return tuple(order)
