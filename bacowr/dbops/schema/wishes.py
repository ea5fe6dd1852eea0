"""What a project's models can say at all, and which tables the project wants to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from bacowr.dbops.schema.difference import Change
from bacowr.dbops.schema.model import Kind
from bacowr.dbops.schema.modelled import Models

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bacowr.dbops.schema.difference import Difference
    from bacowr.dbops.schema.model import Item, Schema

# What only SQL in a revision makes, as a rule: that the models lack it is no fault of theirs.
UNSAID_KINDS: Final = frozenset(
    {
        *(Kind.EXTENSION, Kind.DOMAIN, Kind.SEQUENCE, Kind.FUNCTION),
        *(Kind.TRIGGER, Kind.POLICY, Kind.VIEW),
    }
)
UNSAID_FACTS: Final = frozenset(
    {
        *("row security", "replica identity", "storage", "compression", "statistics"),
        *("inherits", "partition", "clustered", "virtual"),
    }
)
PARTS: Final = {
    Kind.COLUMN: "column",
    Kind.INDEX: "index",
    Kind.UNIQUE: "unique_constraint",
    Kind.FOREIGN_KEY: "foreign_key_constraint",
}
WITH_COMMENTS: Final = frozenset({Kind.TABLE, Kind.COLUMN})


def can_models_say(difference: Difference, history: Schema) -> bool:
    """Tell whether models that differ from the history this way could be other than they are."""
    item = difference.item
    if difference.change is Change.UNEXPECTED:
        views = {view.name for view in history.of(Kind.VIEW)}
        return item.kind is not Kind.TABLE or item.name not in views
    if difference.change is Change.MISSING:
        apart = item.kind in UNSAID_KINDS or UNSAID_FACTS & item.facts.keys()
        return not apart and not _is_on_view(difference, history)
    if difference.change is Change.CHANGED:
        return any(not _is_unsaid(difference, fact) for fact in difference.facts)
    return True


def _is_on_view(difference: Difference, history: Schema) -> bool:
    tables = {table.name for table in history.of(Kind.TABLE)}
    return bool(difference.item.table) and difference.item.table not in tables


def _is_unsaid(difference: Difference, fact: str) -> bool:
    """Tell whether the history has a fact that models have no words for, and lack."""
    if difference.found is not None and fact in difference.found.facts:
        return False
    kind = difference.item.kind
    if fact == "comment":
        return kind not in WITH_COMMENTS
    return fact in UNSAID_FACTS or (fact == "options" and "=" in difference.item.facts[fact])


@dataclass(frozen=True)
class Managed:
    """The project's own wishes on what autogenerate looks at, which count here as well."""

    wishes: Mapping[str, Any]
    metadatas: tuple[sa.MetaData, ...]

    @property
    def models(self) -> Models:
        """Return what finds the models' own objects."""
        return Models.of(self.metadatas, DefaultDialect())

    @property
    def schemas(self) -> frozenset[str]:
        """Return the schemas that the models name."""
        tables = [table for one in self.metadatas for table in one.tables.values()]
        return frozenset(table.schema for table in tables if table.schema)

    def includes(self, difference: Difference) -> bool:
        """Ask the project's include_name and include_object about what differs, and its table.

        As under autogenerate they get the models' own object, or one that only bears the name.
        """
        item = difference.item
        whole = item.name if item.kind is Kind.TABLE else item.table
        if not whole:
            return True
        schema, _, name = whole.rpartition(".")
        models = self.models
        own = models.table(whole)
        table = sa.Table(name, sa.MetaData(), schema=schema or None) if own is None else own
        parents = {"schema_name": schema or None, "schema_qualified_table_name": whole}
        if not self._asks(table, name, "table", parents, is_own=own is not None):
            return False
        kind = PARTS.get(item.kind)
        if kind is None or not item.name:
            return True
        column = item.kind is Kind.COLUMN
        mine = models.column(item) if column else models.part(item)
        part = _stand_in(item, table) if mine is None else mine
        below = {**parents, "table_name": name}
        return self._asks(part, item.name, kind, below, is_own=mine is not None)

    def _asks(
        self, thing: object, name: str, kind: str, parents: dict[str, str | None], *, is_own: bool
    ) -> bool:
        include_name = self.wishes.get("include_name")
        if include_name is not None and not include_name(name, kind, parents):
            return False
        include_object = self.wishes.get("include_object")
        return include_object is None or bool(include_object(thing, name, kind, not is_own, None))


def _stand_in(item: Item, table: sa.Table) -> object:
    """Return what bears an item's name and belongs to its table, for want of the real thing."""
    bare = sa.Table(table.name, sa.MetaData(), schema=table.schema)
    column: sa.Column[Any] = sa.Column(item.name if item.kind is Kind.COLUMN else "id")
    bare.append_column(column)
    if item.kind is Kind.COLUMN:
        return column
    if item.kind is Kind.INDEX:
        return sa.Index(item.name, column)
    if item.kind is Kind.UNIQUE:
        return sa.UniqueConstraint(column, name=item.name)
    constraint = sa.ForeignKeyConstraint([column], ["id.id"], name=item.name)
    bare.append_constraint(constraint)
    return constraint
