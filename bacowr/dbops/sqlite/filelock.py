"""One migration at a time on a SQLite file: a lock that the kernel frees when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.errors import LockBusy
from bacowr.dbops.events import WaitingForLock, emit
from bacowr.dbops.record import moment
from bacowr.dbops.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

POLL_SECONDS = 0.05


def lock_path(database: Path) -> Path:
    """Return the file that is locked in place of the database.

    It stays behind, empty of meaning: removing it would let two processes hold two locks.
    """
    return database.with_name(f"{database.name}.dbops-lock")


@contextmanager
def hold(database: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the lock, waiting for another holder.

    Raises LockBusy, which names the holder, when the time has passed, and OSError when the
    folder can't be written. Network disks may not honor the lock.
    """
    handle = os.open(lock_path(database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(handle, database, wait_seconds)
        _sign(handle)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, database: Path, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            return
        if not told:
            emit(WaitingForLock(read_holder(database), wait_seconds))
            told = True
        if time.monotonic() >= deadline:
            raise LockBusy(
                Finding(
                    "lock-busy",
                    f"{read_holder(database)} is still migrating this database after "
                    f"{wait_seconds:g} s of waiting. Nothing was changed by this run.",
                    where=str(database),
                    remedy="Wait for it, or end it; then run the command again (--wait SECONDS).",
                )
            )
        time.sleep(POLL_SECONDS)


def _sign(handle: int) -> None:
    signature = {"pid": os.getpid(), "host": socket.gethostname(), "since": moment()}
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(signature).encode(), 0)


def read_holder(database: Path) -> str:
    """Return who signed the lock last, in words."""
    try:
        signature = json.loads(lock_path(database).read_text())
        return f"Process {signature['pid']} on {signature['host']} (since {signature['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "Another process"
