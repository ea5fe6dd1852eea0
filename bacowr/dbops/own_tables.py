"""The tables that dbops keeps in a migrated database, which no revision makes or changes."""

from __future__ import annotations

import sqlalchemy as sa


def create_or_widen(connection: sa.Connection, table: sa.Table) -> None:
    """Create one, or give what an older release made the columns it lacks; all may be NULL."""
    inspector = sa.inspect(connection)
    if not inspector.has_table(table.name, schema=table.schema):
        table.create(connection)
        return
    present = {column["name"] for column in inspector.get_columns(table.name, table.schema)}
    whole = connection.dialect.identifier_preparer.format_table(table)
    for column in table.columns:
        if column.name not in present:
            kind = column.type.compile(connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {whole} ADD COLUMN {column.name} {kind}")
