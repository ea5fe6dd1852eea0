"""One revision's file out of many: every part keeps its own text, the oldest first."""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bacowr.dbops.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bacowr.dbops.reshaping.texts import RevisionText

WAYS = ("upgrade", "downgrade")
HEADER = frozenset(
    {
        *("revision", "down_revision", "branch_labels", "depends_on"),
        *("dbops_class", "dbops_compatible", "dbops_squashed"),
    }
)


@dataclass(frozen=True)
class Part:
    """One revision on its way into the common file."""

    text: RevisionText
    is_wrapped: bool = False
    """Whether its names would collide with another part's, so that it stands in a function."""

    @property
    def name(self) -> str:
        """Return what its functions are called after."""
        return re.sub(r"\W", "_", self.text.id)

    @property
    def imports(self) -> list[ast.Import | ast.ImportFrom]:
        """Return the imports at the margin."""
        return [one for one in self.text.tree.body if isinstance(one, (ast.Import, ast.ImportFrom))]

    @cached_property
    def rest(self) -> list[ast.stmt]:
        """Return what the file holds beside its docstring, imports, header and two functions."""
        return [one for one in self.text.tree.body if not self._is_known(one)]

    def _is_known(self, node: ast.stmt) -> bool:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return True
        if isinstance(node, ast.FunctionDef):
            return node.name in WAYS
        if isinstance(node, ast.Expr):
            return isinstance(node.value, ast.Constant)
        return isinstance(node, (ast.Assign, ast.AnnAssign)) and bound_by([node]) <= HEADER

    def way(self, name: str) -> ast.FunctionDef | None:
        """Return its upgrade or downgrade."""
        for node in self.text.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return node
        return None

    @property
    def refers_to_itself(self) -> bool:
        """Tell whether it names its own header or functions, which bear other names then."""
        used = {
            one.id
            for one in ast.walk(self.text.tree)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
        }
        return bool(used & {*HEADER, *WAYS})

    def lines(self) -> str:
        """Return its place in the common file."""
        pieces = [self._source(one) for one in self.rest]
        if self.is_wrapped:
            header = [one for one in self.text.tree.body if bound_by([one]) & HEADER]
            pieces = [*map(self._source, header), *pieces]
        pieces += [self._way_source(name) for name in WAYS]
        if not self.is_wrapped:
            return "\n\n\n".join(pieces)
        inside = indented("\n\n".join([*pieces, "return upgrade, downgrade"]))
        names = ", ".join(f"_{way}_{self.name}" for way in WAYS)
        return f"def _revision_{self.name}():\n{inside}\n\n\n{names} = _revision_{self.name}()"

    def _way_source(self, name: str) -> str:
        node = self.way(name)
        called = name if self.is_wrapped else f"_{name}_{self.name}"
        if node is None:
            said = f"{self.text.id} has no {name}()."
            return f'def {called}() -> None:\n    raise NotImplementedError("{said}")'
        source = self._source(node)
        return re.sub(rf"^def {name}\b", f"def {called}", source, count=1, flags=re.MULTILINE)

    def _source(self, node: ast.stmt) -> str:
        """Return a statement's lines, with its decorators and the comments right above it."""
        lines = self.text.source.split("\n")
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]) - 1
        while first and lines[first - 1].startswith("#"):
            first -= 1
        return "\n".join(lines[first : node.end_lineno])


def bound_by(nodes: Iterable[ast.stmt]) -> set[str]:
    """Return the names that statements give at the margin."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
            continue
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                found.add(one.id)
            elif isinstance(one, ast.alias):
                found.add(one.asname or one.name.partition(".")[0])
    return found


def indented(source: str) -> str:
    """Return source four blanks further in; the lines inside of a long text stay as they are."""
    kept: set[int] = set()
    begun: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source + "\n").readline):
        kind = tokenize.tok_name[token.type]
        if kind == "STRING":
            kept |= set(range(token.start[0] + 1, token.end[0] + 1))
        elif kind == "FSTRING_START":
            begun.append(token.start[0])
        elif kind == "FSTRING_END":
            kept |= set(range(begun.pop() + 1, token.end[0] + 1))
    lines = source.split("\n")
    return "\n".join(
        line if number in kept or not line.strip() else f"    {line}"
        for number, line in enumerate(lines, 1)
    )


def compose(texts: Iterable[RevisionText]) -> tuple[str, str]:
    """Return the imports of a common file, and its functions, `upgrade` and `downgrade` the last.

    Raises Refused, naming the file, for what can't stand beside the others.
    """
    parts = [Part(text) for text in texts]
    shared = _shared_names(parts)
    for part in parts:
        _refuse_odd(part)
    parts = [
        Part(one.text, is_wrapped=bool(bound_by(one.rest) & shared) or one.refers_to_itself)
        for one in parts
    ]
    blocks = [part.lines() for part in parts]
    blocks.append(_caller("upgrade", "Do what each of them did, the oldest first.", parts))
    blocks.append(_caller("downgrade", "Undo them, the newest first.", parts[::-1]))
    return "\n".join(_imports(parts)), "\n\n\n".join(blocks)


def _shared_names(parts: list[Part]) -> set[str]:
    """Return the names that more than one part gives, or that a part and an import give."""
    seen = bound_by(one for part in parts for one in part.imports)
    shared: set[str] = set()
    for part in parts:
        names = bound_by(part.rest)
        shared |= names & seen
        seen |= names
    return shared


def _refuse_odd(part: Part) -> None:
    if any(isinstance(one, (ast.Global, ast.Nonlocal)) for one in ast.walk(part.text.tree)):
        raise refuse(
            "squash-global",
            f"{part.text.path.name} changes names of its module by `global`, which it would share "
            "with the others. No file was changed.",
            where=str(part.text.path),
            remedy="Pass the value on instead, or leave the revision out of the range.",
        )


def _caller(name: str, says: str, parts: Iterable[Part]) -> str:
    calls = "\n".join(f"    _{name}_{part.name}()" for part in parts)
    return f'def {name}() -> None:\n    """{says}"""\n{calls}'


def _imports(parts: list[Part]) -> Iterator[str]:
    """Give each import once: the future's, the standard library's, the others'."""
    given: dict[str, tuple[str, str]] = {}
    groups: dict[int, set[str]] = {0: set(), 1: set(), 2: set()}
    for part in parts:
        for node in part.imports:
            source = ast.unparse(node)
            _refuse_other(given, node, source, part)
            module = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
            top = module.partition(".")[0]
            group = 0 if top == "__future__" else 1 if top in sys.stdlib_module_names else 2
            groups[group].add(source)
    blocks = ["\n".join(sorted(one, key=_import_key)) for one in groups.values() if one]
    yield "\n\n".join(blocks)


def _import_key(source: str) -> tuple[bool, str]:
    return source.startswith("from"), source


def _refuse_other(
    given: dict[str, tuple[str, str]],
    node: ast.Import | ast.ImportFrom,
    source: str,
    part: Part,
) -> None:
    """Refuse one name for two things."""
    module = node.module if isinstance(node, ast.ImportFrom) else ""
    for alias in node.names:
        name = alias.asname or alias.name.partition(".")[0]
        what = f"{module}:{alias.name if alias.asname or module else name}"
        before, where = given.setdefault(name, (what, part.text.path.name))
        if before != what:
            raise refuse(
                "squash-import",
                f"{name} is one thing in {where} and another in {part.text.path.name} ({source}). "
                "No file was changed.",
                where=str(part.text.path),
                remedy="Import one of them under another name, or leave the revision out.",
            )
