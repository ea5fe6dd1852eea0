"""Take a proven copy before anything is changed, and put one back."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops import catalog
from bacowr.dbops.catalog import Backup, Reason, State
from bacowr.dbops.copies import (
    BackupError,
    CopyDamagedError,
    DatabaseInUseError,
    DiskFullError,
    Proof,
)
from bacowr.dbops.engines import sibling
from bacowr.dbops.errors import refuse
from bacowr.dbops.events import BackupMade, Direction, emit
from bacowr.dbops.locations import database_name, directory_for, engine_version, sqlite_file
from bacowr.dbops.postgres import backup as postgres
from bacowr.dbops.record import PREFIX, moment
from bacowr.dbops.sqlite import filelock
from bacowr.dbops.sqlite.backup import copy_database, prove
from bacowr.dbops.sqlite.restore import is_database, put_back

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bacowr.dbops.plan import Plan
    from bacowr.dbops.project import Project
    from bacowr.dbops.settings import DbOpsSettings

RESTORE_TIMEOUT_SECONDS = 5.0
NO_DIRECTORY = (
    "Set DBOPS_BACKUP_DIR to a directory that outlives the release, and install the PostgreSQL "
    "client of the server's version."
)
SPACE = "Free some space, or set DBOPS_BACKUP_DIR to a disk that has it."
# What a person does about each way of failing, and the code a machine knows it by.
REMEDIES: dict[type[BackupError], tuple[str, str]] = {
    DiskFullError: ("disk-full", SPACE),
    DatabaseInUseError: (
        "in-use",
        "Stop the application and its workers, or wait until they are done, and try again.",
    ),
    CopyDamagedError: ("damaged", "Choose another copy: `flask db backups --verify` lists them."),
    postgres.ClientMissingError: (
        "client-missing",
        "Install the PostgreSQL client of the server's version (Debian: postgresql-client).",
    ),
    postgres.ClientTooOldError: (
        "client-too-old",
        "Install the PostgreSQL client of the server's version and put it first on the PATH.",
    ),
}


@dataclass(frozen=True)
class Restored:
    """What a restore did: the copy it used and where the replaced contents are now."""

    backup: Backup
    kept: str
    undo: Backup | None = None


def back_up_first(project: Project, plan: Plan) -> None:
    """Copy the database before the plan's first revision touches it, and tell of the copy."""
    reason = Reason.DOWNGRADE if plan.direction is Direction.DOWNGRADE else Reason.UPGRADE
    started = time.monotonic()
    made = backup_before_upgrade(
        sibling(project.engine), project.settings, plan.heads, reason, project.version_table
    )
    if made is not None:
        spent = int((time.monotonic() - started) * 1000)
        emit(BackupMade(str(made.path), made.proof.size, spent))


def backup_before_upgrade(
    engine: sa.Engine,
    settings: DbOpsSettings,
    heads: Sequence[str],
    reason: Reason = Reason.UPGRADE,
    version_table: str = "alembic_version",
) -> Backup | None:
    """Copy the database before pending revisions touch it; None when there is nothing to lose.

    Call it under the run's lock, outside any transaction. SQLite: unless DBOPS_BACKUP says no,
    or the file holds no tables yet. PostgreSQL: when DBOPS_BACKUP_DIR is set and there are
    tables. Raises Refused when the copy can't be made, and then nothing should be changed.
    """
    if not settings.backup or directory_for(engine.url, settings) is None:
        return None
    if not has_tables(engine, version_table):
        return None
    return take(engine, settings, heads, reason)


def has_tables(engine: sa.Engine, version_table: str = "alembic_version") -> bool:
    """Tell whether there are tables besides those that the migrations keep for themselves."""
    path = sqlite_file(engine.url)
    if path is not None and (not path.exists() or path.stat().st_size == 0):
        return False
    with engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
    return any(name != version_table and not name.startswith(PREFIX) for name in names)


def take(
    engine: sa.Engine, settings: DbOpsSettings, heads: Sequence[str], reason: Reason
) -> Backup:
    """Copy the database, prove the copy, record it and thin out older ones."""
    url = engine.url
    directory = directory_for(url, settings)
    if directory is None:
        raise refuse("backup-directory", "No place for copies is configured.", remedy=NO_DIRECTORY)
    with refusing("The database was not copied, and nothing was changed"):
        directory.mkdir(parents=True, exist_ok=True)
        path = sqlite_file(url)
        stem = path.stem if path is not None else str(url.database)
        suffix = ".db" if path is not None else ".dump"
        target = catalog.new_path(directory, stem, heads, suffix)
        if path is not None:
            proof = copy_database(path, target, timeout_seconds=settings.busy_timeout)
        else:
            proof = postgres.dump_database(engine, target)
        made = _record(engine, settings, heads, (target, proof, reason))
        catalog.thin(directory, made.database, settings.backup_keep)
    return made


@contextmanager
def alone(url: sa.URL, wait_seconds: float) -> Iterator[None]:
    """Keep migrations off a SQLite file meanwhile. Raises LockBusy when one goes on too long.

    PostgreSQL needs none: a dump sees one moment, and a restore refuses while anybody is there.
    """
    path = sqlite_file(url)
    if path is None or not path.parent.is_dir():
        yield
        return
    with filelock.hold(path, wait_seconds):
        yield


@contextmanager
def refusing(what: str) -> Iterator[None]:
    """Turn a failure to copy into a refusal that says what to do about it."""
    try:
        yield
    except BackupError as error:
        code, remedy = REMEDIES.get(type(error), ("failed", "Mend what is said here, try again."))
        raise refuse(f"backup-{code}", f"{what}: {error}.", remedy=remedy) from error
    except OSError as error:
        said = error.strerror or str(error)
        where = str(error.filename or "")
        raise refuse("backup-failed", f"{what}: {said}.", where=where, remedy=SPACE) from error


def find(url: sa.URL, settings: DbOpsSettings, name: str | None) -> Backup:
    """Return the copy of this name or path, or the newest whole one. Raises Refused.

    What an earlier restore put aside is only taken by name.
    """
    directory = directory_for(url, settings)
    known = catalog.listed(directory) if directory is not None else []
    if name is None:
        mine = [one for one in known if one.database == database_name(url)]
        made = [one for one in mine if one.reason is not Reason.RESTORE]
        whole = [one for one in made if one.state() is State.WHOLE]
        if whole:
            return whole[0]
        raise refuse(
            "backup-none",
            "There is no copy of this database.",
            where=str(directory or ""),
            remedy="Name one: `flask db restore FILE`.",
        )
    by_name = {one.path.name: one for one in known}
    given = by_name.get(name) or catalog.read(Path(f"{name}.json").absolute())
    if given is None:
        raise refuse(
            "backup-unknown",
            f"{name} is no recorded copy.",
            remedy="`flask db backups` lists the copies; a copy's .json file belongs beside it.",
        )
    return given


def restore(
    engine: sa.Engine, settings: DbOpsSettings, backup: Backup, heads: Sequence[str] = ()
) -> Restored:
    """Make the database hold what the copy holds, and prove it; keep what is replaced.

    `heads` are those of what is replaced, which becomes a copy of its own. Call it under the
    run's lock. Raises Refused, and then the database is what it was.
    """
    if backup.dialect != engine.dialect.name:
        raise refuse(
            "backup-dialect",
            f"{backup.path.name} is a copy of a {backup.dialect} database, not of "
            f"{engine.dialect.name}.",
            remedy="`flask db backups` lists the copies of this database.",
        )
    with refusing("Nothing was restored, and the database is what it was"):
        if backup.state(thorough=True) is not State.WHOLE:
            raise CopyDamagedError(f"{backup.path.name} is not what was recorded")
        path = sqlite_file(engine.url)
        if path is None:
            return _restore_postgres(engine, backup)
        return _restore_sqlite(engine, settings, backup, heads)


def _restore_sqlite(
    engine: sa.Engine, settings: DbOpsSettings, backup: Backup, heads: Sequence[str]
) -> Restored:
    live = Path(database_name(engine.url))
    directory = directory_for(engine.url, settings) or live.parent
    directory.mkdir(parents=True, exist_ok=True)
    healthy, existed = is_database(live), live.exists()
    suffix = ".db" if healthy else ".damaged"
    kept = catalog.new_path(directory, live.stem, ("replaced",), suffix)
    put_back(backup.path, live, kept, backup.proof.digest, timeout_seconds=RESTORE_TIMEOUT_SECONDS)
    undo = None
    if healthy:
        with suppress(CopyDamagedError):  # Kept as it was, but nothing to go back to.
            undo = _record(engine, settings, heads, (kept, prove(kept), Reason.RESTORE))
    return Restored(backup, str(kept) if existed else "", undo)


def _record(
    engine: sa.Engine,
    settings: DbOpsSettings,
    heads: Sequence[str],
    copy: tuple[Path, Proof, Reason],
) -> Backup:
    path, proof, reason = copy
    return catalog.record(
        Backup(
            path=path,
            made_at=moment(),
            dialect=engine.dialect.name,
            database=database_name(engine.url),
            engine=engine_version(engine),
            heads=tuple(heads),
            reason=reason,
            proof=proof,
            app_version=settings.app_version,
        )
    )


def _restore_postgres(engine: sa.Engine, backup: Backup) -> Restored:
    kept = f"{engine.url.database}_replaced_{catalog.stamp()}".lower()[:55]
    postgres.restore_database(engine, backup.path, kept, backup.proof.digest)
    return Restored(backup, kept)
