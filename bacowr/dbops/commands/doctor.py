"""`flask db doctor`."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.console import show
from bacowr.dbops.doctor import examine


@click.command()
@directory_option
@json_option
@with_appcontext
def _doctor(directory: str | None, *, as_json: bool) -> None:
    """Look for everything known to go wrong, and say what mends it; change nothing."""
    report = examine(current_app, alembic_config(directory))
    show(report, as_json=as_json)
    if not as_json and not report.findings:
        click.echo("Nothing is wrong.")
    sys.exit(report.exit_code)


doctor = guarded(_doctor)
doctor.name = "doctor"
