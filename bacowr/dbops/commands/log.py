"""`flask db log`."""

from __future__ import annotations

from dataclasses import asdict

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import json_option
from bacowr.dbops.console import columns, show, time_text
from bacowr.dbops.engines import sibling
from bacowr.dbops.locations import sqlite_file
from bacowr.dbops.project import Project, read_project
from bacowr.dbops.record import Entry, Outcome, read_log
from bacowr.dbops.report import Report


@click.command()
@json_option
@click.option("-n", "--number", type=click.IntRange(min=1), default=20, help="How many entries.")
@with_appcontext
def _log(*, as_json: bool, number: int) -> None:
    """Show what was applied to this database, when, by whom, and how long it took."""
    entries = _read(read_project(current_app))
    shown = entries[-number:]
    head = ("when (UTC)", "what", "revision", "class", "outcome", "took", "by", "title")
    text = "\n".join(columns([head, *map(_row, shown)])) if shown else "Nothing is recorded yet."
    facts = {"entries": [asdict(one) for one in shown], "count": len(entries)}
    show(
        Report(f"{len(shown)} of {len(entries)}." if as_json else text, facts=facts),
        as_json=as_json,
    )


def _read(project: Project) -> tuple[Entry, ...]:
    path = sqlite_file(project.engine.url)
    if path is not None and not path.exists():
        return ()
    with sibling(project.engine).connect() as connection:
        return read_log(connection, project.schema)


def _row(entry: Entry) -> tuple[str, ...]:
    told = entry.title if entry.outcome == Outcome.DONE else entry.error
    return (
        entry.at[:19].replace("T", " "),
        entry.direction,
        entry.revision,
        entry.kind,
        entry.outcome,
        time_text(entry.duration_ms),
        entry.app_version or entry.host,
        told,
    )


log = guarded(_log)
log.name = "log"
