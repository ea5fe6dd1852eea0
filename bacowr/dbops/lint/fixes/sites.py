"""A place in a revision's file: the statement at a line, and what may be written there."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """A call of an operation in upgrade() or downgrade(), and the batch around it if any."""

    source: str
    statement: ast.Expr
    call: ast.Call
    batch: ast.With | None
    function: ast.FunctionDef

    @property
    def operation(self) -> str:
        """Return the name of the operation: create_index, alter_column …."""
        return self.call.func.attr if isinstance(self.call.func, ast.Attribute) else ""

    def text(self, node: ast.AST) -> str:
        """Return a node as it is written."""
        return ast.get_source_segment(self.source, node) or ""

    def argument(self, position: int, name: str) -> ast.expr | None:
        """Return an argument by its place outside of a batch, or by its keyword.

        In a batch the table is left out, so everything behind it moves up by one; asking there
        for the table returns the batch's own.
        """
        for keyword in self.call.keywords:
            if keyword.arg == name:
                return keyword.value
        if self.batch is not None:
            if name in {"table_name", "source_table"}:
                return self.batch_call.args[0] if self.batch_call.args else None
            position -= 1 if position > self.place_of_table else 0
        return self.call.args[position] if position < len(self.call.args) else None

    @property
    def place_of_table(self) -> int:
        """Return where the table stands among the arguments."""
        return 0 if self.operation in {"add_column", "alter_column", "drop_column"} else 1

    @property
    def batch_call(self) -> ast.Call:
        """Return the call of batch_alter_table."""
        call = self.batch.items[0].context_expr if self.batch else None
        return call if isinstance(call, ast.Call) else self.call

    def constant(self, position: int, name: str) -> str:
        """Return an argument that is a text, looking into op.f(); nothing if it isn't one."""
        node = self.argument(position, name)
        if isinstance(node, ast.Call) and node.args:
            node = node.args[0]
        text = node.value if isinstance(node, ast.Constant) else None
        return text if isinstance(text, str) else ""

    def keyword(self, name: str) -> ast.keyword | None:
        """Return a keyword of the call, None if it isn't given."""
        return next((one for one in self.call.keywords if one.arg == name), None)

    def with_keywords(self, **words: str) -> str:
        """Return the call with further keywords, those that are there already left as they are."""
        added = [f"{name}={value}" for name, value in words.items() if not self.keyword(name)]
        return add_arguments(self.text(self.call), added)

    def moved(self, call: str) -> str:
        """Return a call in a batch of its own if it needs one, for another place."""
        call = textwrap.dedent(" " * self.statement.col_offset + call)
        if self.batch is None:
            return call
        item = self.batch.items[0]
        name = self.text(item.optional_vars) if item.optional_vars else "batch_op"
        header = f"with {self.text(item.context_expr)} as {name}:"
        return f"{header}\n{textwrap.indent(call, '    ')}"

    @property
    def lines(self) -> tuple[int, int]:
        """Return the lines to take out with the statement: its batch, if it is all of it."""
        node: ast.stmt = self.statement
        if self.batch is not None and len(self.batch.body) == 1:
            node = self.batch
        return node.lineno, node.end_lineno or node.lineno


def add_arguments(call: str, added: list[str]) -> str:
    """Return the text of a call with arguments put in before its last parenthesis."""
    if not added:
        return call
    head = call[:-1].rstrip()
    comma = "" if head.endswith((",", "(")) else ","
    if "\n" not in call or not call[:-1].endswith((" ", "\n")):
        return f"{head}{comma} {', '.join(added)})".replace("( ", "(")
    last = call[:-1].rpartition("\n")[2]
    lines = "".join(f"\n{last}    {one}," for one in added)
    return f"{head}{comma}{lines}\n{last})"


def find_site(source: str, line: int, function: str = "upgrade") -> Site | None:
    """Return the operation that is called at a line, None if it is no plain call."""
    for one in sites_of(source, function):
        if one.statement.lineno <= line <= (one.statement.end_lineno or 0):
            return one
    return None


def sites_of(source: str, function: str) -> list[Site]:
    """Return the operations that a function calls, those inside conditions left out."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return _sites(source, node.body, node, None)
    return []


def _sites(
    source: str, body: list[ast.stmt], function: ast.FunctionDef, batch: ast.With | None
) -> list[Site]:
    found = []
    for node in body:
        if isinstance(node, ast.With) and batch is None and "batch_alter_table" in ast.dump(node):
            found += _sites(source, node.body, function, node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found.append(Site(source, node, node.value, batch, function))
    return found
