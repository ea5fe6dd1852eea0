"""Where a walk takes place: on an empty database of its own, or on a copy of the real one."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.copies import BackupError
from bacowr.dbops.engines import led_to, sibling
from bacowr.dbops.errors import refuse
from bacowr.dbops.locations import sqlite_file
from bacowr.dbops.postgres.backup import MAINTENANCE, client, conninfo, run, server_major
from bacowr.dbops.scratch import scratch_engine
from bacowr.dbops.sqlite.backup import connect, copy_pages
from bacowr.dbops.sqlite.tokens import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.project import Project

IN_USE = "55006"
DENIED = "42501"


@contextmanager
def copied_engine(project: Project) -> Iterator[sa.Engine]:
    """Give an engine on a copy of the project's database, gone afterwards.

    SQLite's is made while others write. PostgreSQL's is made by the server where nobody is
    connected, else through pg_dump and pg_restore. Raises Refused where there is nothing to copy
    or no way to.
    """
    if project.engine.dialect.name == "sqlite":
        with _sqlite_copy(project) as engine:
            yield engine
        return
    with scratch_engine(project) as engine:
        if not _from_template(project.engine, engine):
            _from_dump(project.engine, engine)
        yield engine


@contextmanager
def _sqlite_copy(project: Project) -> Iterator[sa.Engine]:
    path = sqlite_file(project.engine.url)
    if path is None or not path.exists():
        raise refuse(
            "no-copy",
            "There is no database file to copy.",
            remedy="Leave --copy out: the revisions are then tried on rows made for it.",
        )
    timeout = project.settings.busy_timeout
    with tempfile.TemporaryDirectory(prefix="dbops-") as folder:
        copy = Path(folder) / path.name
        source = connect(path, timeout)
        try:
            copy_pages(source, copy, timeout)
        finally:
            source.close()
        yield file_engine(project, copy)


def file_engine(project: Project, path: Path) -> sa.Engine:
    """Return an engine on another SQLite file, which connects as the application's does."""
    return led_to(project.engine, project.engine.url.set(database=str(path), query={}))


def _from_template(engine: sa.Engine, empty: sa.Engine) -> bool:
    """Let the server copy the database in the place of the empty one, if nobody is connected."""
    engine.dispose()
    name = quote(str(empty.url.database))
    maintenance = led_to(engine, engine.url.set(database=MAINTENANCE)).execution_options(
        isolation_level="AUTOCOMMIT"
    )
    if _server_of(engine) != _server_of(empty):
        return False  # DBOPS_SCRATCH_URL leads to another server, or another role.
    try:
        with maintenance.connect() as connection:
            connection.exec_driver_sql(f"ALTER DATABASE {name} RENAME TO {_aside(empty)}")
            try:
                source = quote(str(engine.url.database))
                connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {source}")
            except sa.exc.DBAPIError:
                connection.exec_driver_sql(f"ALTER DATABASE {_aside(empty)} RENAME TO {name}")
                raise
            connection.exec_driver_sql(f"DROP DATABASE {_aside(empty)}")
    except sa.exc.DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") in {IN_USE, DENIED}:
            return False
        raise
    return True


def _server_of(engine: sa.Engine) -> tuple[object, ...]:
    url = engine.url
    return url.host, url.port, url.username, url.query


def _aside(engine: sa.Engine) -> str:
    return quote(f"{engine.url.database}_"[:63])


def _from_dump(engine: sa.Engine, empty: sa.Engine) -> None:
    """Dump the database and restore it into the empty one. Raises Refused where that can't be."""
    try:
        with tempfile.TemporaryDirectory(prefix="dbops-") as folder:
            with sibling(engine).connect() as connection:
                major = server_major(connection)
            dump = str(Path(folder) / "copy.dump")
            dumping = [client("pg_dump", major), "--format=custom", "--no-owner", "--no-acl"]
            run([*dumping, f"--file={dump}", f"--dbname={conninfo(engine.url)}"], engine.url)
            restoring = [client("pg_restore", major), "--exit-on-error", "--no-owner", "--no-acl"]
            run([*restoring, f"--dbname={conninfo(empty.url)}", dump], empty.url)
    except BackupError as error:
        raise refuse(
            "no-copy",
            f"The database can't be copied: {error}.",
            remedy="Leave --copy out: the revisions are then tried on rows made for it.",
        ) from error
