"""`flask db backup`."""

from __future__ import annotations

import time

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops import backups
from bacowr.dbops.catalog import Reason
from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import json_option
from bacowr.dbops.console import heads_text, show, size_text, time_text
from bacowr.dbops.engines import sibling
from bacowr.dbops.errors import refuse
from bacowr.dbops.locations import sqlite_file
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Report
from bacowr.dbops.standing import read_heads


@click.command()
@json_option
@with_appcontext
def _backup(*, as_json: bool) -> None:
    """Copy the database, read the copy back, and record what it holds."""
    project = read_project(current_app)
    engine = sibling(project.engine)
    path = sqlite_file(engine.url)
    if path is not None and not path.exists():
        raise refuse(
            "no-database",
            f"There is no database file {path}, so there is nothing to copy.",
            remedy="Correct SQLALCHEMY_DATABASE_URI, or create it with `flask db upgrade`.",
        )
    started = time.monotonic()
    with backups.alone(engine.url, project.settings.busy_timeout):
        made = backups.take(engine, project.settings, read_heads(project), Reason.HAND)
    spent = time_text((time.monotonic() - started) * 1000)
    text = (
        f"Copied to {made.path} ({size_text(made.proof.size)}, {spent}), at "
        f"{heads_text(made.heads)}; the copy was read back and is whole."
    )
    show(Report(text, facts={"backup": made.facts()}), as_json=as_json)


backup = guarded(_backup)
backup.name = "backup"
