"""The names that a naming convention gives to constraints which were made without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.sqlite.create_table import Clause, ClauseKind, CreateTable
from bacowr.dbops.sqlite.tokens import quote

if TYPE_CHECKING:
    from collections.abc import Mapping


def conventional_names(table: CreateTable, convention: Mapping[str, str]) -> dict[str, str]:
    """Return what each unnamed constraint would be called, with its definition.

    A CHECK has no name by itself that a convention could start from, so it stays unnamed, as in
    Alembic.
    """
    metadata = sa.MetaData(naming_convention=dict(convention))
    twin = sa.Table(
        table.name, metadata, *(sa.Column(column.name, sa.Integer) for column in table.columns)
    )
    names: dict[str, str] = {}
    for column in (*table.columns, None):
        clauses = table.constraints if column is None else column.clauses
        for clause in clauses:
            columns = clause.columns or ((column.name,) if column else ())
            constraint = _construct(clause, columns, metadata)
            if constraint is None or clause.name is not None:
                continue
            twin.append_constraint(constraint)
            if constraint.name:
                names[str(constraint.name)] = definition(clause, columns)
    return names


def _construct(
    clause: Clause, columns: tuple[str, ...], metadata: sa.MetaData
) -> sa.Constraint | None:
    if clause.kind is ClauseKind.UNIQUE:
        return sa.UniqueConstraint(*columns)
    if clause.kind is ClauseKind.FOREIGN_KEY:
        parent = str(clause.parent)
        keys = clause.parent_columns or columns
        if parent not in metadata.tables:
            sa.Table(parent, metadata, *(sa.Column(key, sa.Integer) for key in keys))
        return sa.ForeignKeyConstraint(columns, [f"{parent}.{key}" for key in keys])
    return None


def definition(clause: Clause, columns: tuple[str, ...]) -> str:
    """Return a key in one spelling, to find it by its meaning."""
    listed = ", ".join(map(quote, columns))
    if clause.kind is ClauseKind.UNIQUE:
        return f"UNIQUE ({listed})"
    keys = f" ({', '.join(map(quote, clause.parent_columns))})" if clause.parent_columns else ""
    return f"FOREIGN KEY ({listed}) REFERENCES {quote(str(clause.parent))}{keys}"
