"""A database for a moment: empty at first, gone afterwards, prepared as the project's own is."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import time
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.pool import NullPool, StaticPool

from bacowr.dbops.engines import connect_arguments, led_to, sibling
from bacowr.dbops.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.project import Project

PREFIX: Final = "dbops_scratch_"
MARK: Final = "dbops_scratch"
"""A table that says of the database of DBOPS_SCRATCH_URL that what it holds may go."""
STALE: Final = timedelta(days=1)
KEY: Final = 7_216_430_158
"""The advisory lock on the database of DBOPS_SCRATCH_URL; any number nobody else uses."""
STAMP: Final = "%Y%m%d%H%M%S"
INSUFFICIENT_PRIVILEGE: Final = "42501"
USER_SCHEMAS: Final = (
    "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' "
    "AND nspname <> 'information_schema'"
)
HELD: Final = """
    SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')"""


@contextmanager
def scratch_engine(project: Project, dialect: str | None = None) -> Iterator[sa.Engine]:
    """Give an engine on an empty database of this dialect, by default of the project's own.

    SQLite's lies in memory. PostgreSQL's is made on the project's server and dropped afterwards;
    with DBOPS_SCRATCH_URL that database is used, and emptied. Raises Refused, naming the setting,
    when none can be made, or when the named one holds what dbops didn't put there.
    """
    wanted = dialect or project.engine.dialect.name
    if wanted == "sqlite":
        with _in_memory(project) as engine:
            yield engine
        return
    if project.settings.scratch_url:
        with _borrowed(project.settings.scratch_url) as engine:
            yield engine
        return
    if project.engine.dialect.name != wanted:
        raise refuse(
            "no-scratch",
            f"There is no {wanted} server at hand to try things out on.",
            remedy="Set DBOPS_SCRATCH_URL to an empty database on one.",
        )
    with _made(project.engine) as engine:
        yield engine


@contextmanager
def _in_memory(project: Project) -> Iterator[sa.Engine]:
    if project.engine.dialect.name != "sqlite":
        engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    else:
        dialect, dispatch = project.engine.dialect, project.engine.pool.dispatch
        arguments = {"check_same_thread": False, **connect_arguments(project.engine)}
        pool = StaticPool(
            lambda: dialect.connect(":memory:", **arguments), _dispatch=dispatch, dialect=dialect
        )
        url = project.engine.url.set(database=":memory:", query={})
        engine = sa.Engine(pool, dialect, url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _made(engine: sa.Engine) -> Iterator[sa.Engine]:
    """Make a database beside the application's own, and drop it."""
    now = datetime.fromtimestamp(time(), UTC)
    name = f"{PREFIX}{now.strftime(STAMP)}_{uuid.uuid4().hex[:8]}"
    own = sibling(engine).execution_options(isolation_level="AUTOCOMMIT")
    with own.connect() as connection:
        _sweep(connection, now)
        try:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
        except sa.exc.ProgrammingError as error:
            if getattr(error.orig, "sqlstate", getattr(error.orig, "pgcode", "")) != (
                INSUFFICIENT_PRIVILEGE
            ):
                raise
            raise refuse(
                "no-scratch",
                "The role of this application may not CREATE DATABASE, so there is nowhere to "
                "replay the history. Nothing was changed.",
                remedy="Set DBOPS_SCRATCH_URL to an empty database that this role may fill, or "
                "grant it CREATEDB.",
            ) from error
    try:
        yield led_to(engine, engine.url.set(database=name))
    finally:
        with own.connect() as connection:
            _drop(connection, name)


def _drop(connection: sa.Connection, name: str) -> None:
    """Drop a database, whoever is still connected."""
    ending = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    connection.execute(ending, {"name": name})
    connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')


def _sweep(connection: sa.Connection, now: datetime) -> None:
    """Drop what killed processes left behind more than a day ago."""
    asked = sa.text(
        "SELECT d.datname FROM pg_database d WHERE d.datname LIKE :like AND d.datdba = "
        "(SELECT oid FROM pg_roles WHERE rolname = current_user)"
    )
    limit = (now - STALE).strftime(STAMP)
    for name in connection.execute(asked, {"like": PREFIX.replace("_", "\\_") + "%"}).scalars():
        if name.removeprefix(PREFIX)[: len(limit)] < limit:
            _drop(connection, name)


@contextmanager
def _borrowed(url: str) -> Iterator[sa.Engine]:
    """Use the database that was named, if it is empty or dbops' own leftover, and empty it."""
    engine = sa.create_engine(url, poolclass=NullPool)
    if engine.dialect.name != "postgresql":
        raise refuse(
            "scratch-url",
            "DBOPS_SCRATCH_URL must lead to a PostgreSQL database; SQLite needs none.",
            remedy="Correct DBOPS_SCRATCH_URL.",
        )
    options = engine.execution_options(isolation_level="AUTOCOMMIT")
    with options.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({KEY})")
        if not sa.inspect(connection).has_table(MARK):
            if connection.execute(sa.text(HELD)).scalar_one():
                raise refuse(
                    "scratch-url",
                    f"The database of DBOPS_SCRATCH_URL ({engine.url.database}) isn't empty. "
                    "Nothing was changed.",
                    remedy="Name an empty database: dbops empties it after each use.",
                )
            connection.exec_driver_sql(f"CREATE TABLE {MARK} (emptied text)")
        _empty(connection)
        try:
            yield engine
        finally:
            _empty(connection)


def _empty(connection: sa.Connection) -> None:
    """Leave nothing in a database but the mark that it may be emptied."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    connection.exec_driver_sql("BEGIN")
    extensions = sa.text("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'")
    for name in list(connection.execute(extensions).scalars()):
        connection.exec_driver_sql(f"DROP EXTENSION IF EXISTS {quote(name)} CASCADE")
    for name in list(connection.execute(sa.text(USER_SCHEMAS)).scalars()):
        connection.exec_driver_sql(f"DROP SCHEMA {quote(name)} CASCADE")
    connection.exec_driver_sql("CREATE SCHEMA public")
    connection.exec_driver_sql(f"CREATE TABLE public.{MARK} (emptied text)")
    connection.exec_driver_sql("COMMIT")
