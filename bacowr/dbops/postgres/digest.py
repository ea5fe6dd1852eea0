"""A digest of a PostgreSQL database: the same on every server that holds the same."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.digest import Digest
from bacowr.dbops.sqlite.tokens import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

# How a value is written depends on these; without them two sessions digest one row differently.
PINNED = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "search_path": "pg_catalog",  # Names then come out with their schema.
}
OURS = (
    "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND NOT EXISTS "
    "(SELECT 1 FROM pg_depend e WHERE e.objid = {oid} AND e.deptype = 'e')"
)
CLASSES = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND " + OURS.format(oid="c.oid")
PARTS = {
    "column": f"""
        SELECT n.nspname, c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod),
               a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid),
               l.collname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum)
        FROM {CLASSES} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
             AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')""",
    "constraint": f"""
        SELECT n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated
        FROM {CLASSES} JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype <> 'n'""",
    "index": f"""
        SELECT n.nspname, c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid
        FROM {CLASSES} JOIN pg_index i ON i.indrelid = c.oid WHERE c.relkind <> 't'""",
    "trigger": f"""
        SELECT n.nspname, c.relname, pg_get_triggerdef(t.oid), t.tgenabled
        FROM {CLASSES} JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal""",
    "view": f"""
        SELECT n.nspname, c.relname, pg_get_viewdef(c.oid) FROM {CLASSES}
        WHERE c.relkind IN ('v', 'm')""",
    "function": f"""
        SELECT n.nspname, p.proname, pg_get_functiondef(p.oid)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
             AND {OURS.format(oid="p.oid")} WHERE p.prokind IN ('f', 'p')""",
    "enum": f"""
        SELECT n.nspname, t.typname, array_agg(e.enumlabel ORDER BY e.enumsortorder)::text
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
             AND {OURS.format(oid="t.oid")} JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY 1, 2""",
    "policy": f"""
        SELECT n.nspname, c.relname, y.polname, y.polcmd, pg_get_expr(y.polqual, y.polrelid),
               pg_get_expr(y.polwithcheck, y.polrelid)
        FROM {CLASSES} JOIN pg_policy y ON y.polrelid = c.oid""",
    "comment": f"""
        SELECT n.nspname, c.relname, a.attname, s.description
        FROM {CLASSES} JOIN pg_description s ON s.objoid = c.oid
             AND s.classoid = 'pg_class'::regclass
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = s.objsubid
             AND s.objsubid > 0""",
}
TABLES = f"SELECT n.nspname, c.relname FROM {CLASSES} WHERE c.relkind = 'r' ORDER BY 1, 2"
SEQUENCES = f"""
    SELECT n.nspname, c.relname, pg_sequence_last_value(c.oid) FROM {CLASSES}
    WHERE c.relkind = 'S' ORDER BY 1, 2"""


def postgres_digest(connection: sa.Connection) -> Digest:
    """Digest the schema, every table's rows and the sequences' counters.

    Reads in the connection's transaction and pins the settings that change how values are
    written until that transaction ends. Two sums of 60 bits per table don't depend on the order
    of rows; sums are numeric, never floating point.
    """
    for name, value in PINNED.items():
        connection.execute(
            sa.text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value}
        )
    schema = hashlib.sha256("\n".join(sorted(_schema_lines(connection))).encode()).hexdigest()
    tables: dict[str, str] = {}
    rows: dict[str, int] = {}
    for namespace, table in connection.execute(literal(TABLES)).all():
        name = f"{namespace}.{table}"
        tables[name], rows[name] = _table_digest(connection, namespace, table)
    for namespace, sequence, value in connection.execute(literal(SEQUENCES)).all():
        tables[f"{namespace}.{sequence}"] = str(value)
        rows[f"{namespace}.{sequence}"] = 1
    return Digest(schema, tables, rows)


def literal(query: str) -> sa.TextClause:
    """Return a statement whose colons and percent signs mean themselves."""
    return sa.text(query.replace(":", "\\:"))


def _schema_lines(connection: sa.Connection) -> Iterator[str]:
    for kind, query in PARTS.items():
        for row in connection.execute(literal(query)):
            yield f"{kind} {tuple(row)!r}"


def _table_digest(connection: sa.Connection, namespace: str, table: str) -> tuple[str, int]:
    # The alias is one that no column bears; a column would win over the row.
    query = f"""
        SELECT count(*), coalesce(sum(('x' || substr(h, 1, 15))::bit(60)::bigint), 0)::text,
               coalesce(sum(('x' || substr(h, 17, 15))::bit(60)::bigint), 0)::text
        FROM (SELECT md5(dbops_row_::text) AS h
              FROM ONLY {quote(namespace)}.{quote(table)} AS dbops_row_) AS hashes"""
    count, left, right = connection.execute(literal(query)).one()
    return hashlib.sha256(f"{count} {left} {right}".encode()).hexdigest(), count
