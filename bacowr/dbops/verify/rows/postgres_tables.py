"""The shapes of a PostgreSQL database's tables, from its catalog."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bacowr.dbops.postgres.digest import CLASSES, literal
from bacowr.dbops.verify.rows.shapes import ColumnShape, Reference, TableShape

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "CASE WHEN pg_table_is_visible(c.oid) THEN '' ELSE n.nspname || '.' END || c.relname"
PARENT = NAME.replace("c.", "p.").replace("n.nspname", "p.relnamespace::regnamespace::text")
COLUMNS = f"""
    SELECT {NAME} AS name, a.attname, format_type(t.base, t.modifier) AS type,
           a.attnotnull OR t.required AS required,
           d.adbin IS NOT NULL AS has_default,
           a.attidentity <> '' OR a.attgenerated <> ''
               OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false) AS given,
           (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e
            WHERE e.enumtypid = t.base) AS labels, t.checks
    FROM {CLASSES} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
         AND NOT a.attisdropped
    JOIN LATERAL (SELECT CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END AS base,
                         CASE WHEN y.typtype = 'd' THEN y.typtypmod ELSE a.atttypmod END
                             AS modifier, y.typnotnull AS required,
                         (SELECT array_agg(pg_get_expr(k.conbin, 0)) FROM pg_constraint k
                          WHERE k.contypid = y.oid AND k.contype = 'c') AS checks
                  FROM pg_type y WHERE y.oid = a.atttypid) t ON true
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1, a.attnum"""
CONSTRAINTS = f"""
    SELECT {NAME} AS name, k.contype, pg_get_expr(k.conbin, k.conrelid) AS body,
           (SELECT array_agg(a.attname::text ORDER BY place) FROM unnest(k.conkey)
            WITH ORDINALITY AS u (number, place) JOIN pg_attribute a
            ON a.attrelid = k.conrelid AND a.attnum = number) AS columns,
           CASE WHEN p.oid IS NOT NULL THEN {PARENT} END AS parent,
           (SELECT array_agg(a.attname::text ORDER BY place) FROM unnest(k.confkey)
            WITH ORDINALITY AS u (number, place) JOIN pg_attribute a
            ON a.attrelid = k.confrelid AND a.attnum = number) AS parent_columns
    FROM {CLASSES} JOIN pg_constraint k ON k.conrelid = c.oid
    LEFT JOIN pg_class p ON p.oid = k.confrelid
    WHERE k.contype IN ('c', 'f', 'p') ORDER BY 1, k.conname"""
UNIQUES = f"""
    SELECT DISTINCT {NAME} AS name,
           (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
            JOIN pg_depend e ON e.refobjid = c.oid AND e.refobjsubid = a.attnum
                AND e.objid = coalesce(k.oid, i.indexrelid) AND e.refclassid = 'pg_class'::regclass
            WHERE a.attrelid = c.oid) AS columns
    FROM {CLASSES} JOIN pg_index i ON i.indrelid = c.oid
        AND (i.indisunique OR i.indisexclusion) AND NOT i.indisprimary
    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = c.oid
        AND k.contype IN ('u', 'x')
    ORDER BY 1, 2"""


def read(connection: sa.Connection) -> Iterator[TableShape]:
    """Yield every table but partitions, whose rows come through their parent."""
    columns = _by_name(connection, COLUMNS)
    constraints = _by_name(connection, CONSTRAINTS)
    uniques = _by_name(connection, UNIQUES)
    for name, rows in columns.items():
        found = constraints[name]
        checks = [row["body"] for row in found if row["contype"] == "c"]
        checks += [check for row in rows for check in _of_domain(row)]
        yield TableShape(
            name=name,
            columns=tuple(_column(row) for row in rows),
            key=next((tuple(row["columns"]) for row in found if row["contype"] == "p"), ()),
            uniques=tuple(tuple(row["columns"]) for row in uniques[name] if row["columns"]),
            checks=tuple(checks),
            references=tuple(
                Reference(tuple(row["columns"]), row["parent"], tuple(row["parent_columns"]))
                for row in found
                if row["contype"] == "f"
            ),
        )


def _by_name(connection: sa.Connection, query: str) -> dict[str, list[sa.RowMapping]]:
    grouped: dict[str, list[sa.RowMapping]] = defaultdict(list)
    for row in connection.execute(literal(query)).mappings():
        grouped[row["name"]].append(row)
    return grouped


def _column(row: sa.RowMapping) -> ColumnShape:
    return ColumnShape(
        name=row["attname"],
        type=row["type"],
        is_required=row["required"],
        has_default=row["has_default"],
        is_given=row["given"],
        labels=tuple(row["labels"] or ()),
    )


def _of_domain(row: sa.RowMapping) -> list[Any]:
    """Return what a column's domain asks of it, the column in the place of VALUE."""
    name = '"' + str(row["attname"]).replace('"', '""') + '"'
    return [str(check).replace("VALUE", name) for check in row["checks"] or ()]
