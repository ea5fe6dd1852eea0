"""What Alembic's batch loses when it copies a table: L-10 to L-15 and L-19."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from alembic.operations import ops

from bacowr.dbops.lint.sql.statements import Verb
from bacowr.dbops.lint.sqlite.sights import Sight, rule
from bacowr.dbops.report import Level
from bacowr.dbops.sqlite.create_table import ClauseKind
from bacowr.dbops.sqlite.dependents import external_contents
from bacowr.dbops.sqlite.tokens import TokenKind, fold, significant, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.sqlite.create_table import Column, CreateTable

MANY_ROWS = 1_000_000
LOSSLESS = "Use dbops' run_migrations() in env.py, which changes the stored table in place."


@rule(
    "L-10",
    "are dropped with the old table, and nothing creates them again",
    f"{LOSSLESS} Or drop the triggers and create them again in the revision.",
)
def _triggers(sight: Sight) -> Iterator[tuple[str, Level]]:
    names = ", ".join(one.name for one in sight.hanging("trigger"))
    if sight.rebuilds and names:
        yield f"Triggers of {sight.table} ({names})", Level.ERROR


@rule(
    "L-11",
    "makes the copy fail half way, since the renaming reads the whole schema",
    f"{LOSSLESS} Or drop the view before and create it again behind.",
)
def _views(sight: Sight) -> Iterator[tuple[str, Level]]:
    if sight.rebuilds:
        for one in sight.naming():
            yield f"{one.type.title()} {one.name}, which names {sight.table},", Level.ERROR


@rule(
    "L-12",
    "are deleted, cleared or in the way as soon as the old table is dropped, if foreign keys are "
    "enforced",
    f"{LOSSLESS} It switches enforcement off before BEGIN and checks before COMMIT.",
)
def _children(sight: Sight) -> Iterator[tuple[str, Level]]:
    drops = [one.tables for one in sight.change.statements if one.verb is Verb.DROP_TABLE]
    tables = [table for names in drops for table in names]
    if sight.rebuilds or isinstance(sight.operation, ops.DropTableOp):
        tables.append(sight.table)
    for table in tables:
        children = [one for one in sight.children(table) if one not in tables]
        if children:
            yield f"Rows of {', '.join(children)} that point to {table}", Level.ERROR


@rule("L-13", "is lost in the copy, which knows only what reflection sees", LOSSLESS)
def _attributes(sight: Sight) -> Iterator[tuple[str, Level]]:
    stored = sight.stored
    if sight.rebuilds and stored is not None:
        lost = [*_lost_of(stored), *_lost_of_indexes(sight)]
        for words in dict.fromkeys(lost):
            yield f"{words} of {sight.table}", Level.ERROR


def _lost_of(stored: CreateTable) -> Iterator[str]:
    """Yield what Alembic's reflection has no place for."""
    if stored.has_autoincrement:
        yield "AUTOINCREMENT with its counter"
    if any(token.kind is TokenKind.COMMENT for token in tokenize(stored.sql)):
        yield "A comment in the CREATE text"
    words = [token.text.upper() for token in significant(stored.sql)]
    if ("ON", "CONFLICT") in pairwise(words):
        yield "An ON CONFLICT clause"
    for column in stored.columns:
        yield from _lost_of_column(stored, column)
    for clause in stored.clauses():
        if clause.kind is ClauseKind.CHECK and clause.name is None:
            yield f"The unnamed CHECK ({clause.body})"


def _lost_of_column(stored: CreateTable, column: Column) -> Iterator[str]:
    if column.find(ClauseKind.COLLATE):
        yield f"COLLATE on {column.name}"
    inline = column.find(ClauseKind.FOREIGN_KEY)
    if inline and " ON " in stored.sql[inline.span.start : inline.span.end].upper():
        yield f"The action of {column.name}'s foreign key"
    if not column.type and not column.is_generated:
        yield f"Column {column.name}, which has no type,"


def _lost_of_indexes(sight: Sight) -> Iterator[str]:
    for index in sight.hanging("index"):
        tokens = significant(index.sql or "")
        words = {token.text.upper() for token in tokens}
        calls = sum(token.is_operator("(") for token in tokens) > 1
        if words & {"DESC", "COLLATE"} or (calls and "WHERE" not in words):
            yield f"The order, collation or expression of index {index.name}"


@rule(
    "L-14",
    "makes the copy fail: SQLite refuses to insert into a generated column",
    LOSSLESS,
)
def _generated(sight: Sight) -> Iterator[tuple[str, Level]]:
    columns = sight.stored.columns if sight.stored else ()
    names = [column.name for column in columns if column.is_generated]
    if sight.rebuilds and names:
        yield f"Generated column {sight.table}.{names[0]}", Level.ERROR


@rule(
    "L-15",
    "goes stale: its triggers are lost, and rowids may change",
    f"{LOSSLESS} Or re-create the triggers and run the FTS command 'rebuild'.",
)
def _search(sight: Sight) -> Iterator[tuple[str, Level]]:
    if sight.rebuilds:
        for found in external_contents(sight.change.objects, sight.table):
            yield f"Full-text table {found.name} over {sight.table}", Level.ERROR


@rule(
    "L-19",
    "takes long, needs about three times the file's room, and nobody writes meanwhile",
    "Tell people before, or choose a change that SQLite does natively.",
)
def _long(sight: Sight) -> Iterator[tuple[str, Level]]:
    rows = sight.rows.get(fold(sight.table), 0)
    copies = (ops.AlterColumnOp, ops.AddConstraintOp, ops.DropConstraintOp)
    rebuilds = sight.rebuilds or isinstance(sight.operation, copies)
    if rebuilds and rows >= MANY_ROWS:
        yield f"A copy of {sight.table} with {rows:,} rows", Level.WARNING


@rule(
    "L-05",
    "repoints the foreign keys, views and triggers of others to the table that was put aside",
    "Create the new table under another name, copy, drop the old one, rename the new one.",
)
def _aside(sight: Sight) -> Iterator[tuple[str, Level]]:
    for old in _renamed(sight):
        for later in sight.changes[sight.index :]:
            if old in _created(later):
                yield f"Renaming {old} aside and creating it anew", Level.ERROR
                return


def _renamed(sight: Sight) -> list[str]:
    if isinstance(sight.operation, ops.RenameTableOp):
        return [fold(sight.operation.table_name)]
    return [
        fold(statement.table)
        for statement in sight.change.statements
        if any(action.act == "rename to" for action in statement.actions)
    ]


def _created(change: object) -> list[str]:
    operation = getattr(change, "operation", None)
    names = [fold(operation.table_name)] if isinstance(operation, ops.CreateTableOp) else []
    statements = getattr(change, "statements", ())
    return names + [fold(one.table) for one in statements if one.verb == "create table"]
