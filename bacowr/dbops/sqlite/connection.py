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
KEPT_JOURNAL_BYTES = 1 << 20
"""How much of the journal outlives a commit; a longer one is cut, to give the disk back."""


class SqliteTarget:
    """One SQLite database, in a file or in memory."""

    def __init__(self, app_engine: sa.Engine, run: Run) -> None:
        self.run = run
        self.engine = sibling(app_engine)
        self.path = None if is_memory(app_engine) else file_of(app_engine.url)
        self.writing = False
        self.is_last = True
        self.orphans: Counter[tuple[str, str]] | None = None
        self._witness: Witness | None = None
        self._raw: DBAPIConnection | None = None
        self._keeping: DBAPIConnection | None = None
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
        _switch_enforcement_off(raw)
        if self.writing and self._keeping is None:
            self._keep_journal(raw)
        execute_raw(raw, "BEGIN IMMEDIATE" if self.writing else "BEGIN")

    def _keep_journal(self, raw: DBAPIConnection) -> None:
        """Have SQLite use one journal file again and again, in place of one for each commit.

        To make and remove a file is what a small commit mostly costs. It is as safe: a commit is
        the journal's header overwritten by zeros, which every connection, whatever its own mode,
        takes for no journal (https://www.sqlite.org/pragma.html#pragma_journal_mode). A killed run
        leaves such a file behind; the next connection that writes removes it.
        """
        if self.path is None or execute_raw(raw, "PRAGMA journal_mode")[0][0] != "delete":
            return
        execute_raw(raw, f"PRAGMA journal_size_limit={KEPT_JOURNAL_BYTES}")
        execute_raw(raw, "PRAGMA journal_mode=PERSIST")
        self._keeping = raw

    def _drop_journal(self) -> None:
        """Remove the journal that was kept; SQLite does that only where nobody needs it."""
        raw, self._keeping = self._keeping, None
        with suppress(sqlite3.Error):
            if raw is not None:
                execute_raw(raw, "PRAGMA journal_mode=DELETE")

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
            self._drop_journal()
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
        table = sa.table(version_table, schema=self.run.schema or "main")
        name = self.engine.dialect.identifier_preparer.format_table(table)
        if self._witness is None:
            self._witness = Witness(self.engine.raw_connection())
        query = f"SELECT version_num FROM {name}"
        return self._witness.heads(None if self.is_last else self._raw, query)

    def is_lock_timeout(self, error: BaseException) -> bool:
        """Return False: a busy SQLite file was already waited for, by its busy timeout."""
        del error
        return False

    def blocker(self) -> str:
        """Return nothing: SQLite doesn't know who holds a file."""
        return ""


class Witness:
    """A second connection, which sees of the first one's work what is committed."""

    def __init__(self, raw: sa.PoolProxiedConnection) -> None:
        self.raw = raw
        self._seen: object = None

    def close(self) -> None:
        """Let the file go."""
        self.raw.close()

    def heads(self, writer: DBAPIConnection | None, query: str) -> tuple[str, ...]:
        """Return the heads that are committed, by the query for them.

        The witness would have to read the whole schema anew after each change of it. So it only
        looks whether another connection committed, and the writer, when SQLite says that it has no
        transaction open, reads the heads: outside of one there is nothing to see but what is
        committed. Without a writer, the first time, and when nothing was committed, it reads.
        """
        (seen,) = execute_raw(self.raw, "PRAGMA data_version")[0]
        moved = self._seen not in {None, seen}
        self._seen = seen
        idle = writer is not None and getattr(writer, "in_transaction", True) is False
        rows = execute_raw(writer if writer is not None and moved and idle else self.raw, query)
        return tuple(str(row[0]) for row in rows)


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


def _switch_enforcement_off(raw: DBAPIConnection) -> None:
    if not _enforcement(raw):
        return
    execute_raw(raw, "PRAGMA foreign_keys=OFF")
    if _enforcement(raw):
        raise refuse(
            "foreign-keys-on",
            "Foreign key enforcement could not be switched off, so a rebuilt table would "
            "empty its children. Nothing was changed.",
            remedy="Run this outside any open transaction of the application.",
        )


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
