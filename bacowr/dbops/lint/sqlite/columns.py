"""Columns, tables and constraints on SQLite: L-02 to L-09, L-18, L-21 and L-22."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops

from bacowr.dbops.lint.sql.statements import Act
from bacowr.dbops.lint.sqlite.sights import Sight, column_named, rule
from bacowr.dbops.report import Level
from bacowr.dbops.sqlite.affinity import keeps_bytes
from bacowr.dbops.sqlite.planner import is_constant
from bacowr.dbops.sqlite.rendering import Renderer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.lint.sql.columns import ColumnDef

STRICT_TYPES = {"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"}
RENDERER = Renderer(sa.create_engine("sqlite://").dialect)
LOSSLESS = "Use dbops' run_migrations() in env.py, or batch_alter_table."


def _added_in_text(sight: Sight) -> Iterator[tuple[str, ColumnDef]]:
    for statement in sight.change.statements:
        for action in statement.actions:
            if action.act is Act.ADD_COLUMN and action.definition:
                yield f"{statement.table}.{action.column}", action.definition


def _added(sight: Sight) -> sa.Column[Any] | None:
    column = getattr(sight.operation, "column", None)
    return column if isinstance(sight.operation, ops.AddColumnOp) else None


def _subject(sight: Sight, column: object) -> str:
    return f"ADD COLUMN {sight.table}.{getattr(column, 'name', column)}"


@rule(
    "L-02",
    "fails as soon as the table has one row",
    "Give the column a server default, or add it nullable, fill it, then set NOT NULL.",
)
def _not_null(sight: Sight) -> Iterator[tuple[str, Level]]:
    column = _added(sight)
    bare = column is not None and not column.nullable and column.server_default is None
    computed = column is not None and column.computed is not None
    if bare and not computed and not sight.is_fresh:
        yield f"{_subject(sight, column)} NOT NULL without a default", Level.ERROR
    for name, found in _added_in_text(sight):
        if found.is_not_null and not found.default and not found.generated:
            yield f"ADD COLUMN {name} NOT NULL without a default", Level.ERROR


@rule(
    "L-03",
    "fails: SQLite adds no column that is UNIQUE, a key or STORED, and none with an expression "
    "for a default once there are rows",
    LOSSLESS,
)
def _not_native(sight: Sight) -> Iterator[tuple[str, Level]]:
    column = _added(sight)
    alone = not sight.change.batch and not sight.is_fresh and not sight.protections.is_lossless
    if column is not None and alone and _needs_copy(column):
        yield _subject(sight, column), Level.ERROR
    for name, found in _added_in_text(sight):
        default = " ".join(token.text for token in found.default)
        unique = any(one.kind in {"unique", "primary key"} for one in found.constraints)
        if unique or found.generated == "stored" or (default and not is_constant(default)):
            yield f"ADD COLUMN {name}", Level.ERROR


def _needs_copy(column: sa.Column[Any]) -> bool:
    stored = column.computed is not None and bool(column.computed.persisted)
    default = column.server_default
    computed = isinstance(default, sa.DefaultClause) and not is_constant(
        RENDERER.default(default.arg)
    )
    return bool(column.unique or column.primary_key or stored or computed)


@rule(
    "L-04",
    "leaves rows whose parent isn't there, which SQLite refuses once there are rows",
    "Add the column with the default NULL, fill it, and set the default afterwards.",
)
def _default_reference(sight: Sight) -> Iterator[tuple[str, Level]]:
    column = _added(sight)
    keys = column is not None and bool(column.foreign_keys)
    if keys and column is not None and column.server_default is not None and not sight.is_fresh:
        yield f"{_subject(sight, column)} REFERENCES … DEFAULT …", Level.ERROR
    for name, found in _added_in_text(sight):
        if found.default and any(one.parent for one in found.constraints):
            yield f"ADD COLUMN {name} REFERENCES … DEFAULT …", Level.ERROR


@rule(
    "L-06",
    "copies the whole table, which SQLite can do without (3.25)",
    "Use dbops' run_migrations() in env.py, or op.execute('ALTER TABLE … RENAME COLUMN …').",
)
def _rename(sight: Sight) -> Iterator[tuple[str, Level]]:
    renames = getattr(sight.operation, "modify_name", None)
    if sight.rebuilds and renames:
        yield f"Renaming {sight.table}.{sight.operation.column_name}", Level.WARNING


@rule(
    "L-07",
    "copies the whole table, which SQLite can mostly do without (3.35)",
    "Use dbops' run_migrations() in env.py, or op.execute('ALTER TABLE … DROP COLUMN …').",
)
def _drop(sight: Sight) -> Iterator[tuple[str, Level]]:
    if sight.rebuilds and isinstance(sight.operation, ops.DropColumnOp):
        yield f"Dropping {sight.table}.{sight.operation.column_name}", Level.WARNING


def _alone_or_copied(sight: Sight, subject: str) -> Iterator[tuple[str, Level]]:
    """Outside of a batch Alembic has no such statement for SQLite; inside it copies."""
    if sight.protections.is_lossless:
        return
    if sight.rebuilds:
        yield f"{subject} by a copy of the table", Level.INFO
    else:
        yield f"{subject} outside of batch_alter_table", Level.ERROR


@rule(
    "L-08",
    "isn't a change SQLite knows: it fails, or takes a copy with what that loses",
    LOSSLESS,
)
def _null_or_check(sight: Sight) -> Iterator[tuple[str, Level]]:
    nullable = getattr(sight.operation, "modify_nullable", None)
    if nullable is not None:
        yield from _alone_or_copied(sight, f"NOT NULL of {sight.table}")
    if isinstance(sight.operation, ops.CreateCheckConstraintOp):
        yield from _alone_or_copied(sight, f"A CHECK on {sight.table}")


@rule(
    "L-09",
    "isn't a change SQLite knows: it fails, or takes a copy with what that loses",
    LOSSLESS,
)
def _type_or_key(sight: Sight) -> Iterator[tuple[str, Level]]:
    operation = sight.operation
    keys = (ops.CreateForeignKeyOp, ops.CreateUniqueConstraintOp, ops.CreatePrimaryKeyOp)
    if isinstance(operation, (*keys, ops.DropConstraintOp)):
        yield from _alone_or_copied(sight, f"A constraint of {sight.table}")
    elif isinstance(operation, ops.AlterColumnOp):
        changes = operation.modify_type is not None or operation.modify_server_default is not False
        if changes:
            yield from _alone_or_copied(sight, f"Type or default of {sight.table}")


@rule("L-18", "fails: a STRICT table knows six types only", "Use INTEGER, REAL, TEXT, BLOB or ANY.")
def _strict(sight: Sight) -> Iterator[tuple[str, Level]]:
    stored = sight.stored
    column = _added(sight)
    kind = column.type if column is not None else getattr(sight.operation, "modify_type", None)
    if stored is None or not stored.is_strict or kind is None:
        return
    written = RENDERER.type(kind)[0]
    if written.upper() not in STRICT_TYPES:
        yield f"{written} in STRICT table {sight.table}", Level.ERROR


@rule(
    "L-21",
    "is a CHECK that no comparison sees when its list changes",
    "Give it a name: sa.Enum(…, name=…, create_constraint=True).",
)
def _enum(sight: Sight) -> Iterator[tuple[str, Level]]:
    column = _added(sight)
    columns = [column] if column is not None else getattr(sight.operation, "columns", [])
    for one in columns if isinstance(columns, list | tuple) else ():
        kind = getattr(one, "type", None)
        if isinstance(kind, sa.Enum) and kind.create_constraint and not kind.name:
            yield f"The list of values of {sight.table}.{one.name}", Level.WARNING


@rule(
    "L-22",
    "keeps values that don't fit the new type, or changes them, without a word",
    "Count typeof() of the column first; dbops' run_migrations() does, and refuses.",
)
def _affinity(sight: Sight) -> Iterator[tuple[str, Level]]:
    kind = getattr(sight.operation, "modify_type", None)
    known = column_named(sight.stored, getattr(sight.operation, "column_name", "") or "")
    if kind is None or known is None:
        return
    written = RENDERER.type(kind)[0]
    if not keeps_bytes(known.type, written):
        level = Level.WARNING if sight.protections.is_lossless else Level.ERROR
        yield f"TYPE of {sight.table}.{known.name} from {known.type} to {written}", level
