"""An examination of a project: everything known to go wrong, each with what mends it."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from bacowr.dbops import catalog
from bacowr.dbops.adoption import find_edited
from bacowr.dbops.backfill.continuing import read_all
from bacowr.dbops.backfill.telling import summed_up, told_needing_a_person
from bacowr.dbops.console import count_text, heads_text, size_text
from bacowr.dbops.diagnose import explain
from bacowr.dbops.engines import sibling
from bacowr.dbops.head_file import find_stale
from bacowr.dbops.knowledge import REMEDY, count_tables
from bacowr.dbops.leftovers import find_leftovers
from bacowr.dbops.locations import database_name, directory_for, engine_version, sqlite_file
from bacowr.dbops.maintenance.examining import find_window
from bacowr.dbops.places import judge_place
from bacowr.dbops.postgres.pooler import find_pooler
from bacowr.dbops.project import Project, read_project
from bacowr.dbops.record import PREFIX, applied, read_log
from bacowr.dbops.report import Finding, Level, Report
from bacowr.dbops.revision_files import find_duplicates
from bacowr.dbops.sqlite.restore import is_database
from bacowr.dbops.standing import ahead_findings, heads_on, pending_from

if TYPE_CHECKING:
    from alembic.config import Config
    from flask import Flask

QUICK_BYTES = 200_000_000
REBUILD_FACTOR = 3


@dataclass
class Patient:
    """What the checks have found out so far, for those that come after."""

    app: Flask
    config: Config
    project: Project = field(init=False)
    directory: ScriptDirectory = field(init=False)
    note: str = ""


class EndOfExaminationError(Exception):
    """What comes after can't be looked at."""


def examine(app: Flask, config: Config) -> Report:
    """Look at settings, files, disk, connection and database. Changes nothing."""
    patient = Patient(app, config)
    findings: list[Finding] = []
    lines: list[str] = []
    for name, check in CHECKS.items():
        patient.note = ""
        found, goes_on = _run(check, patient)
        findings += found
        worst = _worst(found)
        lines.append(f"{worst:8}{name}{': ' if patient.note else ''}{patient.note}")
        if not goes_on:
            lines.append("        The rest can't be looked at before that is mended.")
            break
    codes = {"checks": [line.strip() for line in lines]}
    return Report("\n".join(lines), tuple(findings), codes)


def _worst(found: list[Finding]) -> str:
    levels = {finding.level for finding in found}
    if Level.ERROR in levels:
        return "WRONG"
    return "look" if Level.WARNING in levels else "ok"


def _run(
    check: Callable[[Patient], Iterator[Finding]], patient: Patient
) -> tuple[list[Finding], bool]:
    found: list[Finding] = []
    try:
        found.extend(check(patient))
    except EndOfExaminationError:
        return found, False
    except Exception as error:  # noqa: BLE001 - Telling what is wrong is what this is for.
        return [*found, explain(error)], False
    return found, True


def check_settings(patient: Patient) -> Iterator[Finding]:
    """The application, its one database, and the DBOPS_ settings."""
    patient.project = read_project(patient.app)
    patient.note = patient.project.engine.url.render_as_string(hide_password=True)
    yield from ()


def check_files(patient: Patient) -> Iterator[Finding]:
    """The migrations folder and every revision's file."""
    folder = Path(patient.config.get_main_option("script_location") or "migrations")
    if not folder.is_dir():
        yield Finding(
            "no-directory",
            f"There is no migrations folder {folder}.",
            str(folder),
            "Run this where the folder lies, name it with -d, or begin one with `flask db init`.",
        )
        raise EndOfExaminationError
    yield from find_duplicates([folder / "versions"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of duplicates, told above.
        directory = ScriptDirectory.from_config(patient.config)
        number = len(list(directory.walk_revisions()))
        heads = directory.get_heads()
    patient.directory = directory
    patient.note = f"{count_text(number, 'revision')}, the newest is {heads_text(heads)}"
    if len(heads) > 1:
        yield Finding(
            "several-heads",
            f"The history has several heads: {', '.join(heads)}.",
            str(folder),
            "`flask db rebase` puts one behind the other; `flask db merge heads -m 'Merge'` joins "
            "them.",
        )
    yield from find_stale(directory)


def check_place(patient: Patient) -> Iterator[Finding]:
    """The SQLite file and the disk it lies on."""
    project = patient.project
    path = sqlite_file(project.engine.url)
    if path is None:
        patient.note = "not a SQLite file"
        return
    finding = judge_place(path, os.environ)
    if finding is not None:
        yield finding
    if not path.parent.is_dir():
        message = f"The folder {path.parent} of the SQLite file does not exist."
        remedy = "Create the folder, or correct SQLALCHEMY_DATABASE_URI."
        yield Finding("no-file", message, str(path), remedy)
        raise EndOfExaminationError
    if not path.exists():
        message = f"The SQLite file {path} does not exist yet."
        yield Finding(
            "no-database", message, str(path), "`flask db upgrade` creates it.", Level.WARNING
        )
        raise EndOfExaminationError
    if path.stat().st_size and not is_database(path):
        remedy = "Correct SQLALCHEMY_DATABASE_URI, or put a copy back: `flask db restore`."
        yield Finding("not-a-database", "The file is not a SQLite database.", str(path), remedy)
        raise EndOfExaminationError
    yield from _check_room(patient, path)


def _check_room(patient: Patient, path: Path) -> Iterator[Finding]:
    size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    patient.note = f"{size_text(size)}, {size_text(free)} free"
    if free < REBUILD_FACTOR * size:
        message = f"The disk has {size_text(free)} free, and rebuilding all of {size_text(size)} "
        message += f"takes up to {REBUILD_FACTOR} times as much."
        yield Finding("disk-small", message, str(path), "Free some space.", Level.WARNING)


def check_connection(patient: Patient) -> Iterator[Finding]:
    """Whether the database answers, and lets itself be written."""
    project = patient.project
    engine = sibling(project.engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        if engine.dialect.name == "sqlite":
            connection.rollback()
            version = connection.exec_driver_sql("PRAGMA user_version").scalar()
            # A transaction alone begins on a read-only file, too.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql(f"PRAGMA user_version = {version}")
            connection.exec_driver_sql("ROLLBACK")
            yield from _check_pages(connection, project)
        else:
            yield from find_pooler(connection)
            yield from _check_rights(connection, project)
    patient.note = engine_version(engine)


def _check_pages(connection: sa.Connection, project: Project) -> Iterator[Finding]:
    path = sqlite_file(project.engine.url)
    if path is None or path.stat().st_size > QUICK_BYTES:
        return
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(3)")]
    if found != ["ok"]:
        yield Finding(
            "damaged",
            f"The SQLite file is damaged: {'; '.join(found)}.",
            str(path),
            "`flask db restore` puts the newest copy back and keeps the damaged file.",
        )


def _check_rights(connection: sa.Connection, project: Project) -> Iterator[Finding]:
    if connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":
        message = "The server is read-only: it is a standby, or the user may only read."
        yield Finding("read-only", message, "", "Use the URL of the primary server.")
    schema = project.schema or connection.exec_driver_sql("SELECT current_schema()").scalar()
    query = sa.text("SELECT has_schema_privilege(current_user, :schema, 'CREATE')")
    if not schema or not connection.execute(query, {"schema": schema}).scalar():
        message = f"The database user may not create tables in schema {schema}."
        remedy = f"Let the owner run: GRANT CREATE ON SCHEMA {schema or 'public'} TO the user."
        yield Finding("no-privilege", message, "", remedy)


def check_database(patient: Patient) -> Iterator[Finding]:
    """Where the database stands, and what earlier runs left in it."""
    project, directory = patient.project, patient.directory
    with sibling(project.engine).connect() as connection:
        heads = heads_on(connection, project)
        patient.note = f"at {heads_text(heads)}"
        names = set(sa.inspect(connection).get_table_names())
        tables = {one for one in names if not one.startswith((PREFIX, project.version_table))}
        log = read_log(connection, project.schema)
        ahead = ahead_findings(connection, directory, heads, project.schema)
        yield from ahead
        yield from find_leftovers(connection)
        yield from find_edited(directory, applied(log))
    yield from find_window(patient.project)
    if not ahead:
        yield from _behind(directory, heads, tables)


def _behind(
    directory: ScriptDirectory, heads: tuple[str, ...], tables: set[str]
) -> Iterator[Finding]:
    if tables and not heads:
        yield Finding(
            "no-version",
            f"There are {count_text(len(tables), 'table')}, but the database doesn't say at "
            "which revision it is.",
            ", ".join(sorted(tables)[:5]),
            "If they are those of a revision, say which: `flask db stamp REVISION`; else start "
            "with an empty database.",
        )
        return
    pending = pending_from(directory, heads)
    if pending:
        number = count_text(len(pending), "revision")
        message = f"The database is not up to date: {number} pending."
        yield Finding("not-up-to-date", message, "", "`flask db upgrade`.", Level.WARNING)


def check_backfills(patient: Patient) -> Iterator[Finding]:
    """The backfills that wait for a person."""
    statuses = read_all(patient.project)
    patient.note = summed_up(statuses)
    yield from told_needing_a_person(statuses)


def check_models(patient: Patient) -> Iterator[Finding]:
    """Whether the models were imported; without them `migrate` would drop every table."""
    number = count_tables(patient.project.metadata)
    patient.note = count_text(number, "table")
    if number == 0:
        yield Finding(
            "models-not-imported",
            "The application knows no models, so `flask db migrate` would drop every table.",
            "",
            REMEDY,
            Level.WARNING,
        )


def check_backups(patient: Patient) -> Iterator[Finding]:
    """The copies of this database."""
    project = patient.project
    url = project.engine.url
    place = directory_for(url, project.settings)
    found = catalog.listed(place, database_name(url)) if place else []
    patient.note = str(len(found)) if place else "none are taken: DBOPS_BACKUP_DIR is not set"
    for one in found:
        if one.state() is not catalog.State.WHOLE:
            message = f"The copy {one.path.name} is {one.state()}."
            remedy = f"Delete {one.sidecar}; `flask db backup` makes a new copy."
            yield Finding("backup-damaged", message, str(one.path), remedy, Level.WARNING)


CHECKS: dict[str, Callable[[Patient], Iterator[Finding]]] = {
    "settings": check_settings,
    "revision files": check_files,
    "file": check_place,
    "connection": check_connection,
    "database": check_database,
    "backfills": check_backfills,
    "models": check_models,
    "backups": check_backups,
}
