"""What shows that a copy is whole, the ways of failing, and writing files that survive a crash."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from bacowr.dbops.digest import Digest

CHUNK = 1 << 20


class BackupError(Exception):
    """A copy could not be made, proved or put back; nothing that was there has been changed."""


class DatabaseInUseError(BackupError):
    """Another process reads or writes the database."""


class DiskFullError(BackupError):
    """The disk has no room for the copy."""


class CopyDamagedError(BackupError):
    """The copy does not hold what it should."""


@dataclass(frozen=True)
class Proof:
    """What was found when a copy was made and read back."""

    size: int
    sha256: str
    digest: Digest
    foreign_key_violations: int = 0


def file_sha256(path: Path) -> str:
    """Hash a file's bytes."""
    hashed = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()


def check_disk(directory: Path, *, needed: int) -> None:
    """Raise DiskFullError when the disk that holds the directory has less room than needed."""
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise DiskFullError(f"{directory} has {free} bytes free, {needed} are needed")


def sync(path: Path) -> None:
    """Make sure a file or a directory has reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(partial: Path, target: Path) -> None:
    """Give a finished file its name, at once and to stay."""
    sync(partial)
    partial.replace(target)
    sync(target.parent)


def explain(error: OSError | sqlite3.Error, path: Path) -> BackupError:
    """Turn an error of the system or of SQLite into one that says what is the matter."""
    text = str(error)
    if "full" in text or getattr(error, "errno", None) == errno.ENOSPC:
        return DiskFullError(f"the disk ran full while writing {path}")
    if "locked" in text or "busy" in text:
        return DatabaseInUseError("another process is using the database")
    return BackupError(text)
