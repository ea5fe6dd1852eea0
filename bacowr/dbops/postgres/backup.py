"""Copies of a PostgreSQL database through pg_dump, and putting one back through pg_restore."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.copies import (
    BackupError,
    CopyDamagedError,
    DatabaseInUseError,
    Proof,
    file_sha256,
    publish,
)
from bacowr.dbops.digest import Digest
from bacowr.dbops.postgres.digest import postgres_digest
from bacowr.dbops.sqlite.tokens import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAINTENANCE = "postgres"
# Keys of libpq that a SQLAlchemy URL carries in its query.
LIBPQ_KEYS = ("host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "options")


class ClientMissingError(BackupError):
    """The program that the copy needs is not installed."""


class ClientTooOldError(BackupError):
    """The program is older than the server and would refuse it."""


def client(program: str, server_major: int) -> str:
    """Find pg_dump or pg_restore. Raises when there is none, or one older than the server."""
    path = shutil.which(program)
    if path is None:
        raise ClientMissingError(f"{program} is not installed here")
    asked = subprocess.run([path, "--version"], check=False, capture_output=True, text=True)  # noqa: S603 # Found on the PATH; no shell.
    found = re.search(r"(\d+)(?:\.\d+)*", asked.stdout)
    if found is None:
        raise ClientMissingError(f"{program} does not say its version")
    if int(found[1]) < server_major:
        raise ClientTooOldError(f"{program} is version {found[1]}, the server {server_major}")
    return path


def server_major(connection: sa.Connection) -> int:
    """Return the server's major version."""
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10000


def conninfo(url: sa.URL, database: str | None = None) -> str:
    """Write the URL for libpq, without the password, which other processes could read."""
    values = {key: url.query[key] for key in LIBPQ_KEYS if key in url.query}
    fields = {"host": url.host, "port": url.port, "user": url.username}
    values |= {key: str(value) for key, value in fields.items() if value is not None}
    values["dbname"] = database or url.database or ""
    return " ".join(f"{key}='{_escaped(str(value))}'" for key, value in values.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def run(command: list[str], url: sa.URL) -> str:
    """Run a client program; return its output. Raises BackupError with what it says."""
    env = dict(os.environ)
    if url.password is not None:
        env["PGPASSWORD"] = str(url.password)
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=env)  # noqa: S603 # Fixed arguments; no shell.
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise BackupError(f"{os.path.basename(command[0])}: {said[-1]}")  # noqa: PTH119 # A name to print.
    return done.stdout


def dump_database(engine: sa.Engine, target: Path) -> Proof:
    """Dump the database to a file and digest the rows of the very same moment.

    The snapshot is exported to pg_dump, so that rows written meanwhile are in neither. The file
    appears only once pg_restore can read it. Raises BackupError and leaves no file.
    """
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    isolated = engine.execution_options(isolation_level="REPEATABLE READ")
    try:
        with isolated.connect() as connection, connection.begin():
            major = server_major(connection)
            programs = client("pg_dump", major), client("pg_restore", major)
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            partial.touch(mode=0o600)
            snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            command = [programs[0], "--format=custom", "--compress=1", f"--snapshot={snapshot}"]
            run([*command, f"--file={partial}", f"--dbname={conninfo(engine.url)}"], engine.url)
            digest = postgres_digest(connection)
        run([programs[1], "--list", str(partial)], engine.url)
        publish(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return Proof(target.stat().st_size, file_sha256(target), digest)


def restore_database(engine: sa.Engine, dump: Path, kept: str, expected: Digest) -> None:
    """Restore a dump into a new database, compare, and swap the two by renaming.

    The database that was there stays under the name `kept`. Until the swap, which is one
    transaction, the live database is untouched; on any failure the new one is dropped.
    """
    live = str(engine.url.database)
    new = f"{kept}_new"[:63]
    with _maintenance(engine) as connection:
        program = client("pg_restore", server_major(connection))
        _create_like(connection, live, new)
    try:
        target = f"--dbname={conninfo(engine.url, new)}"
        run([program, "--exit-on-error", "--single-transaction", target, str(dump)], engine.url)
        _compare(expected, _digest_of(engine, new))
        swap(engine, {live: kept, new: live})
    except BaseException:
        with _maintenance(engine) as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {quote(new)}")
        raise


def _compare(expected: Digest, found: Digest) -> None:
    if found != expected:
        differences = "; ".join(expected.differences(found))
        raise CopyDamagedError(f"the restored copy differs from what was dumped: {differences}")


@contextmanager
def _maintenance(engine: sa.Engine) -> Iterator[sa.Connection]:
    other = sa.create_engine(
        engine.url.set(database=MAINTENANCE), poolclass=sa.NullPool, isolation_level="AUTOCOMMIT"
    )
    with other.connect() as connection:
        yield connection


def _create_like(connection: sa.Connection, live: str, new: str) -> None:
    row = connection.execute(
        sa.text(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype, rolname "
            "FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE datname = :name"
        ),
        {"name": live},
    ).one()
    encoding, collate, ctype, owner = (str(value).replace("'", "''") for value in row)
    try:
        connection.exec_driver_sql(
            f"CREATE DATABASE {quote(new)} TEMPLATE template0 OWNER {quote(owner)} "
            f"ENCODING '{encoding}' LC_COLLATE '{collate}' LC_CTYPE '{ctype}'"
        )
    except sa.exc.DBAPIError as error:
        raise BackupError(f"no new database can be made: {error.orig}") from error


def _digest_of(engine: sa.Engine, database: str) -> Digest:
    other = sa.create_engine(engine.url.set(database=database), poolclass=sa.NullPool)
    with other.connect() as connection:
        return postgres_digest(connection)


def swap(engine: sa.Engine, names: dict[str, str]) -> None:
    """Rename databases in one transaction. Raises DatabaseInUseError, naming who is connected."""
    with _maintenance(engine) as connection:
        users = sa.text(
            "SELECT pid, usename, application_name FROM pg_stat_activity "
            "WHERE datname = ANY(:names) AND backend_type = 'client backend'"
        )
        found = connection.execute(users, {"names": list(names)}).all()
        if found:
            said = ", ".join(f"pid {pid} ({user} {name})".strip() for pid, user, name in found)
            raise DatabaseInUseError(f"others are connected: {said}")
        parts = [
            f"ALTER DATABASE {quote(old)} RENAME TO {quote(new)}" for old, new in names.items()
        ]
        try:
            # Two statements of one string are one transaction in the simple protocol.
            connection.exec_driver_sql("BEGIN")
            for part in parts:
                connection.exec_driver_sql(part)
            connection.exec_driver_sql("COMMIT")
        except sa.exc.DBAPIError as error:
            connection.exec_driver_sql("ROLLBACK")
            raise DatabaseInUseError(f"the databases cannot be renamed: {error.orig}") from error
