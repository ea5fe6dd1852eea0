"""`flask db compat`."""

from __future__ import annotations

import os
import sys

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.compat.checking import compare_releases
from bacowr.dbops.console import show


@click.command()
@directory_option
@click.option(
    "--base",
    metavar="GIT_REF",
    help="The release whose code still serves; by default the newest tag, else where the main "
    "branch was left, else the commit before.",
)
@json_option
@with_appcontext
def _compat(directory: str | None, base: str | None, *, as_json: bool) -> None:
    """Run the previous release's models against the newest schema.

    Each table is read, and a row inserted, updated and deleted, in a process of the old code, on
    a database made for it: what fails there breaks while old processes still serve. Ends with 0
    if nothing does, 1 if something does, 2 if it could not be tried.
    """
    info = click.get_current_context().find_object(ScriptInfo)
    app_path = (info.app_import_path if info else None) or os.environ.get("FLASK_APP", "")
    report = compare_releases(current_app, alembic_config(directory), base, app_path)
    show(report, as_json=as_json)
    sys.exit(report.exit_code)


compat = guarded(_compat)
compat.name = "compat"
