"""Constraints in a table's text: how they are found, and what they depend on."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final

from bacowr.dbops.sqlite.create_table import Clause, ClauseKind, CreateTable
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse
from bacowr.dbops.sqlite.tokens import fold, mentions, normalized, same_name, significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bacowr.dbops.sqlite.edits import DropConstraint
    from bacowr.dbops.sqlite.tokens import Token

_KEYS: Final = frozenset({ClauseKind.PRIMARY_KEY, ClauseKind.UNIQUE, ClauseKind.FOREIGN_KEY})


def constraint_of(definition: str) -> tuple[Clause, ...]:
    """Read the definition of a table constraint."""
    return parse(f"CREATE TABLE t (c, {definition})").constraints


def find_constraint(table: CreateTable, edit: DropConstraint) -> Clause | None:
    """Return the constraint that the edit means: by name, else by meaning if unnamed."""
    for clause in table.clauses():
        if edit.name and clause.name and same_name(clause.name, edit.name):
            return clause
    if edit.definition is None:
        return None
    wanted = meaning(constraint_of(edit.definition)[0], None)
    for clause, column in _with_column(table):
        if clause.name is None and meaning(clause, column) == wanted:
            return clause
    return None


def meaning(clause: Clause, column: str | None) -> tuple[object, ...]:
    """Return what a constraint does, whatever its name, spelling or place."""
    columns = clause.columns or ((column,) if column and clause.kind in _KEYS else ())
    body = _stripped(clause.body) if clause.kind is ClauseKind.CHECK else ""
    parent = fold(clause.parent) if clause.parent else None
    keys = tuple(map(fold, clause.parent_columns))
    return clause.kind, tuple(map(fold, columns)), body, parent, keys


def _with_column(table: CreateTable) -> list[tuple[Clause, str | None]]:
    inline = [(clause, column.name) for column in table.columns for clause in column.clauses]
    return [*inline, *((clause, None) for clause in table.constraints)]


def _stripped(expression: str) -> str:
    """Return an expression's normal form without parentheses around the whole."""
    tokens = significant(expression)
    text = normalized(expression)
    while tokens and tokens[0].is_operator("(") and _encloses(tokens):
        tokens = tokens[1:-1]
        text = text[2:-2]
    return text


def _encloses(tokens: Sequence[Token]) -> bool:
    """Tell whether the first parenthesis is closed by the last token."""
    depth = list(accumulate(t.is_operator("(") - t.is_operator(")") for t in tokens))
    return 0 not in depth[:-1]


def lost_with(table: CreateTable, name: str) -> tuple[Clause, ...]:
    """Return what cannot outlive a column: its keys, and the checks of nothing else.

    Raises RefusedChange if a CHECK speaks of other columns, too.
    """
    column = table.column(name)
    lost: list[Clause] = []
    for clause in table.clauses():
        is_check = clause.kind is ClauseKind.CHECK and mentions(clause.body, name)
        if clause.kind is ClauseKind.CHECK and (is_check or clause in column.clauses):
            _refuse_shared_check(table, clause, column.name)
        is_key = clause.kind in _KEYS and fold(name) in map(fold, clause.columns)
        if (is_key or is_check) and clause not in column.clauses:
            lost.append(clause)
    return tuple(lost)


def _refuse_shared_check(table: CreateTable, clause: Clause, name: str) -> None:
    """Refuse to lose a CHECK that speaks of other columns, too."""
    others = [
        column.name
        for column in table.columns
        if not same_name(column.name, name) and mentions(clause.body, column.name)
    ]
    if clause.kind is ClauseKind.CHECK and others:
        raise RefusedChange(
            f"Column {name!r} of {table.name!r} cannot be dropped: the CHECK "
            f"{clause.name or clause.body!r} names it together with {', '.join(others)}. "
            "Drop or replace that CHECK first."
        )
