"""The house's rules, each as a check with a message that teaches."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from bacowr.accounts.permissions import GRANTED, Permission
from bacowr.base.db import Model
from bacowr.gate.guard import PUBLIC, declared
from docs import generate

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*sorted((ROOT / "bacowr").rglob("*.py")), ROOT / "config.py", ROOT / "wsgi.py"]
REVISIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 300, 50
COMMITTERS = (ROOT / "bacowr" / "base" / "db.py", ROOT / "bacowr" / "dbops")
FORBIDDEN_NAMES = {"core", "common", "utils", "helpers"}


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def where(path: Path, line: int | None = None) -> str:
    return f"{path.relative_to(ROOT)}" + (f":{line}" if line else "")


def test_files_stay_small() -> None:
    lengths = {where(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    long = {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}
    assert not long, f"Split these at their natural seam (≤ {LONGEST_FILE} lines): {long}"


def test_functions_stay_small() -> None:
    long = [
        f"{where(path, node.lineno)} {node.name}"
        for path in SOURCES
        for node in functions(path)
        if node.end_lineno and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long, f"Name the parts of these (≤ {LONGEST_FUNCTION} lines): {long}"


def test_imports_stand_at_the_top() -> None:
    late = [
        where(path, inner.lineno)
        for path in SOURCES
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not late, f"A late import hides a knot between rooms; untie it: {late}"


def test_no_room_is_a_drawer_for_everything() -> None:
    drawers = [where(path) for path in SOURCES if set(path.with_suffix("").parts) & FORBIDDEN_NAMES]
    assert not drawers, f"Find the noun that this is about: {drawers}"


def test_only_the_unit_of_work_commits() -> None:
    commits = [
        where(path, number)
        for path in SOURCES
        if not any(path.is_relative_to(allowed) for allowed in COMMITTERS)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\.(commit|rollback)\(", line)
    ]
    assert not commits, f"Wear @transaction instead: {commits}"


def test_every_endpoint_says_who_may(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if declared(app.view_functions[rule.endpoint]) is None
        and not rule.endpoint.endswith("static")
    ]
    assert not silent, f"Decorate with @needs(Permission.…) or @public: {silent}"


def test_every_permission_is_granted_and_used(app: Flask) -> None:
    granted = frozenset().union(*GRANTED.values())
    used = {declared(view) for view in app.view_functions.values()} - {None, PUBLIC}
    assert set(Permission) == granted, "A permission that nobody has protects nothing."
    assert set(Permission) == used, "A permission that no view needs is only a word."


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_every_command_and_option_has_help(app: Flask) -> None:
    silent = [
        f"{path} {getattr(part, 'name', '')}"
        for path, command in commands(app.cli, "flask")
        if command.callback and command.callback.__module__.startswith("bacowr.")
        for part in [*command.params, command]
        if not getattr(part, "help", None)
    ]
    assert not silent, f"Say what these do: {silent}"


def test_generated_pages_are_fresh(app: Flask) -> None:
    stale = [
        where(path)
        for path, text in generate.pages(app).items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    assert not stale, f"Run `make docs` and commit: {stale}"


def test_every_table_and_column_has_a_comment() -> None:
    silent = [table.name for table in Model.metadata.tables.values() if not table.comment]
    silent += [
        f"{table.name}.{column.name}"
        for table in Model.metadata.tables.values()
        for column in table.columns
        if not column.comment
    ]
    assert not silent, f"Say what these hold; docs/schema.md shows it: {silent}"


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: path.stem)
def test_a_revision_explains_itself_and_stands_alone(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    text = ast.get_docstring(tree) or ""
    assert re.search(r"Safe while the old code runs: \w", text), "Say why it is safe to run."
    assert "say why" not in text, "Replace the template's words."
    imported = {
        name.name if isinstance(node, ast.Import) else (node.module or "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert not {name for name in imported if name.startswith("bacowr")}, "Models move on."
    assert re.match(r"^\d{4}_[a-z0-9_]+$", path.stem), "Name it 0012_add_job_priority.py."


def test_the_head_file_names_the_newest_revision() -> None:
    head = (ROOT / "migrations" / "HEAD").read_text("utf-8").strip()
    assert head == REVISIONS[-1].stem, "Two branches that add a revision collide here, in git."
