"""The queue: carries the ids of jobs to the workers, and nothing else.

The database is the truth. A queue that is lost, or that holds an id twice, does no harm: a job is
claimed once, and the sweeper puts back what was forgotten.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from huey.api import Huey, RedisHuey
from huey.storage import PostgresStorage, SqliteStorage

from bacowr.base.db import db

NAME = "bacowr"
TASK = "run_job"
SCHEMA = "bacowr_queue"
# Any number will do, as long as no other advisory lock of the database has it.
SCHEMA_LOCK = 5_291_804_377


class SqliteFile(SqliteStorage):  # type: ignore[misc]  # Huey has no types.
    """A queue in a SQLite file, which is made again when somebody takes it away."""

    inode: int | None = None
    _conn: Any

    @property
    def conn(self) -> Any:  # noqa: ANN401  # Huey's own is untyped.
        """The connection; a new one when the file under the old one is gone."""
        if self._conn is not None and self.inode != _inode(Path(self.filename)):
            self._conn.close()
            self._conn = None
        return super().conn

    def _create_connection(self) -> Any:  # noqa: ANN401  # Huey's own is untyped.
        connection = super()._create_connection()
        for statement in self.ddl:
            connection.execute(statement)
        self.inode = _inode(Path(self.filename))
        return connection


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _connect(storage: PostgresStorage, dsn: str) -> psycopg.Connection:
    """Connect, with the queue's tables in a schema of their own, where no migration looks.

    The lock lets any number of processes start at once: `create … if not exists` alone can fail
    when two do.
    """
    connection = psycopg.connect(dsn, autocommit=True)
    found = connection.execute("select to_regclass(%s)", [f"{SCHEMA}.huey_counter"]).fetchone()
    connection.execute(f"set search_path to {SCHEMA}".encode())
    if found == (None,):
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", [SCHEMA_LOCK])
            connection.execute(f"create schema if not exists {SCHEMA}".encode())
            for statement in storage.ddl:
                connection.execute(statement)
    return connection


def _huey(url: str) -> Huey:
    """Build the Huey for a queue's address; nothing is connected or made before its first use."""
    if url.startswith("sqlite:"):
        path = sa.make_url(url).database
        return Huey(
            NAME, results=False, storage_class=SqliteFile, filename=path, create_tables=False
        )
    if url.startswith("postgresql:"):
        huey = Huey(NAME, results=False, storage_class=PostgresStorage, create_tables=False)
        huey.storage.connection = partial(_connect, huey.storage, url)
        return huey
    return RedisHuey(NAME, results=False, url=url)


class Queue:
    """The waiting line between those who order and those who work."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.huey = _huey(url)
        self._run: Callable[[str], object] | None = None
        self._task = self.huey.task(name=TASK)(self._perform)
        weakref.finalize(self, self.huey.storage.close)

    def put(self, job_id: str) -> None:
        """Let the id of a job wait for a worker."""
        self._task(job_id)

    def waiting(self) -> frozenset[str]:
        """Return the ids that wait."""
        return frozenset(task.args[0] for task in self.huey.pending())

    def serve(self, run: Callable[[str], object]) -> Huey:
        """Have `run` called for each id that is taken out; return what a consumer needs."""
        self._run = run
        return self.huey

    def close(self) -> None:
        """Let go of the connection; the next use opens another."""
        self.huey.storage.close()

    def _perform(self, job_id: str) -> None:
        if self._run is None:
            raise RuntimeError("This process puts jobs into the queue and takes none out.")
        self._run(job_id)


_attached: weakref.WeakKeyDictionary[sa.Engine, Queue] = weakref.WeakKeyDictionary()


def attach(engine: sa.Engine, url: str) -> Queue:
    """Give the database behind `engine` the queue at `url`; call once for each application."""
    _attached[engine] = Queue(url)
    return _attached[engine]


def current() -> Queue:
    """Return the queue of the database that is in use; raise LookupError when it has none."""
    queue = _attached.get(db.engine.engine)
    if queue is None:
        raise LookupError("No queue is attached to this database.")
    return queue
