"""What a revision means to code that doesn't know it: declared in its file, or read off it.

An *expand* revision leaves older code working, a *contract* one may break it, and a *data* one
changes rows only. A file declares itself by `dbops_class = "expand"` (and a data revision that
older code can live with by `dbops_compatible = True`); else its `upgrade` is read, never run.
Whatever isn't understood counts as contract.
"""

from __future__ import annotations

import ast
from enum import StrEnum
from typing import TYPE_CHECKING

from bacowr.dbops.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType


class RevisionClass(StrEnum):
    """What a revision does to code that doesn't know it."""

    EXPAND = "expand"
    CONTRACT = "contract"
    DATA = "data"


ADDING = {"create_table", "create_table_comment", "f", "batch_alter_table"}
ADDING |= {"get_context", "autocommit_block", "get_bind"}
VALUES = {"sa", "sqlalchemy", "postgresql", "sqlite", "mysql", "func", "text", "column", "table"}
DATA_WORDS = ("update ", "insert ", "delete ")


def declared_class(module: ModuleType) -> RevisionClass | None:
    """Return the class that a revision's file declares; refuse a word that is none."""
    word = getattr(module, "dbops_class", None)
    if word is None:
        return None
    try:
        return RevisionClass(word)
    except ValueError:
        raise refuse(
            "class",
            f"dbops_class = {word!r} is none of expand, contract and data.",
            where=str(module.__file__),
            remedy="Correct the word in the revision's file.",
        ) from None


def infer_class(source: str) -> RevisionClass:
    """Return the class of a revision by the operations its `upgrade` names."""
    try:
        body = _find_upgrade(ast.parse(source))
    except SyntaxError:
        body = None
    if body is None:
        return RevisionClass.CONTRACT
    calls = tuple(_calls(body))
    created = {_text(call.args[0]) for call in _named(calls, "create_table") if call.args}
    fresh = _on_fresh_tables(body, created) if created else set()
    kinds = {_judge(call, created) for call in calls if call not in fresh} - {None}
    if RevisionClass.CONTRACT in kinds:
        return RevisionClass.CONTRACT
    if RevisionClass.DATA in kinds:
        return RevisionClass.DATA if kinds == {RevisionClass.DATA} else RevisionClass.CONTRACT
    return RevisionClass.EXPAND


def _find_upgrade(tree: ast.Module) -> ast.FunctionDef | None:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade":
            return node
    return None


def _on_fresh_tables(body: ast.FunctionDef, created: set[str | None]) -> set[ast.Call]:
    """Return the indexes put in a batch on a table that the revision itself has made."""
    return {
        call
        for batch in ast.walk(body)
        if isinstance(batch, ast.With)
        for opened in _operations(batch.items[0].context_expr, "batch_alter_table")
        if opened.args and _text(opened.args[0]) in created
        for call in _operations(batch, "create_index")
    }


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (child for child in ast.walk(node) if isinstance(child, ast.Call))


def _operations(node: ast.AST, name: str) -> Iterator[ast.Call]:
    return _named(_calls(node), name)


def _named(calls: Iterable[ast.Call], name: str) -> Iterator[ast.Call]:
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == name:
            yield call


def _root(node: ast.expr) -> str:
    """Return the name an attribute chain hangs on, looking through calls in between."""
    while isinstance(node, (ast.Attribute, ast.Call)):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def _judge(call: ast.Call, created: set[str | None]) -> RevisionClass | None:
    """Return what one call makes of its revision, None for a mere value."""
    root = _root(call.func)
    if root in VALUES:
        return None
    if not isinstance(call.func, ast.Attribute) or root not in {"op", "batch_op"}:
        return RevisionClass.CONTRACT
    name = call.func.attr
    if name in ADDING:
        return None
    judges: dict[str, Callable[[ast.Call], RevisionClass]] = {
        "add_column": _judge_column,
        "create_index": lambda one: _judge_index(one, created, batch=root == "batch_op"),
        "execute": _judge_statement,
        "bulk_insert": lambda _: RevisionClass.DATA,
    }
    return judges[name](call) if name in judges else RevisionClass.CONTRACT


def _judge_column(call: ast.Call) -> RevisionClass:
    """A column old code doesn't fill must be nullable or have a default of the server's."""
    columns = [one for one in _operations(call, "Column") if one is not call]
    if len(columns) != 1:
        return RevisionClass.CONTRACT
    words = {word.arg: word.value for word in columns[0].keywords}
    if None in words or words.keys() & {"unique", "primary_key"}:
        return RevisionClass.CONTRACT
    constraints = list(_operations(columns[0], "CheckConstraint"))
    filled = "server_default" in words or _text(words.get("nullable")) != "False"
    return RevisionClass.EXPAND if filled and not constraints else RevisionClass.CONTRACT


def _judge_index(call: ast.Call, created: set[str | None], *, batch: bool) -> RevisionClass:
    """A unique index refuses rows that old code may write, unless the table is as new as it."""
    words = {word.arg: word.value for word in call.keywords}
    if None in words:
        return RevisionClass.CONTRACT
    if _text(words.get("unique")) in {None, "False"}:
        return RevisionClass.EXPAND
    fresh = not batch and len(call.args) > 1 and _text(call.args[1]) in created
    return RevisionClass.EXPAND if fresh else RevisionClass.CONTRACT


def _judge_statement(call: ast.Call) -> RevisionClass:
    """Only a literal statement that begins as a change of rows counts as data."""
    words = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
    if len(words) == 1 and isinstance(words[0], str):
        single = ";" not in words[0].strip().rstrip(";")
        if single and words[0].strip().lower().startswith(DATA_WORDS):
            return RevisionClass.DATA
    return RevisionClass.CONTRACT


def _text(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Constant):
        return repr(node.value)
    return None if node is None else ast.unparse(node)
