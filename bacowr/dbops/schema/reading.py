"""The reader: a database in, a Schema out, the same words for every server.

The facts, each told only where it is so:

- table: options (STRICT, storage parameters), virtual (its module), unlogged, partitioned by,
  partition (its bounds), inherits, row security (enabled, forced), comment
- column: type, not null, default, serial (a sequence of its own; what is unusual of it), identity,
  generated (expression and STORED or VIRTUAL), collation, storage, compression, statistics, comment
- primary key, unique: columns, include, nulls, deferrable, on conflict, autoincrement, rowid (no:
  an INTEGER key that isn't the rowid), comment
- foreign key: columns, references ("parent (columns)"), on delete, on update, match, deferrable,
  valid, enforced, comment
- check: expression, valid, enforced, no inherit, on conflict, comment; exclude: definition, comment
- index: unique, method (where it isn't btree), keys, include, where, options, valid, comment
- view: definition, materialized, options, comment; trigger: definition, enabled
- policy: command, roles, using, with check, restrictive
- function: definition, comment (its name holds its arguments); enum: values, comment
- domain: type, not null, default, collation, checks, comment (a composite type is told as one)
- sequence: type, start, increment, min, max, cache, cycle, owned by; extension: schema
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bacowr.dbops.errors import refuse
from bacowr.dbops.record import PREFIX
from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.postgres import read_postgres
from bacowr.dbops.schema.sqlite import read_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

ORDER = {kind: place for place, kind in enumerate(Kind)}
READERS = {"sqlite": read_sqlite, "postgresql": read_postgres}
VERSION_TABLE = "alembic_version"


def read_schema(connection: sa.Connection, version_table: str = VERSION_TABLE) -> Schema:
    """Read all that the database holds, in every schema, but Alembic's and dbops' own tables.

    Reads in the connection's transaction. Raises Refused on a database that nobody tested.
    """
    dialect = connection.dialect.name
    reader = READERS.get(dialect)
    if reader is None:
        raise refuse("dialect", f"dbops reads SQLite and PostgreSQL, not {dialect}.")
    kept = [item for item in reader(connection) if not _is_own(item, version_table)]
    return Schema(dialect, arranged(kept))


def _is_own(item: Item, version_table: str) -> bool:
    """Tell whether an item is, or belongs to, a table of Alembic or dbops."""
    whole = item.name if item.kind in {Kind.TABLE, Kind.SEQUENCE} else item.table
    name = whole.rpartition(".")[2]
    return name == version_table or name.startswith(PREFIX)


def arranged(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items in the order in which a schema is told; columns keep theirs."""

    def place(item: Item) -> tuple[int, str, str, str]:
        if item.kind is Kind.COLUMN:
            return ORDER[item.kind], item.table, "", ""
        return ORDER[item.kind], item.table, item.name, json.dumps(dict(item.facts))

    return tuple(sorted(items, key=place))


def schema_names(schema: Schema) -> frozenset[str]:
    """Return the names of the schemas, beyond the default one, that hold something."""
    wholes = {item.table or item.name for item in schema.items if item.kind is not Kind.EXTENSION}
    return frozenset(whole.split("(")[0].rpartition(".")[0] for whole in wholes) - {""}


def within(schema: Schema, names: frozenset[str]) -> Schema:
    """Return the part of a schema that lies in the default schema or in one of these."""
    kept = [item for item in schema.items if schema_names(Schema("", (item,))) <= names]
    return Schema(schema.dialect, tuple(kept))
