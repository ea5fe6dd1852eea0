"""The schema of a PostgreSQL database at hand, in the terms of the rules."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.lint.schema import Index, Schema, Table
from bacowr.dbops.lint.sql.columns import ColumnDef, read_constraint
from bacowr.dbops.lint.sql.parser import parse
from bacowr.dbops.lint.sql.reader import Reader
from bacowr.dbops.lint.sql.tokens import tokenize
from bacowr.dbops.lint.sql.types import type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "CASE WHEN n.nspname = 'public' THEN {0}.relname ELSE n.nspname || '.' || {0}.relname END"
OURS = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
NOT_BOOKKEEPING = "c.relname !~ '^dbops_' AND c.relname <> 'alembic_version'"
COLUMNS = f"""
SELECT {NAME.format("c")} AS table, a.attname, format_type(a.atttypid, a.atttypmod) AS type,
    a.attnotnull, a.attgenerated, a.attidentity, pg_get_expr(d.adbin, d.adrelid) AS default
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    AND {OURS} AND {NOT_BOOKKEEPING}
ORDER BY c.oid, a.attnum
"""
CONSTRAINTS = f"""
SELECT {NAME.format("c")} AS table, k.conname, pg_get_constraintdef(k.oid) AS text
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {OURS} AND {NOT_BOOKKEEPING} AND k.contype IN ('c', 'f', 'u', 'p', 'x')
"""
INDEXES = f"""
SELECT {NAME.format("t")} AS table, c.relname, pg_get_indexdef(c.oid) AS text, i.indisvalid
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE {OURS} AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)
"""
VIEWS = f"""
SELECT DISTINCT v.relname AS view, v.relkind, c.relname AS table, a.attname
FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class
JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
WHERE v.oid <> c.oid AND d.classid = 'pg_rewrite'::regclass AND {OURS}
"""
SIZES = f"""
SELECT {NAME.format("c")} AS table, c.reltuples::bigint AS rows, c.relkind,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS whole
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND {OURS} AND {NOT_BOOKKEEPING}
"""
GENERATED = {"s": "stored", "v": "virtual"}


def read_schema(connection: sa.Connection) -> Schema:
    """Read tables, constraints, indexes, views and the numbers of rows; nothing is changed."""
    version = connection.dialect.server_version_info or ()
    schema = Schema(version=tuple(int(part) for part in version) or None)
    for row in connection.execute(sa.text(SIZES)):
        schema.tables[row.table] = Table(row.table, rows=_rows(connection, row.whole, row.rows))
        if row.relkind == "p":
            schema.partitions[row.table] = ()
    for row in connection.execute(sa.text(COLUMNS)):
        schema.tables[row.table].columns[row.attname] = _column(row)
    for row in connection.execute(sa.text(CONSTRAINTS)):
        constraint = read_constraint(Reader(tokenize(row.text)), row.conname)
        if constraint is not None:
            schema.tables[row.table].constraints.append(constraint)
    for index in _indexes(connection):
        schema.indexes[index.name] = index
    _read_views(connection, schema)
    return schema


def _rows(connection: sa.Connection, whole: str, estimate: int) -> int:
    """Return about how many rows a table has; only an empty one is known to the row."""
    found = connection.scalar(sa.text(f"SELECT EXISTS (SELECT 1 FROM {whole})"))
    return max(1, estimate) if found else 0


def _column(row: sa.Row[tuple[object, ...]]) -> ColumnDef:
    generated = GENERATED.get(row.attgenerated, "") or ("identity" if row.attidentity else "")
    default = tokenize(row.default) if row.default and not generated else ()
    return ColumnDef(row.attname, type_of(row.type), row.attnotnull, default, generated)


def _indexes(connection: sa.Connection) -> Iterator[Index]:
    for row in connection.execute(sa.text(INDEXES)):
        (statement,) = parse(row.text)
        unique = "UNIQUE" in statement.words
        yield Index(row.relname, row.table, statement.columns, unique, row.indisvalid)


def _read_views(connection: sa.Connection, schema: Schema) -> None:
    names: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(sa.text(VIEWS)):
        names[row.view] |= {row.table, row.attname or ""}
        if row.relkind == "m":
            schema.materialized.add(row.view)
    schema.views = {view: frozenset(found) for view, found in names.items()}
