"""Copies of a SQLite file that are consistent while others write."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from bacowr.dbops.copies import (
    CopyDamagedError,
    DatabaseInUseError,
    Proof,
    check_disk,
    explain,
    file_sha256,
    publish,
    sync,
)
from bacowr.dbops.digest import sqlite_digest
from bacowr.dbops.sqlite.shadowing import stand_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BUSY_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
# The copy, the journal of putting it back, and a little for the file system itself.
SPARE_BYTES = 1 << 20


def copy_database(source: Path, target: Path, *, timeout_seconds: float = 60.0) -> Proof:
    """Copy the database to a new file and read the copy back; return what it holds.

    One step of the backup API: it sees one moment of the database, and with a write-ahead log
    nobody waits for it (in small steps it starts again with each foreign write and never ends).
    The target appears only once it is proved. Raises BackupError and leaves no file.
    """
    check_disk(target.parent, needed=live_size(source) + SPARE_BYTES)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        with closing(connect(source, timeout_seconds)) as connection:
            copy_pages(connection, partial, timeout_seconds)
        shutil.copymode(source, partial)  # What is in it is as secret as it was.
        proof = prove(partial)
        publish(partial, target)
    except (OSError, sqlite3.Error) as error:
        raise explain(error, target) from error
    finally:
        partial.unlink(missing_ok=True)
    return proof


def connect(path: Path, timeout_seconds: float) -> sqlite3.Connection:
    """Open an existing file for reading and writing; never create one."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=timeout_seconds, isolation_level=None)


def copy_pages(source: sqlite3.Connection, target: Path, timeout_seconds: float) -> None:
    """Copy all pages at once into a fresh file that needs no side files to be read."""
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        source.backup(copy, pages=-1, progress=until(timeout_seconds), sleep=0.05)
        # Otherwise whoever reads a copy of a write-ahead database writes next to it.
        copy.execute("PRAGMA journal_mode=DELETE")
    sync(target)


def until(timeout_seconds: float) -> Callable[[int, int, int], None]:
    """Return a progress function that ends a backup's own endless waiting for a lock."""
    deadline = time.monotonic() + timeout_seconds

    def progress(status: int, _remaining: int, _total: int) -> None:
        if status in BUSY_CODES and time.monotonic() > deadline:
            msg = "database is locked"
            raise DatabaseInUseError(msg)

    return progress


def prove(path: Path) -> Proof:
    """Read a copy from end to end: pages, indexes, foreign keys, rows. Raises CopyDamagedError.

    Indexes that need a function or collation of the application are left out.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            found = _ask(connection, "PRAGMA integrity_check(5)", "PRAGMA quick_check(5)")
            if found != [("ok",)]:
                raise CopyDamagedError(f"{path.name} fails the integrity check: {found[0][0]}")
            violations = _ask(connection, "PRAGMA foreign_key_check", "SELECT 1 WHERE 0")
            digest = sqlite_digest(connection)
    except sqlite3.DatabaseError as error:
        raise CopyDamagedError(f"{path.name} cannot be read: {error}") from error
    return Proof(path.stat().st_size, file_sha256(path), digest, len(violations))


def _ask(connection: sqlite3.Connection, question: str, simpler: str) -> list[tuple[object, ...]]:
    """Ask a question, or a simpler one where the full answer is the application's to give."""
    missed: set[str] = set()
    while True:
        try:
            return connection.execute(question).fetchall()
        except sqlite3.OperationalError as error:
            if str(error) in missed or not stand_in(connection, str(error)):
                raise
            missed.add(str(error))
        question = simpler


def live_size(path: Path) -> int:
    """Return the bytes that a copy of the database may take, its write-ahead log included."""
    wal = path.with_name(path.name + "-wal")
    return path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
