"""The models' own words for what a schema holds: SQLAlchemy's objects found by their items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from bacowr.dbops.schema.model import Item, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CLASSES: dict[Kind, type[Any]] = {
    Kind.PRIMARY_KEY: sa.PrimaryKeyConstraint,
    Kind.UNIQUE: sa.UniqueConstraint,
    Kind.CHECK: sa.CheckConstraint,
    Kind.FOREIGN_KEY: sa.ForeignKeyConstraint,
    Kind.EXCLUDE: ExcludeConstraint,
}


@dataclass(frozen=True)
class Models:
    """Finds tables, columns, constraints and indexes in metadata; None is what isn't there."""

    metadatas: tuple[sa.MetaData, ...]
    dialect: sa.Dialect

    @classmethod
    def of(
        cls, metadata: sa.MetaData | Iterable[sa.MetaData] | None, dialect: sa.Dialect
    ) -> Models:
        """Return the models of one metadata, of several or of none."""
        many = [metadata] if isinstance(metadata, sa.MetaData) else metadata or ()
        return cls(tuple(many), dialect)

    def table(self, name: str) -> sa.Table | None:
        """Return the table with this name, its schema in front where it isn't the default."""
        found = (one.tables.get(name) for one in self.metadatas)
        return next((one for one in found if one is not None), None)

    def column(self, item: Item) -> sa.Column[Any] | None:
        """Return a column."""
        table = self.table(item.table)
        columns = table.columns if table is not None else ()
        return next((one for one in columns if one.name == item.name), None)

    def part(self, item: Item) -> Any:  # noqa: ANN401 - An index or a constraint, of any kind.
        """Return an index or constraint: by its name, or else by its columns if it has none."""
        table = self.table(item.table)
        if table is None:
            return None
        found = list(table.indexes if item.kind is Kind.INDEX else self._constraints(table, item))
        named = [one for one in found if self.name_of(one) == item.name]
        if named:
            return named[0]
        columns = item.facts.get("columns")
        alike = [one for one in found if self.name_of(one) is None and _columns(one) == columns]
        return alike[0] if columns and alike else None

    def name_of(self, part: Any) -> str | None:  # noqa: ANN401 - As above.
        """Return the name that an index or constraint gets in the database, by the convention."""
        preparer = self.dialect.identifier_preparer
        name = (
            preparer.format_index(part)
            if isinstance(part, sa.Index)
            else preparer.format_constraint(part)
        )
        return name.strip('"') if name else None

    @staticmethod
    def _constraints(table: sa.Table, item: Item) -> Iterator[Any]:
        kind = CLASSES.get(item.kind)
        return (one for one in table.constraints if kind and isinstance(one, kind))


def _columns(part: Any) -> str:  # noqa: ANN401 - As above.
    return ", ".join(one.name for one in getattr(part, "columns", ()))
