"""What a project's models can say at all, and which tables the project wants to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bacowr.dbops.schema.difference import Change
from bacowr.dbops.schema.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bacowr.dbops.schema.difference import Difference
    from bacowr.dbops.schema.model import Schema

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
    def schemas(self) -> frozenset[str]:
        """Return the schemas that the models name."""
        tables = [table for one in self.metadatas for table in one.tables.values()]
        return frozenset(table.schema for table in tables if table.schema)

    def includes(self, difference: Difference) -> bool:
        """Ask the project's include_name and include_object about the difference's table."""
        item = difference.item
        whole = item.name if item.kind is Kind.TABLE else item.table
        if not whole:
            return True
        schema, _, name = whole.rpartition(".")
        include_name = self.wishes.get("include_name")
        parents = {"schema_name": schema or None, "schema_qualified_table_name": whole}
        if include_name is not None and not include_name(name, "table", parents):
            return False
        include_object = self.wishes.get("include_object")
        if include_object is None:
            return True
        own = next((one.tables[whole] for one in self.metadatas if whole in one.tables), None)
        table = sa.Table(name, sa.MetaData(), schema=schema or None) if own is None else own
        return bool(include_object(table, name, "table", own is None, None))
