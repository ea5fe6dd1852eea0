"""What a SQLite file says about its tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bacowr.dbops.engines import execute_raw, raw_of
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse
from bacowr.dbops.sqlite.tokens import literal, quote, same_name

if TYPE_CHECKING:
    from bacowr.dbops.sqlite.create_table import CreateTable

PROOF: Final = {"dbops_proof": True}
"""Execution option of each statement that only reads, so that a recorder can leave it out."""

_OBJECTS: Final = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid"
_NAMED: Final = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE"


@dataclass(frozen=True)
class SchemaObject:
    """One row of sqlite_master; an index that a constraint made has no text."""

    type: str
    name: str
    table: str
    sql: str | None


@dataclass(frozen=True)
class Index:
    """An index of a table: its columns (None for an expression) and what it is for."""

    name: str
    is_unique: bool
    origin: str
    is_partial: bool
    columns: tuple[str | None, ...]
    sql: str | None


@dataclass(frozen=True)
class Table:
    """A table as stored, with everything that hangs on it."""

    create: CreateTable
    indexes: tuple[Index, ...]
    triggers: tuple[SchemaObject, ...]
    objects: tuple[SchemaObject, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """Return the table's name, spelled as stored."""
        return self.create.name


def read(connection: sa.Connection, sql: str) -> list[Any]:
    """Return the rows of a statement that only reads.

    In an open transaction the driver is asked without a detour: what a change reads would cost
    more on the way through SQLAlchemy than in SQLite. Errors are SQLAlchemy's all the same.
    """
    if not connection.in_transaction():
        return list(connection.exec_driver_sql(sql, execution_options=PROOF))
    dialect = connection.dialect
    driver: Any = dialect.loaded_dbapi
    try:
        return execute_raw(raw_of(connection), sql)
    except driver.Error as error:
        raise sa.exc.DBAPIError.instance(sql, (), error, driver.Error, dialect=dialect) from error


def read_one(connection: sa.Connection, sql: str) -> Any:  # noqa: ANN401 - Any column there is.
    """Return the first column of the first row, or None."""
    rows = read(connection, sql)
    return rows[0][0] if rows else None


def write(connection: sa.Connection, sql: str) -> int:
    """Run a statement that writes or sets something and return the number of rows."""
    result = connection.exec_driver_sql(sql)
    result.close()
    return result.rowcount


def pragma(connection: sa.Connection, name: str) -> int:
    """Return the value of a pragma that is a number."""
    return int(read_one(connection, f"PRAGMA {name}") or 0)


def objects(connection: sa.Connection) -> tuple[SchemaObject, ...]:
    """Return everything that the schema holds, in its order."""
    return tuple(SchemaObject(*row) for row in read(connection, _OBJECTS))


def load(connection: sa.Connection, name: str) -> Table:
    """Return a table that may be changed, with everything that hangs on it.

    Raises RefusedChange if there is no such table, or if it isn't an ordinary one.
    """
    create = find(connection, name)
    everything = objects(connection)
    return Table(
        create=create,
        indexes=_indexes(connection, create.name, everything),
        triggers=tuple(
            o for o in everything if o.type == "trigger" and same_name(o.table, create.name)
        ),
        objects=everything,
    )


def find(connection: sa.Connection, name: str) -> CreateTable:
    """Return the text of a table that may be changed.

    Raises RefusedChange if there is no such table, or if it isn't an ordinary one.
    """
    rows = read(connection, f"{_NAMED} name = {literal(name)} COLLATE NOCASE")
    found = next((SchemaObject(*row) for row in rows if row[0] in {"table", "view"}), None)
    if found is None:
        raise RefusedChange(f"There is no table {name!r} to change.")
    kind = _kind(connection, found)
    if kind != "table" or found.sql is None:
        raise RefusedChange(
            f"{name!r} is a {kind} table or view, whose content SQLite or an extension keeps: "
            "drop it and create it anew."
        )
    return parse(found.sql)


def create_of(connection: sa.Connection, name: str) -> CreateTable:
    """Return the parts of a table that is known to be an ordinary one."""
    return parse(text_of(connection, name))


def text_of(connection: sa.Connection, name: str) -> str:
    """Return the stored text of a table that is known to be an ordinary one."""
    sql: str = read_one(
        connection,
        f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = {literal(name)}",
    )
    return sql


def _kind(connection: sa.Connection, found: SchemaObject) -> str:
    if found.name.lower().startswith("sqlite_"):
        return "system"
    rows = read(connection, f"PRAGMA main.table_list({quote(found.name)})")
    return str(rows[0][2]) if rows else found.type


def _indexes(
    connection: sa.Connection, table: str, everything: tuple[SchemaObject, ...]
) -> tuple[Index, ...]:
    """Return the indexes of a table in the order in which they were made."""
    texts = {o.name: o.sql for o in everything if o.type == "index"}
    order = {name: place for place, name in enumerate(texts)}
    found = [
        Index(
            name=row[1],
            is_unique=bool(row[2]),
            origin=row[3],
            is_partial=bool(row[4]),
            columns=_index_columns(connection, row[1]),
            sql=texts.get(row[1]),
        )
        for row in read(connection, f"PRAGMA main.index_list({quote(table)})")
    ]
    return tuple(sorted(found, key=lambda index: order.get(index.name, -1)))


def _index_columns(connection: sa.Connection, index: str) -> tuple[str | None, ...]:
    rows = read(connection, f"PRAGMA main.index_xinfo({quote(index)})")
    return tuple(row[2] for row in rows if row[5])


def exists(connection: sa.Connection, name: str) -> bool:
    """Tell whether the schema holds a table or view of this name."""
    return any(same_name(o.name, name) for o in objects(connection) if o.type != "index")


def has_statistics(connection: sa.Connection) -> tuple[str, ...]:
    """Return the names of the planner's statistics tables that there are."""
    return tuple(
        name
        for (name,) in read(
            connection,
            "SELECT name FROM sqlite_master WHERE type = 'table' "
            "AND name IN ('sqlite_stat1', 'sqlite_stat4') ORDER BY name",
        )
    )


def foreign_keys_to(connection: sa.Connection, table: str) -> tuple[str, ...]:
    """Return the tables whose foreign keys point to this one."""
    return tuple(
        name
        for (name,) in read(
            connection,
            "SELECT DISTINCT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) f "
            f"WHERE m.type = 'table' AND lower(f.\"table\") = lower({literal(table)})",
        )
    )


def violations(connection: sa.Connection, tables: tuple[str, ...]) -> dict[str, int]:
    """Count the rows of each table that have no parent; raises if a key matches no parent's."""
    counts: dict[str, int] = {}
    for table in tables:
        rows = read(connection, f"SELECT count(*) FROM pragma_foreign_key_check({literal(table)})")
        counts[table] = int(rows[0][0])
    return counts
