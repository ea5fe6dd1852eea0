"""Columns added, dropped and altered, as Alembic's operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops

from bacowr.dbops.proposing.operations import Verbatim
from bacowr.dbops.schema.difference import Difference
from bacowr.dbops.schema.statements import column_clause, name_of

if TYPE_CHECKING:
    from bacowr.dbops.schema.model import Item
    from bacowr.dbops.schema.modelled import Models

ALTERABLE = {"default", "not null", "type", "collation", "comment"}


def change(difference: Difference, models: Models) -> list[Any] | None:
    """Return what makes a column as it is expected; None where no operation does."""
    expected, found = difference.expected, difference.found
    schema, _, table = difference.item.table.rpartition(".")
    if expected is None or found is None:
        if expected is None:
            return [ops.DropColumnOp(table, difference.item.name, schema=schema or None)]
        return [_added(expected, models)]
    if "generated" in difference.facts and {"generated"} <= expected.facts.keys():
        # What is generated is computed anew: nothing is lost by taking it away first.
        dropped = ops.DropColumnOp(table, found.name, schema=schema or None)
        return [dropped, _added(expected, models)] if "generated" in found.facts else None
    if set(difference.facts) - ALTERABLE:
        return None
    return _altered(difference, models)


def _added(item: Item, models: Models) -> Any:  # noqa: ANN401 - One of Alembic's untyped operations.
    column = models.column(item)
    schema, _, table = item.table.rpartition(".")
    if column is not None:
        return ops.AddColumnOp.from_column_and_tablename(schema or None, table, column)
    sql = f"ALTER TABLE {name_of(item.table)} ADD COLUMN {column_clause(item)}"
    return Verbatim(f"op.execute({sql!r})", f"adds column {item.table}.{item.name}")


def _altered(difference: Difference, models: Models) -> list[Any] | None:
    expected, found = difference.expected, difference.found
    assert expected is not None  # noqa: S101 - Seen to above.
    assert found is not None  # noqa: S101 - The same.
    column = models.column(expected)
    schema, _, table = expected.table.rpartition(".")
    words: dict[str, Any] = {}
    facts = set(difference.facts)
    if {"type", "collation"} & facts:
        if column is None:
            return None
        words["modify_type"] = column.type
    if "not null" in facts:
        words["modify_nullable"] = "not null" not in expected.facts
    if "default" in facts:
        words["modify_server_default"] = _default(expected, column)
    if "comment" in facts:
        words["modify_comment"] = expected.facts.get("comment")
        words["existing_comment"] = found.facts.get("comment")
    if column is not None and "modify_type" not in words:
        words["existing_type"] = column.type
    return [ops.AlterColumnOp(table, expected.name, schema=schema or None, **words)]


def _default(item: Item, column: sa.Column[Any] | None) -> Any:  # noqa: ANN401 - Alembic's many forms.
    if column is not None:
        return column.server_default
    text = item.facts.get("default")
    return None if text is None else sa.DefaultClause(sa.text(text.replace(":", r"\:")))
