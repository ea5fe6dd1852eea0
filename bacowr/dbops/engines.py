"""Engines of our own that connect exactly as the application's engine does."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine.interfaces import DBAPIConnection


def is_memory(engine: sa.Engine) -> bool:
    """Tell whether the database is a SQLite one that lives in this process only."""
    name = engine.url.database or ""
    return engine.dialect.name == "sqlite" and (
        name in {"", ":memory:"} or "mode=memory" in str(engine.url) or ":memory:" in name
    )


def sibling(engine: sa.Engine) -> sa.Engine:
    """Return an engine of its own whose connections are opened as the application's are.

    Connect arguments, the application's connect listeners and its dialect are kept, its pool is
    not: a connection is closed when it is let go. A database in memory has only the one
    connection, so there the pool is shared.
    """
    if is_memory(engine):
        return sa.Engine(engine.pool, engine.dialect, engine.url)
    pool = NullPool(
        engine.pool._creator,  # noqa: SLF001 - The only way to keep connect_args and do_connect.
        _dispatch=engine.pool.dispatch,
        dialect=engine.dialect,
    )
    return sa.Engine(pool, engine.dialect, engine.url)


def led_to(engine: sa.Engine, url: sa.URL) -> sa.Engine:
    """Return an engine on another database, with the application's arguments and listeners.

    The other one is reached by the same driver; a connection is closed when it is let go.
    """
    dialect = engine.dialect
    words, arguments = dialect.create_connect_args(url)
    said = dialect.create_connect_args(engine.url)[1]
    added = {name: one for name, one in connect_arguments(engine).items() if name not in said}
    whole = {**added, **arguments}
    pool = NullPool(
        lambda: dialect.connect(*words, **whole), _dispatch=engine.pool.dispatch, dialect=dialect
    )
    return sa.Engine(pool, dialect, url)


def connect_arguments(engine: sa.Engine) -> dict[str, Any]:
    """Return the arguments that the application connects with, as its engine keeps them."""
    creator = engine.pool._creator  # noqa: SLF001 - SQLAlchemy keeps connect_args only there.
    if not inspect.isfunction(creator):
        return {}
    return dict(inspect.getclosurevars(creator).nonlocals.get("cparams", {}))


def in_autocommit(connection: sa.Connection) -> bool:
    """Tell whether the connection was asked to commit each statement by itself."""
    level = connection.get_execution_options().get("isolation_level")
    return str(level).upper() == "AUTOCOMMIT"


def connection_of(migration: MigrationContext) -> sa.Connection:
    """Return the connection of a run; raises ResourceClosedError where only SQL is written."""
    connection = migration.connection
    if connection is None:
        raise sa.exc.ResourceClosedError("This migration has no connection.")
    return connection


def raw_of(connection: sa.Connection) -> DBAPIConnection:
    """Return the driver's connection."""
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise sa.exc.ResourceClosedError("The connection is closed.")
    return raw


def execute_raw(
    raw: DBAPIConnection | sa.PoolProxiedConnection, statement: str
) -> list[tuple[object, ...]]:
    """Run one statement on the driver's connection, unseen by SQLAlchemy; return its rows."""
    cursor = raw.cursor()
    try:
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
    finally:
        cursor.close()
