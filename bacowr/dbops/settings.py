"""The settings of dbops, read once from DBOPS_* in the application's config."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Phasing(StrEnum):
    """Whether an upgrade without a phase holds back what old code can't bear."""

    AUTO = "auto"
    """It does where the record says that an earlier upgrade went in phases."""
    STRICT = "strict"
    OFF = "off"


@dataclass(frozen=True)
class DbOpsSettings:
    """How patient, how careful and how talkative an operation is. Times are in seconds."""

    allow_throwaway: bool = False
    """Whether a SQLite file in a release container may be migrated, whose disk is thrown away."""

    app_version: str = ""
    """What the record says applied a revision, such as a commit or a release number."""

    backfill_budget: float = 60.0
    """How long an upgrade goes on with backfills; the rest is the worker's, or the next run's."""

    backup: bool = True
    """Whether a SQLite file is copied before pending revisions touch it."""

    backup_dir: Path | None = None
    """Where copies go; for SQLite a folder beside the file when unset, for PostgreSQL none."""

    backup_keep: int = 5
    """How many copies are kept; the newest proven one is never removed."""

    busy_timeout: float = 60.0
    """How long a statement waits for another writer of a SQLite file."""

    database_url: str = field(default="", repr=False)
    """Where migrations connect to, when the application's own URL leads through a pooler."""

    deadline: float = 3000.0
    """How long a run may take: below Heroku's fixed hour, so that it ends cleanly by itself."""

    lock_timeout: float = 2.0
    """How long a PostgreSQL statement queues for a lock, and blocks those behind it."""

    phases: Phasing = Phasing.AUTO
    """Whether `upgrade` refuses what old code can't bear: auto, strict or off."""

    scratch_url: str = ""
    """An empty PostgreSQL database to try things out on, where the role may not create one."""

    statement_timeout: float = 0.0
    """How long a PostgreSQL statement may run; 0 leaves only the deadline."""

    wait_seconds: float = 600.0
    """How long to wait for another process that migrates the same database."""

    @classmethod
    def from_config(cls, config: Mapping[str, object]) -> DbOpsSettings:
        """Read DBOPS_* values; a value that can't be read is refused, all of them at once."""
        values: dict[str, object] = {}
        wrong: list[str] = []
        for one in fields(cls):
            name = f"DBOPS_{one.name.upper()}"
            if config.get(name) in {None, ""}:
                continue
            try:
                values[one.name] = _READERS[str(one.type)](config[name])
            except (TypeError, ValueError):
                wrong.append(f"{name}={config[name]!r} is not {_KINDS[str(one.type)]}")
        if wrong:
            raise refuse(
                "settings", f"Wrong settings: {'; '.join(wrong)}.", remedy="Correct the config."
            )
        return cls(**values)  # type: ignore[arg-type] # Each value was read by its field's type.


def _read_bool(value: object) -> bool:
    text = str(value).strip().lower()
    if text not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        raise ValueError(text)
    return text in {"1", "true", "yes", "on"}


def _read_amount(value: object) -> float:
    number = float(str(value))
    if not 0 <= number < float("inf"):
        raise ValueError(value)
    return number


def _read_count(value: object) -> int:
    number = int(str(value))
    if number < 1:
        raise ValueError(value)
    return number


_READERS: dict[str, Callable[[object], object]] = {
    "str": str,
    "bool": _read_bool,
    "int": _read_count,
    "float": _read_amount,
    "Path | None": lambda value: Path(str(value)).expanduser(),
    "Phasing": lambda value: Phasing(str(value).strip().lower()),
}
_KINDS = {
    "bool": "yes or no",
    "int": "a whole number from 1",
    "float": "a number of seconds from 0",
    "Phasing": "auto, strict or off",
}
