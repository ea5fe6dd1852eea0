"""Which index or constraint it is, whatever it and what it stands on are called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import SchemaItem

NOTHING = {"None", "False", "[]", "{}"}
LONGEST = 63
"""How long a name may be on PostgreSQL."""


@dataclass
class Names:
    """Renames: old tables to new ones, and a table's old columns to new ones by its new name."""

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)

    def table(self, name: str) -> str:
        """Return the new name of a table."""
        return self.tables.get(name, name)

    def column(self, table: str, name: str) -> str:
        """Return the new name of a column, the table given by its new name."""
        return self.columns.get((table, name), name)


def identity(item: SchemaItem, names: Names) -> tuple[object, ...]:
    """Return what makes it the same thing under other names."""
    table = names.table(item.table.name)  # type: ignore[attr-defined] # Indexes and constraints.
    if isinstance(item, sa.Index):
        parts = tuple(_expression(one, table, names) for one in item.expressions)
        options = {str(key): str(value) for key, value in item.dialect_kwargs.items()}
        options = {key: value for key, value in options.items() if value not in NOTHING}
        return "index", table, parts, bool(item.unique), tuple(sorted(options.items()))
    if isinstance(item, sa.ForeignKeyConstraint):
        own = tuple(names.column(table, name) for name in item.column_keys)
        others = tuple(_referred(one.target_fullname, names) for one in item.elements)
        actions = (item.ondelete, item.onupdate, bool(item.deferrable), item.initially)
        return "foreignkey", table, own, others, actions
    if isinstance(item, sa.PrimaryKeyConstraint):
        return "primary", table, tuple(names.column(table, one.name) for one in item.columns)
    if isinstance(item, sa.UniqueConstraint):
        columns = sorted(names.column(table, one.name) for one in item.columns)
        return "unique", table, tuple(columns)
    return "check", table, _renamed(str(getattr(item, "name", "") or ""), names)


def _expression(part: Any, table: str, names: Names) -> str:  # noqa: ANN401 - A column or any expression.
    return names.column(table, part.name) if isinstance(part, sa.Column) else str(part)


def _referred(target: str, names: Names) -> str:
    table, _, column = target.rpartition(".")
    renamed = names.table(table)
    return f"{renamed}.{names.column(renamed, column)}"


def _renamed(name: str, names: Names) -> str:
    """Return a CHECK's name as a convention would make it for the new table."""
    for old, new in names.tables.items():
        name = name.replace(f"_{old}_", f"_{new}_", 1)
    return name


def given_name(item: Any) -> str | None:  # noqa: ANN401 - Any index or constraint.
    """Return the name it has, None if nobody gave it one."""
    name = item.name
    return str(name) if isinstance(name, str) and name else None


def server_name(item: Any, name: str | None, table: str, names: Names) -> str | None:  # noqa: ANN401 - As above.
    """Return its name, or the one that PostgreSQL makes up for it on a table of this name."""
    if name is not None:
        return name
    columns = [names.column(table, one.name) for one in item.columns]
    if isinstance(item, sa.PrimaryKeyConstraint):
        return f"{table}_pkey"[:LONGEST]
    ends = {sa.UniqueConstraint: "key", sa.ForeignKeyConstraint: "fkey"}
    end = next((text for kind, text in ends.items() if isinstance(item, kind)), None)
    return "_".join([table, *columns, end])[:LONGEST] if end else None
