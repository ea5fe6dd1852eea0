"""The catalog of backups: a JSON file beside each copy, what it says, and which copies stay."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.copies import Proof, file_sha256, publish
from bacowr.dbops.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMAT = 1
STALE_SECONDS = 24 * 3600


class State(StrEnum):
    """How a copy on the disk compares with what was recorded of it."""

    WHOLE = "whole"
    MISSING = "missing"
    CHANGED = "changed"


class Reason(StrEnum):
    """Why a copy was made."""

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    HAND = "hand"
    RESTORE = "restore"


@dataclass(frozen=True)
class Backup:
    """One proven copy of one database. `database` is the live file or the database's name."""

    path: Path
    made_at: str
    dialect: str
    database: str
    engine: str
    heads: tuple[str, ...]
    reason: Reason
    proof: Proof
    app_version: str = ""

    @property
    def sidecar(self) -> Path:
        """Return the file that describes this copy."""
        return self.path.with_name(self.path.name + ".json")

    def state(self, *, thorough: bool = False) -> State:
        """Compare the copy with its record: the size, or every byte of it."""
        if not self.path.exists():
            return State.MISSING
        if self.path.stat().st_size != self.proof.size:
            return State.CHANGED
        if thorough and file_sha256(self.path) != self.proof.sha256:
            return State.CHANGED
        return State.WHOLE

    def facts(self) -> dict[str, object]:
        """Return what a machine should know of this copy."""
        return {
            "file": str(self.path),
            "made_at": self.made_at,
            "database": self.database,
            "engine": self.engine,
            "heads": list(self.heads),
            "reason": self.reason.value,
            "size": self.proof.size,
            "sha256": self.proof.sha256,
            "digest": self.proof.digest.total,
            "state": self.state().value,
        }


def stamp() -> str:
    """Return this moment as file names bear it."""
    return datetime.fromtimestamp(time.time(), UTC).strftime("%Y%m%dT%H%M%SZ")


def new_path(directory: Path, stem: str, heads: Sequence[str], suffix: str) -> Path:
    """Return a path for a copy that no file has: database, moment and revision."""
    revision = re.sub(r"[^\w.-]", "_", "+".join(heads))[:40] or "unversioned"
    name = f"{stem}-{stamp()}-{revision}"
    number = 1
    path = directory / f"{name}{suffix}"
    while path.exists():
        number += 1
        path = directory / f"{name}-{number}{suffix}"
    return path


def record(backup: Backup) -> Backup:
    """Write the file that makes a copy a proven one; without it a copy counts for nothing."""
    said = asdict(backup) | {"format": FORMAT, "path": backup.path.name}
    partial = backup.sidecar.with_name(f"{backup.sidecar.name}.{os.getpid()}.partial")
    partial.write_text(json.dumps(said, indent=1, default=str) + "\n", encoding="utf-8")
    publish(partial, backup.sidecar)
    return backup


def read(sidecar: Path) -> Backup | None:
    """Read a copy's record; None when it isn't one that this version understands."""
    try:
        said = json.loads(sidecar.read_text(encoding="utf-8"))
        if said.pop("format") != FORMAT:
            return None
        proof = said.pop("proof")
        proof["digest"] = Digest(**proof["digest"])
        said["path"] = sidecar.with_name(said["path"])
        said["heads"] = tuple(said["heads"])
        said["reason"] = Reason(said["reason"])
        return Backup(**said, proof=Proof(**proof))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def listed(directory: Path, database: str | None = None) -> list[Backup]:
    """Return the recorded copies of a database, or of all in the directory, newest first."""
    if not directory.is_dir():
        return []
    found = [read(path) for path in directory.glob("*.json")]
    kept = [one for one in found if one is not None and database in {None, one.database}]
    return sorted(kept, key=lambda one: (one.made_at, one.path.name), reverse=True)


def thin(directory: Path, database: str, keep: int) -> list[Backup]:
    """Remove the copies beyond the newest `keep` whole ones, and what broken runs left behind.

    The newest whole copy always stays. Returns what was removed.
    """
    known = listed(directory, database)
    whole = [one for one in known if one.state() is State.WHOLE]
    staying = whole[: max(keep, 1)]
    if not staying:
        return []
    oldest = staying[-1]
    removed = [one for one in known if one not in staying and one.made_at <= oldest.made_at]
    for one in removed:
        # The record goes first: a copy without one is ignored, a record without a copy misleads.
        one.sidecar.unlink(missing_ok=True)
        one.path.unlink(missing_ok=True)
    _sweep(directory)
    return removed


def _sweep(directory: Path) -> None:
    for path in directory.glob("*.partial"):
        if time.time() - path.stat().st_mtime > STALE_SECONDS:
            path.unlink(missing_ok=True)
