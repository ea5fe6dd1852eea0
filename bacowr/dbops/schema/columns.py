"""Columns added, dropped and altered, as Alembic's operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops

from bacowr.dbops.proposing.operations import Verbatim
from bacowr.dbops.schema.difference import Difference
from bacowr.dbops.schema.statements import column_clause, name_of
from bacowr.dbops.schema.types import type_of

if TYPE_CHECKING:
    from bacowr.dbops.schema.model import Item
    from bacowr.dbops.schema.modelled import Models

PLAIN = {"type", "not null", "default", "generated", "comment"}
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
    column = _worded(item, models.dialect)
    if column is not None:
        return ops.AddColumnOp(table, column, schema=schema or None)
    sql = f"ALTER TABLE {name_of(item.table)} ADD COLUMN {column_clause(item)}"
    return Verbatim(f"op.execute({sql!r})", f"adds column {item.table}.{item.name}")


def _worded(item: Item, dialect: sa.Dialect) -> sa.Column[Any] | None:
    """Return a column made of its facts, None where they say more than a column can."""
    facts = item.facts
    kind = type_of(facts.get("type", ""), dialect)
    if kind is None or facts.keys() - PLAIN:
        return None
    arguments: list[Any] = []
    if "generated" in facts:
        expression, _, word = facts["generated"].rpartition(" ")
        arguments.append(sa.Computed(_bare(expression), persisted=word == "STORED"))
    default = sa.text(_bare(facts["default"])) if "default" in facts else None
    nullable = "not null" not in facts
    return sa.Column(item.name, kind, *arguments, nullable=nullable, server_default=default)


def _bare(text: str) -> str:
    """Return SQL in which nothing is taken for a bound parameter."""
    return text.replace(":", r"\:")


def _altered(difference: Difference, models: Models) -> list[Any] | None:
    expected, found = difference.expected, difference.found
    assert expected is not None  # noqa: S101 - Seen to above.
    assert found is not None  # noqa: S101 - The same.
    column = models.column(expected)
    schema, _, table = expected.table.rpartition(".")
    words: dict[str, Any] = {}
    facts = set(difference.facts)
    if {"type", "collation"} & facts:
        kind = (
            column.type if column is not None else type_of(expected.facts["type"], models.dialect)
        )
        if kind is None or (column is None and "collation" in expected.facts):
            return None
        words["modify_type"] = kind
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
    return None if text is None else sa.DefaultClause(sa.text(_bare(text)))
