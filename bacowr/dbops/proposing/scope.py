"""What the project lets autogenerate look at: its include_object and include_name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bacowr.dbops.schema.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bacowr.dbops.schema.difference import Difference
    from bacowr.dbops.schema.model import Item

TYPES = {
    Kind.COLUMN: "column",
    Kind.INDEX: "index",
    Kind.UNIQUE: "unique_constraint",
    Kind.FOREIGN_KEY: "foreign_key_constraint",
}


@dataclass(frozen=True)
class Scope:
    """Tells which differences are the revision's business.

    `deviations` are facts of columns that it leaves other than the models have them, on purpose:
    by the table with its schema, and the column.
    """

    wishes: Mapping[str, Any]
    deviations: dict[tuple[str, str], str] = field(default_factory=dict)

    def spares(self, difference: Difference) -> bool:
        """Tell whether a difference is none of autogenerate's business."""
        item = difference.item
        deviation = self.deviations.get((item.table, item.name))
        if item.kind is Kind.COLUMN and difference.facts and {deviation} == set(difference.facts):
            return True
        return not self._includes(item)

    def _includes(self, item: Item) -> bool:
        whole = item.name if item.kind is Kind.TABLE else item.table
        if not whole:
            return True
        schema, _, name = whole.rpartition(".")
        table = sa.Table(name, sa.MetaData(), schema=schema or None)
        parents = {"schema_name": schema or None, "schema_qualified_table_name": whole}
        include_name: Callable[..., bool] | None = self.wishes.get("include_name")
        if include_name and not include_name(name, "table", parents):
            return False
        include: Callable[..., bool] | None = self.wishes.get("include_object")
        if include is None:
            return True
        if not include(table, name, "table", True, None):  # noqa: FBT003 - Alembic's own order.
            return False
        kind = TYPES.get(item.kind)
        part = _part(item, table) if kind else None
        return part is None or bool(include(part, item.name, kind, True, None))  # noqa: FBT003 - The same.


def _part(item: Item, table: sa.Table) -> Any:  # noqa: ANN401 - A column, an index or a constraint.
    if item.kind is Kind.COLUMN:
        column: sa.Column[Any] = sa.Column(item.name)
        table.append_column(column)
        return column
    if item.kind is Kind.INDEX:
        return sa.Index(item.name, sa.text("1"), _table=table)
    return None
