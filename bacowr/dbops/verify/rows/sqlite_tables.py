"""The shapes of a SQLite database's tables, from their stored texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.sqlite import catalog
from bacowr.dbops.sqlite.create_table import ClauseKind
from bacowr.dbops.sqlite.table_parser import parse
from bacowr.dbops.sqlite.tokens import quote
from bacowr.dbops.verify.rows.shapes import ColumnShape, Reference, TableShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from bacowr.dbops.sqlite.create_table import Column, CreateTable


def read(connection: sa.Connection) -> Iterator[TableShape]:
    """Yield every ordinary table; virtual ones and what lies under them are left out."""
    kinds = {row[1]: row[2] for row in catalog.read(connection, "PRAGMA main.table_list")}
    for item in catalog.objects(connection):
        is_own = item.name.lower().startswith("sqlite_")
        if item.type == "table" and item.sql and kinds.get(item.name) == "table" and not is_own:
            yield _shape_of(connection, parse(item.sql))


def _shape_of(connection: sa.Connection, create: CreateTable) -> TableShape:
    key = create.primary_key()
    alias = create.rowid_alias()
    return TableShape(
        name=create.name,
        columns=tuple(_column(one, key, alias) for one in create.columns),
        key=key,
        uniques=tuple(sorted(set(_uniques(connection, create.name)))),
        checks=tuple(one.body for one in create.clauses() if one.kind is ClauseKind.CHECK),
        references=tuple(_references(connection, create.name)),
    )


def _uniques(connection: sa.Connection, table: str) -> Iterator[tuple[str, ...]]:
    """Yield the columns of unique indexes; one on expressions only is about none."""
    for _, name, is_unique, origin, *_ in catalog.read(
        connection, f"PRAGMA main.index_list({quote(table)})"
    ):
        if is_unique and origin != "pk":
            rows = catalog.read(connection, f"PRAGMA main.index_info({quote(name)})")
            columns = tuple(row[2] for row in rows if row[2] is not None)
            if columns:
                yield columns


def _column(column: Column, key: tuple[str, ...], alias: str | None) -> ColumnShape:
    return ColumnShape(
        name=column.name,
        type=column.type.lower(),
        is_required=column.find(ClauseKind.NOT_NULL) is not None or column.name in key,
        has_default=column.find(ClauseKind.DEFAULT) is not None,
        is_given=column.is_generated or column.name == alias,
    )


def _references(connection: sa.Connection, table: str) -> Iterator[Reference]:
    """Yield the foreign keys; one that names no columns means the parent's key."""
    rows = catalog.read(connection, f"PRAGMA foreign_key_list({quote(table)})")
    grouped: dict[int, list[tuple[int, str, str, str | None]]] = {}
    for number, place, parent, column, parent_column, *_ in rows:
        grouped.setdefault(number, []).append((place, parent, column, parent_column))
    for parts in grouped.values():
        ordered = sorted(parts)
        parent = ordered[0][1]
        theirs = tuple(part[3] for part in ordered if part[3] is not None)
        if not theirs:
            theirs = _key_of(connection, parent)
        yield Reference(tuple(part[2] for part in ordered), parent, theirs)


def _key_of(connection: sa.Connection, table: str) -> tuple[str, ...]:
    rows = catalog.read(connection, f"PRAGMA table_info({quote(table)})")
    return tuple(row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5])
