"""SQLite as the runner sees it: transactions begun by hand, foreign keys checked before commit."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.engines import execute_raw, in_autocommit, is_memory, raw_of, sibling
from bacowr.dbops.errors import escaped, refuse
from bacowr.dbops.sqlite import filelock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine.interfaces import DBAPIConnection

    from bacowr.dbops.run import Run

HARMLESS = (
    *("select", "pragma", "explain", "analyze", "create index", "create unique index"),
    *("drop index", "create view", "drop view", "create trigger", "drop trigger"),
)


class SqliteTarget:
    """One SQLite database, in a file or in memory."""

    def __init__(self, app_engine: sa.Engine, run: Run) -> None:
        self.run = run
        self.engine = sibling(app_engine)
        self.path = None if is_memory(app_engine) else file_of(app_engine.url)
        self.writing = False
        self.orphans: Counter[tuple[str, str]] | None = None
        self._witness: sa.PoolProxiedConnection | None = None
        self._raw: DBAPIConnection | None = None
        self._found: tuple[object, object] = ("", 0)
        sa.event.listen(self.engine, "begin", self._begin)

    def _begin(self, connection: sa.Connection) -> None:
        """Begin for real: the driver alone would let DDL escape, and begin too late.

        The pragma goes to the driver before BEGIN, since it is ignored inside a transaction.
        """
        raw = raw_of(connection)
        if self._raw is not raw:
            self._raw, self._found = raw, (raw.isolation_level, _enforcement(raw))
        raw.isolation_level = None
        if in_autocommit(connection):
            return
        execute_raw(raw, f"PRAGMA busy_timeout={int(self.run.settings.busy_timeout * 1000)}")
        execute_raw(raw, "PRAGMA foreign_keys=OFF")
        if _enforcement(raw):
            raise refuse(
                "foreign-keys-on",
                "Foreign key enforcement could not be switched off, so a rebuilt table would "
                "empty its children. Nothing was changed.",
                remedy="Run this outside any open transaction of the application.",
            )
        execute_raw(raw, "BEGIN IMMEDIATE" if self.writing else "BEGIN")

    @contextmanager
    def hold(self, wait_seconds: float) -> Iterator[None]:
        """Keep every other run off this file by a lock beside it."""
        if self.path is None:
            with self._as_writer():
                yield
            return
        with filelock.hold(self.path, wait_seconds), self._as_writer():
            yield

    def release(self) -> None:
        """Give a connection that the application goes on using back as it was found."""
        if self.path is None and self._raw is not None:
            self._raw.isolation_level, enforcement = self._found
            execute_raw(self._raw, f"PRAGMA foreign_keys={enforcement}")

    @contextmanager
    def _as_writer(self) -> Iterator[None]:
        self.writing = True
        alarm = threading.Timer(max(self.run.remaining, 0.0), self._interrupt)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        finally:
            alarm.cancel()
            self.writing = False
            if self._witness is not None:
                self._witness.close()
                self._witness = None

    def _interrupt(self) -> None:
        """End the statement that runs when time is up; SQLite itself knows no limit."""
        interrupt = getattr(self._raw, "interrupt", None)
        with suppress(sqlite3.ProgrammingError):
            if interrupt is not None:
                interrupt()

    def before_statement(self, connection: sa.Connection, statement: str) -> None:
        """Note the orphans there are before the first statement that may make new ones."""
        if self.orphans is None and not _is_harmless(statement):
            self.orphans = _count_orphans(raw_of(connection))

    def after_statement(self, connection: sa.Connection, statement: str) -> None:
        """Do nothing: nothing was prepared that lasts."""

    def is_in_transaction(self, raw: DBAPIConnection) -> bool:
        """Tell whether the file has a transaction open for this connection."""
        return bool(getattr(raw, "in_transaction", False))

    def is_finished(self, raw: DBAPIConnection, statement: str, *, begun: bool) -> bool:
        """Return False: VACUUM and its like leave nothing behind, and may be run again."""
        del raw, statement, begun
        return False

    def after_revision(self, connection: sa.Connection, revision: str) -> None:
        """Refuse a revision that ended its own transaction, or left rows without their parent."""
        raw = raw_of(connection)
        if not getattr(raw, "in_transaction", True):
            raise escaped(revision)
        if self.orphans is None:
            return
        present = _count_orphans(raw)
        grown = _grown(raw, self.orphans, present)
        if grown:
            told = ", ".join(
                f"{n} in {child} (parent {parent})" for (child, parent), n in grown.items()
            )
            raise refuse(
                "orphans",
                f"Revision {revision} would leave rows that refer to nothing: {told}. "
                "It was rolled back.",
                where=revision,
                remedy="Let the revision delete or correct those rows first: while it runs, "
                "foreign keys don't cascade.",
            )
        self.orphans = present

    def committed_heads(self, version_table: str) -> tuple[str, ...] | None:
        """Return the heads as a second connection sees them; none can see into memory."""
        if self.path is None:
            return None
        if self._witness is None:
            self._witness = self.engine.raw_connection()
        quoted = self.engine.dialect.identifier_preparer.quote(version_table)
        rows = execute_raw(self._witness, f"SELECT version_num FROM {quoted}")
        return tuple(str(row[0]) for row in rows)

    def is_lock_timeout(self, error: BaseException) -> bool:
        """Return False: a busy SQLite file was already waited for, by its busy timeout."""
        del error
        return False

    def blocker(self) -> str:
        """Return nothing: SQLite doesn't know who holds a file."""
        return ""


def file_of(url: sa.URL) -> Path:
    """Return the path of a SQLite file; refuse one whose folder isn't there."""
    name = (url.database or "").removeprefix("file:").split("?", maxsplit=1)[0]
    path = Path(name).absolute()
    if not path.parent.is_dir():
        raise refuse(
            "no-folder",
            f"The folder {path.parent} of the SQLite file does not exist.",
            remedy="Create the folder, or correct SQLALCHEMY_DATABASE_URI.",
        )
    return path


def _enforcement(raw: DBAPIConnection) -> object:
    return execute_raw(raw, "PRAGMA foreign_keys")[0][0]


def _is_harmless(statement: str) -> bool:
    return " ".join(statement.lower().split()[:3]).startswith(HARMLESS)


def _count_orphans(raw: DBAPIConnection) -> Counter[tuple[str, str]]:
    """Count rows whose parent is missing, by child and parent table.

    A table whose keys can't be checked (a parent's table or unique index is missing) is left out.
    """
    try:
        rows = execute_raw(raw, "PRAGMA foreign_key_check")
    except sqlite3.OperationalError as error:
        if "foreign key mismatch" not in str(error):
            raise
        rows = [row for table in _tables(raw) for row in _check_one(raw, table)]
    return Counter((str(row[0]), str(row[2])) for row in rows)


def _check_one(raw: DBAPIConnection, table: str) -> list[tuple[object, ...]]:
    quoted = table.replace('"', '""')
    try:
        return execute_raw(raw, f'PRAGMA foreign_key_check("{quoted}")')
    except sqlite3.OperationalError:
        return []


def _tables(raw: DBAPIConnection) -> list[str]:
    rows = execute_raw(raw, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return [str(row[0]) for row in rows]


def _grown(
    raw: DBAPIConnection, before: Counter[tuple[str, str]], after: Counter[tuple[str, str]]
) -> Counter[tuple[str, str]]:
    """Return the orphans that are new; those of a renamed table are as old as they were."""
    grown = after - before
    gone = before - after
    present = set(_tables(raw))
    moved = sum(count for pair, count in gone.items() if not present.issuperset(pair))
    return Counter() if grown.total() <= moved else grown
