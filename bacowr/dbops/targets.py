"""The choice of the target by the engine's dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.errors import refuse
from bacowr.dbops.postgres.connection import PostgresTarget
from bacowr.dbops.sqlite.connection import SqliteTarget

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bacowr.dbops.run import Run
    from bacowr.dbops.target import Target


def target_for(engine: sa.Engine, run: Run) -> Target:
    """Return the target of an application's engine; refuse a database nobody tested."""
    if engine.dialect.name == "sqlite":
        return SqliteTarget(engine, run)
    if engine.dialect.name == "postgresql":
        return PostgresTarget(engine, run)
    raise refuse(
        "dialect",
        f"dbops works on SQLite and PostgreSQL, not on {engine.dialect.name}. Nothing was touched.",
        remedy="Keep Flask-Migrate's own env.py for this database.",
    )
