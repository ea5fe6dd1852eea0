"""Edits of a CREATE TABLE text that leave everything but their target to the letter."""

from __future__ import annotations

from functools import singledispatch

from bacowr.dbops.sqlite.constraints import constraint_of, find_constraint, lost_with
from bacowr.dbops.sqlite.create_table import Clause, ClauseKind, Column, CreateTable, Span
from bacowr.dbops.sqlite.edits import (
    AddColumn,
    AddConstraint,
    AlterType,
    DropColumn,
    DropConstraint,
    NameConstraint,
    ReorderColumns,
    SetDefault,
    SetNullable,
    TextualEdit,
)
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse
from bacowr.dbops.sqlite.tokens import (
    TokenKind,
    mentions,
    quote,
    same_name,
    tokenize,
)


@singledispatch
def alter(edit: TextualEdit, table: CreateTable) -> CreateTable:  # noqa: ARG001 - The edits need it.
    """Return the table with the edit made in its text.

    Raises RefusedChange if the edit names what isn't there, or would break what is.
    """
    raise TypeError(f"{type(edit).__name__} is not an edit of a table's text.")


def splice(sql: str, span: Span, text: str) -> CreateTable:
    """Return the table whose text has `text` in place of the span."""
    return parse(sql[: span.start] + text + sql[span.end :])


def _is_plain(sql: str, span: Span) -> bool:
    """Tell whether a stretch of the text holds no comment."""
    return not any(
        token.kind is TokenKind.COMMENT and span.start <= token.start < span.end
        for token in tokenize(sql)
    )


def _insert(table: CreateTable, at: int, text: str) -> CreateTable:
    return splice(table.sql, Span(at, at), text)


def _without(table: CreateTable, clause: Clause) -> CreateTable:
    """Take a clause out, and the white space in front of it."""
    start = clause.span.start
    while table.sql[start - 1].isspace() and _is_plain(table.sql, Span(0, start)):
        start -= 1
    while table.sql[start - 1] in " \t":
        start -= 1
    return splice(table.sql, Span(start, clause.span.end), "")


def _type_end(column: Column) -> int:
    return max(column.type_span.end, column.name_span.end)


@alter.register
def _alter_type(edit: AlterType, table: CreateTable) -> CreateTable:
    column = table.column(edit.column)
    if column.type:
        table = splice(table.sql, column.type_span, edit.type)
    elif edit.type:
        table = _insert(table, column.name_span.end, " " + edit.type)
    if edit.collation is None:
        return table
    return _set_collation(table, edit.column, edit.collation)


def _set_collation(table: CreateTable, name: str, collation: str) -> CreateTable:
    column = table.column(name)
    clause = column.find(ClauseKind.COLLATE)
    text = f"COLLATE {quote(collation)}"
    if clause is None:
        return _insert(table, _type_end(column), " " + text)
    return table if same_name(clause.body, collation) else splice(table.sql, clause.span, text)


@alter.register
def _set_nullable(edit: SetNullable, table: CreateTable) -> CreateTable:
    unwanted = ClauseKind.NOT_NULL if edit.nullable else ClauseKind.NULL
    clause = table.column(edit.column).find(unwanted)
    while clause is not None:
        table = _without(table, clause)
        clause = table.column(edit.column).find(unwanted)
    column = table.column(edit.column)
    if edit.nullable or column.find(ClauseKind.NOT_NULL):
        return table
    default = column.find(ClauseKind.DEFAULT)
    at = default.span.end if default else _type_end(column)
    return _insert(table, at, " NOT NULL")


@alter.register
def _set_default(edit: SetDefault, table: CreateTable) -> CreateTable:
    column = table.column(edit.column)
    clause = column.find(ClauseKind.DEFAULT)
    if edit.default is None:
        return table if clause is None else _without(table, clause)
    text = f"DEFAULT {edit.default}"
    if clause is None:
        return _insert(table, _type_end(column), " " + text)
    return splice(table.sql, clause.span, text)


@alter.register
def _add_column(edit: AddColumn, table: CreateTable) -> CreateTable:
    return parse(with_column(edit, table))


def with_column(edit: AddColumn, table: CreateTable) -> str:
    """Return the table's text with a new column, where there is none of that name."""
    if table.find_column(edit.column):
        raise RefusedChange(f"Table {table.name!r} has a column {edit.column!r} already.")
    neighbor = edit.before or edit.after
    at, text = end_of_columns(table), ", " + edit.definition
    if neighbor is not None:
        span = table.column(neighbor).span
        at, text = (span.start, edit.definition + ", ") if edit.before else (span.end, text)
    return table.sql[:at] + text + table.sql[at:]


def end_of_columns(table: CreateTable) -> int:
    """Return where SQLite's own ADD COLUMN writes: before the constraints, or the `)`."""
    if not table.constraints:
        return table.close
    first = table.constraints[0]
    return first.span.start if first.comma is None else first.comma


@alter.register
def _drop_column(edit: DropColumn, table: CreateTable) -> CreateTable:
    column = table.column(edit.column)
    for other in table.columns:
        if other is not column and _is_computed_from(other, column.name):
            raise RefusedChange(
                f"Column {column.name!r} of {table.name!r} cannot be dropped: the generated "
                f"column {other.name!r} is computed from it. Drop that first."
            )
    if len(table.columns) == 1:
        raise RefusedChange(
            f"Column {column.name!r} is the only one of {table.name!r}: drop the table."
        )
    table = loosen(table, column.name)
    return _cut_column(table, table.column(edit.column))


def _is_computed_from(column: Column, name: str) -> bool:
    clause = column.find(ClauseKind.GENERATED)
    return clause is not None and mentions(clause.body, name)


def loosen(table: CreateTable, name: str) -> CreateTable:
    """Return the table without the constraints that cannot outlive the column."""
    for clause in reversed(lost_with(table, name)):
        table = without_clause(table, clause)
    return table


def _cut_column(table: CreateTable, column: Column) -> CreateTable:
    """Cut a column as SQLite's own DROP COLUMN does, unless that would eat a comment."""
    index = table.columns.index(column)
    if index < len(table.columns) - 1:
        following = table.columns[index + 1]
        span = Span(column.span.start, following.span.start)
        if _is_plain(table.sql, span):
            return splice(table.sql, span, "")
        comma = following.comma or span.end
        text = table.sql[: column.span.start] + table.sql[column.span.end : comma]
        return parse(text + table.sql[comma + 1 :])
    comma = column.comma or column.span.start
    span = Span(comma, end_of_columns(table))
    if _is_plain(table.sql, span):
        return splice(table.sql, span, "")
    kept = table.sql[:comma] + table.sql[comma + 1 : column.span.start]
    return parse(kept + table.sql[column.span.end :])


def cuts_plainly(table: CreateTable) -> bool:
    """Tell whether SQLite's own DROP COLUMN could not eat a comment, there being none."""
    return _is_plain(table.sql, Span(0, len(table.sql)))


@alter.register
def _add_constraint(edit: AddConstraint, table: CreateTable) -> CreateTable:
    (added,) = constraint_of(edit.definition)
    if added.name and any(
        clause.name and same_name(clause.name, added.name) for clause in table.clauses()
    ):
        raise RefusedChange(f"Table {table.name!r} has a constraint {added.name!r} already.")
    if added.kind is ClauseKind.PRIMARY_KEY:
        for clause in reversed(table.clauses()):
            if clause.kind is ClauseKind.PRIMARY_KEY:
                table = without_clause(table, clause)
    last = (table.constraints or table.columns)[-1]
    broken = "\n" in table.sql[: last.span.start]
    return _insert(table, last.span.end, (", \n\t" if broken else ", ") + edit.definition)


@alter.register
def _drop_constraint(edit: DropConstraint, table: CreateTable) -> CreateTable:
    clause = find_constraint(table, edit)
    if clause is not None:
        return without_clause(table, clause)
    if edit.if_exists:
        return table
    raise RefusedChange(f"No such constraint: {edit.name!r} on table {table.name!r}.")


@alter.register
def _name_constraint(edit: NameConstraint, table: CreateTable) -> CreateTable:
    clause = find_constraint(table, DropConstraint(None, None, edit.definition))
    if clause is None:
        return table
    return _insert(table, clause.span.start, f"CONSTRAINT {quote(edit.name)} ")


def without_clause(table: CreateTable, clause: Clause) -> CreateTable:
    """Take a clause or a table constraint out, with the comma in front of it."""
    if clause.comma is None:
        return _without(table, clause)
    span = Span(clause.comma, clause.span.end)
    if _is_plain(table.sql, span):
        return splice(table.sql, span, "")
    kept = table.sql[: span.start] + table.sql[span.start + 1 : clause.span.start]
    return parse(kept + table.sql[span.end :])


@alter.register
def _reorder(edit: ReorderColumns, table: CreateTable) -> CreateTable:
    """Exchange the columns' definitions; what stands between them stays where it is."""
    wanted = [table.column(name) for name in edit.columns]
    if sorted(c.span.start for c in wanted) != [c.span.start for c in table.columns]:
        raise RefusedChange(f"The new order of {table.name!r} must name each column once.")
    sql = table.sql
    for place, column in reversed(list(zip(table.columns, wanted, strict=True))):
        text = table.sql[column.span.start : column.span.end]
        sql = sql[: place.span.start] + text + sql[place.span.end :]
    return parse(sql)
