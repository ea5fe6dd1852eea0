"""What a revision's file and its way back say: P-07 to P-09, P-13 and P-14."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.lint.sql.statements import Act, Verb
from bacowr.dbops.report import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bacowr.dbops.lint.recording import Recording
    from bacowr.dbops.lint.revisions import Reviewed
    from bacowr.dbops.lint.schema import Schema
    from bacowr.dbops.lint.steps import Step

OWN_PACKAGE = __name__.rpartition(".lint.")[0]
PASSING = {Verb.SET, Verb.RESET, Verb.SELECT, Verb.ANALYZE, Verb.VACUUM, Verb.REINDEX}
PASSING |= {Verb.REFRESH, Verb.CLUSTER, Verb.COMMENT, Verb.LOCK}
ROW_CHANGES = {Verb.INSERT, Verb.UPDATE, Verb.DELETE}


@dataclass(frozen=True)
class Ways:
    """A revision's way up and its way back, as they were recorded."""

    reviewed: Reviewed
    up: Recording
    down: Recording


@dataclass(frozen=True)
class Place:
    """A finding and the line of the file it belongs to."""

    line: int
    finding: Finding


def _place(
    ways: Ways, line: int, code: str, words: tuple[str, str], level: Level = Level.ERROR
) -> Place:
    return Place(line, Finding(code, words[0], ways.reviewed.at(line), words[1], level))


def judge_imports(ways: Ways) -> Iterator[Place]:
    """P-07: a revision that imports the application changes its meaning with it."""
    root = _project_root(ways.reviewed.path)
    for node in ast.walk(ast.parse(ways.reviewed.source)):
        for name in _imported(node):
            if not name.startswith(OWN_PACKAGE) and _lies_in(root, name.partition(".")[0]):
                message = f"It imports {name}: the models move on, and the revision with them."
                remedy = "Declare what it needs of the tables with sa.table() and sa.column()."
                yield _place(ways, getattr(node, "lineno", 0), "P-07", (message, remedy))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def _project_root(path: Path) -> Path:
    return path.resolve().parent.parent.parent


def _lies_in(root: Path, package: str) -> bool:
    """Tell whether a package is part of the project, and not something that was installed."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return False
    origin = Path(spec.origin).resolve() if spec and spec.origin else None
    return origin is not None and root in origin.parents and "site-packages" not in origin.parts


def judge_downgrade(ways: Ways) -> Iterator[Place]:
    """P-08: there is a way back, or a reason why there is none."""
    done = [step.statement for step in ways.up.steps if step.statement.verb not in PASSING]
    done = [one for one in done if not _only_validates(one.actions)]
    function = _function(ways.reviewed.source, "downgrade")
    if not done or (function is not None and not _is_empty(function)):
        return
    line = function.lineno if function else 0
    only_rows = all(one.verb in ROW_CHANGES for one in done)
    message = "The downgrade does nothing, so the way back leaves what the upgrade did."
    if function is not None and any(isinstance(one, ast.Raise) for one in function.body):
        message = "The downgrade refuses without saying why."
    remedy = "Undo what the upgrade does, or raise an error that gives the reason."
    level = Level.WARNING if only_rows else Level.ERROR
    yield _place(ways, line, "P-08", (message, remedy), level)


def _only_validates(actions: tuple[object, ...]) -> bool:
    return bool(actions) and all(getattr(one, "act", None) is Act.VALIDATE for one in actions)


def _function(source: str, name: str) -> ast.FunctionDef | None:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    return None


def _is_empty(function: ast.FunctionDef) -> bool:
    """Tell whether a function does nothing, or raises an error without words."""
    body = [node for node in function.body if not _is_text(node)]
    if not body or all(isinstance(node, ast.Pass | ast.Return) for node in body):
        return True
    first = body[0]
    if not isinstance(first, ast.Raise):
        return False
    words = [one for one in ast.walk(first) if isinstance(one, ast.Constant | ast.JoinedStr)]
    return not words


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def judge_losses(ways: Ways) -> Iterator[Place]:
    """P-09: the way back takes no more than the upgrade brought."""
    tables, columns = _brought(ways.up.steps)
    for step in ways.down.steps:
        lost = list(_lost(step, tables, columns))
        for name in lost:
            message = f"The downgrade loses the data of {name}, which the upgrade didn't bring."
            remedy = "Keep it, or raise an error that says why there is no way back."
            yield _place(ways, step.line, "P-09", (message, remedy))


def _brought(steps: list[Step]) -> tuple[set[str], set[tuple[str, str]]]:
    """Return the tables and the columns that are there because of these steps."""
    tables: set[str] = set()
    columns: set[tuple[str, str]] = set()
    for step in steps:
        statement = step.statement
        if statement.verb is Verb.CREATE_TABLE:
            tables.add(statement.table)
        for action in statement.actions:
            if action.act is Act.ADD_COLUMN:
                columns.add((statement.table, action.column))
    return tables, columns


def _lost(step: Step, tables: set[str], columns: set[tuple[str, str]]) -> Iterator[str]:
    statement = step.statement
    if statement.verb in {Verb.DROP_TABLE, Verb.TRUNCATE}:
        yield from (table for table in statement.tables if table not in tables)
    everything = statement.verb is Verb.DELETE and "WHERE" not in statement.words
    if everything and statement.table not in tables:
        yield statement.table
    for action in statement.actions:
        known = (statement.table, action.column) in columns or statement.table in tables
        if action.act is Act.DROP_COLUMN and not known:
            yield f"{statement.table}.{action.column}"


def judge_models(ways: Ways, models: Mapping[str, object]) -> Iterator[Place]:
    """P-13: what the application still maps isn't dropped by the release that maps it."""
    for step in ways.up.steps:
        statement = step.statement
        gone = list(statement.tables) if statement.verb is Verb.DROP_TABLE else []
        gone += [
            f"{statement.table}.{action.column}"
            for action in statement.actions
            if action.act is Act.DROP_COLUMN
        ]
        for name in gone:
            table, _, column = name.partition(".")
            mapped = models.get(table)
            if mapped is not None and (not column or column in getattr(mapped, "columns", ())):
                message = f"{name} is dropped while the application's models still have it."
                remedy = "Take it out of the models, deploy, and drop it in a later release."
                yield _place(ways, step.line, "P-13", (message, remedy))


def judge_drops(ways: Ways, schema: Schema) -> Iterator[Place]:
    """P-14: a revision that drops every table was made without the models."""
    drops = [step for step in ways.up.steps if step.statement.verb is Verb.DROP_TABLE]
    dropped = {table for step in drops for table in step.statement.tables}
    remedy = "Import the models where the application is made, and write the revision anew."
    if dropped and dropped >= schema.tables.keys() and schema.tables:
        message = "It drops every table there is: the models weren't imported when it was made."
        yield _place(ways, drops[0].line, "P-14", (message, remedy))
    for step in drops:
        for table in step.statement.tables:
            rows = schema.table(table).rows
            if rows:
                message = f"It drops {table}, which has about {rows:,} rows in this database."
                keep = "Make sure nobody needs them; then allow it with the reason."
                yield _place(ways, step.line, "P-14", (message, keep))
