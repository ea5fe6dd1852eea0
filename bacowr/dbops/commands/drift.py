"""`flask db drift`."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.console import finding_lines
from bacowr.dbops.project import read_project
from bacowr.dbops.schema.telling import drift_lines, drift_report
from bacowr.dbops.schema.threeway import look_three_ways


@click.command()
@directory_option
@json_option
@with_appcontext
def _drift(directory: str | None, *, as_json: bool) -> None:
    """Show in what the models, the history and the database differ, and who has what.

    The history is replayed on a scratch database. Ends with 0 if nothing differs, 1 if something
    does, 2 if it could not be found out.
    """
    outcome = look_three_ways(read_project(current_app), alembic_config(directory))
    report = drift_report(outcome)
    if as_json:
        click.echo(report.to_json())
        sys.exit(report.exit_code)
    for finding in outcome.stand.findings:
        click.echo("\n".join(finding_lines(finding)))
    for line in drift_lines(outcome):
        click.echo(line)
    click.echo(report.summary)
    sys.exit(report.exit_code)


drift = guarded(_drift)
drift.name = "drift"
