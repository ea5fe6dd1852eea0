"""Putting a copy back in the place of a SQLite database."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from bacowr.dbops.copies import CopyDamagedError, check_disk, explain, publish, sync
from bacowr.dbops.digest import Digest, sqlite_digest
from bacowr.dbops.sqlite.backup import SPARE_BYTES, connect, copy_pages, live_size, prove, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = b"SQLite format 3\0"
SIDE_FILES = ("-wal", "-shm", "-journal")


@contextmanager
def alone(path: Path, timeout_seconds: float) -> Iterator[sqlite3.Connection]:
    """Hold the database so that no other process reads or writes it until the block ends.

    Raises DatabaseInUseError when others don't let go in time. The lock is the kernel's: it goes
    with the process.
    """
    with closing(connect(path, timeout_seconds)) as connection:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise explain(error, path) from error
        connection.execute("COMMIT")
        yield connection


def put_back(
    copy: Path, live: Path, kept: Path, expected: Digest, *, timeout_seconds: float = 5.0
) -> None:
    """Make the live database hold what the copy holds; keep what it held under another name.

    A healthy live file is overwritten in one SQLite transaction, so that a kill at any moment
    leaves, after SQLite's own recovery, either the old contents or the new. A file that is
    missing or isn't a database is replaced by renaming. Raises BackupError; the live database
    then is what it was.
    """
    check_disk(kept.parent, needed=_size(live) + SPARE_BYTES)
    check_disk(live.parent, needed=copy.stat().st_size + 2 * _size(live) + SPARE_BYTES)
    try:
        if is_database(live):
            _overwrite(copy, live, kept, (expected, timeout_seconds))
        else:
            _replace(copy, live, kept, expected)
    except (OSError, sqlite3.Error) as error:
        raise explain(error, live) from error


def _size(path: Path) -> int:
    return live_size(path) if path.exists() else 0


def is_database(path: Path) -> bool:
    """Tell whether SQLite can open the file and read its schema."""
    if not path.exists() or not _has_header(path):
        return False
    try:
        with closing(connect(path, 0.0)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.DatabaseError:
        return False
    return True


def _has_header(path: Path) -> bool:
    # Opening anything else would make SQLite delete the journals beside it.
    with path.open("rb") as stream:
        return stream.read(len(HEADER)) == HEADER


def _overwrite(copy: Path, live: Path, kept: Path, proof: tuple[Digest, float]) -> None:
    expected, timeout_seconds = proof
    uri = f"{copy.absolute().as_uri()}?mode=ro&immutable=1"
    with (
        alone(live, timeout_seconds) as connection,
        closing(sqlite3.connect(uri, uri=True)) as source,
    ):
        partial = kept.with_name(f"{kept.name}.partial")
        copy_pages(connection, partial, timeout_seconds)
        shutil.copymode(live, partial)
        publish(partial, kept)
        # A write-ahead database keeps its page size, which may not be the copy's.
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        connection.execute("PRAGMA journal_mode=DELETE")
        source.backup(connection, pages=-1, progress=until(timeout_seconds), sleep=0.05)
        try:
            _compare(expected, sqlite_digest(connection))
        except CopyDamagedError:
            _undo(kept, connection)
            raise
        connection.execute(f"PRAGMA journal_mode={mode}")


def _compare(expected: Digest, found: Digest) -> None:
    if found != expected:
        differences = "; ".join(expected.differences(found))
        raise CopyDamagedError(f"the copy holds something else than was recorded: {differences}")


def _undo(kept: Path, connection: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(f"{kept.absolute().as_uri()}?mode=ro", uri=True)) as source:
        source.backup(connection, pages=-1)


def _replace(copy: Path, live: Path, kept: Path, expected: Digest) -> None:
    partial = live.with_name(f"{live.name}.{os.getpid()}.partial")
    try:
        shutil.copy(copy, partial)
        _compare(expected, prove(partial).digest)
        if live.exists():
            shutil.copy(live, kept)
            shutil.copymode(live, partial)
            sync(kept)
        # SQLite would replay a journal that belongs to the old file into the new one.
        for suffix in SIDE_FILES:
            side = live.with_name(live.name + suffix)
            if side.exists():
                side.replace(kept.with_name(kept.name + suffix))
        publish(partial, live)
    finally:
        partial.unlink(missing_ok=True)
