"""NOT NULL on a table that may have rows: a form that works there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops

from bacowr.dbops.proposing.trees import full_name, swap, take, walk
from bacowr.dbops.report import Finding, Level

if TYPE_CHECKING:
    from alembic.operations.ops import OpContainer


@dataclass
class Filled:
    """What became of the columns that must have a value in every row."""

    steps: list[str] = field(default_factory=list)
    """What a person does next."""
    findings: list[Finding] = field(default_factory=list)
    """What isn't done as long as rows have no value."""
    deviations: dict[tuple[str, str], str] = field(default_factory=dict)
    """The facts that stay other than in the models, by table and column."""


def fill_columns(up: OpContainer, dialect: sa.Dialect) -> Filled:
    """Give each NOT NULL column that is added a server default, or let it be NULL for the while.

    The default is the model's own where that is one value; else the column begins as expand,
    and backfill and contract are the next steps. Tables made by the same revision have no rows.
    """
    filled = Filled()
    for place in list(walk(up)):
        operation = place[1]
        if not isinstance(operation, ops.AddColumnOp) or not _needs_value(operation.column):
            continue
        column = operation.column._copy()  # noqa: SLF001 - The model's own must stay as it is.
        table = full_name(operation.schema, operation.table_name)
        name = f"{table}.{column.name}"
        default = model_default(column, dialect)
        if default is None:
            column.nullable = True
            filled.deviations[table, column.name] = "not null"
            filled.steps.append(_later(name))
        else:
            column.server_default = sa.DefaultClause(default)
            filled.deviations[table, column.name] = "default"
            filled.steps.append(_declare(name, default))
        swap(
            place,
            ops.AddColumnOp(operation.table_name, column, schema=operation.schema),
        )
    return filled


def hold_back(up: OpContainer, down: OpContainer, connection: sa.Connection) -> Filled:
    """Take NOT NULL out of the revision where rows in this database have no value yet."""
    held = Filled()
    for place in list(walk(up)):
        operation = place[1]
        if not isinstance(operation, ops.AlterColumnOp) or operation.modify_nullable is not False:
            continue
        count = _without_value(connection, operation)
        if not count:
            continue
        _keep_nullable(place)
        for undo in list(walk(down)):
            if isinstance(undo[1], ops.AlterColumnOp) and _same_column(undo[1], operation):
                _keep_nullable(undo)
        table = full_name(operation.schema, operation.table_name)
        held.deviations[table, operation.column_name] = "not null"
        held.findings.append(_refused(operation, count))
    return held


def model_default(column: sa.Column[Any], dialect: sa.Dialect) -> str | sa.TextClause | None:
    """Return a model's scalar default as a server default, None where it isn't one value.

    A text serves every database: each turns '0' into what the column's type makes of it.
    """
    default = column.default
    if default is None or not default.is_scalar:
        return None
    value = default.arg  # type: ignore[attr-defined] # What a scalar default has.
    if isinstance(value, bool):
        return "1" if value else "0"
    try:
        bound = sa.literal(value, column.type)
        text = str(bound.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    except (sa.exc.CompileError, NotImplementedError, TypeError, ValueError, LookupError):
        return None
    text = text.replace("%%", "%")
    if text.startswith("'") and text.endswith("'"):
        return text[1:-1].replace("''", "'")
    plain = text.lstrip("-").replace(".", "", 1).isdigit()
    return text if plain else sa.text(text)


def _needs_value(column: sa.Column[Any]) -> bool:
    given = column.server_default is not None or column.identity is not None
    return not (column.nullable or given or column.computed is not None or column.primary_key)


def _declare(name: str, default: object) -> str:
    return (
        f"{name} has the server default {str(default)!r}, so that rows that exist get a value "
        f"and old code goes on working. Say server_default={str(default)!r} in the model too; "
        "without it the next `flask db migrate` drops the default."
    )


def _later(name: str) -> str:
    return (
        f"{name} is added without NOT NULL, because rows that exist have no value for it.\n"
        "  1. Apply this revision, and deploy code that always fills it.\n"
        f'  2. Fill the rows there are: flask db revision --data -m "Backfill {name}"\n'
        f'  3. Once every row has a value: flask db migrate -m "Require {name}"'
    )


def _without_value(connection: sa.Connection, operation: ops.AlterColumnOp) -> int:
    """Return how many rows lack a value; none where the column isn't there under this name."""
    column: sa.ColumnClause[Any] = sa.column(operation.column_name)
    table = sa.table(operation.table_name, column, schema=operation.schema)
    if not sa.inspect(connection).has_table(operation.table_name, schema=operation.schema):
        return 0
    known = sa.inspect(connection).get_columns(operation.table_name, schema=operation.schema)
    if operation.column_name not in {one["name"] for one in known}:
        return 0
    counting = sa.select(sa.func.count()).select_from(table).where(column.is_(None))
    return connection.scalar(counting) or 0


def _keep_nullable(place: tuple[Any, Any]) -> None:
    operation = place[1]
    operation.modify_nullable = None
    if not operation.has_changes():
        take(place)


def _same_column(one: ops.AlterColumnOp, other: ops.AlterColumnOp) -> bool:
    return (one.schema, one.table_name, one.column_name) == (
        other.schema,
        other.table_name,
        other.column_name,
    )


def _refused(operation: ops.AlterColumnOp, count: int) -> Finding:
    table = full_name(operation.schema, operation.table_name)
    name = f"{table}.{operation.column_name}"
    rows = "1 row has" if count == 1 else f"{count:,} rows have"
    return Finding(
        "not-null-rows",
        f"{name} stays nullable for now: {rows} no value for it, so NOT NULL would fail.",
        remedy=f'Fill them by flask db revision --data -m "Backfill {name}"; apply it, then run '
        "this again.",
        level=Level.WARNING,
    )
