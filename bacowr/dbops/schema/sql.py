"""A schema as the SQL statements that make it."""

from __future__ import annotations

from bacowr.dbops.errors import refuse
from bacowr.dbops.schema.model import Schema
from bacowr.dbops.schema.postgres_sql import postgres_statements
from bacowr.dbops.schema.sqlite_sql import sqlite_statements

WRITERS = {"sqlite": sqlite_statements, "postgresql": postgres_statements}


def sql(schema: Schema) -> str:
    """Return a script that makes this schema in an empty database.

    Owners, privileges and rows are not in it; use a backup for those.
    """
    writer = WRITERS.get(schema.dialect)
    if writer is None:
        raise refuse("dialect", f"dbops writes SQLite and PostgreSQL, not {schema.dialect}.")
    return "".join(f"{statement.rstrip().removesuffix(';')};\n\n" for statement in writer(schema))
