"""`flask db check`."""

from __future__ import annotations

import sys
from dataclasses import replace

import click
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.console import finding_lines
from bacowr.dbops.head_file import find_stale
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Level
from bacowr.dbops.schema.telling import check_report
from bacowr.dbops.schema.threeway import look_three_ways


@click.command()
@directory_option
@json_option
@with_appcontext
def _check(directory: str | None, *, as_json: bool) -> None:
    """Fail unless the database is at head and models, history and database agree.

    A newer database that this code can live with is fine. Ends with 0 if all is well, 1 if there
    are findings, 2 if it could not be found out.
    """
    config = alembic_config(directory)
    report = check_report(look_three_ways(read_project(current_app), config))
    stale = tuple(find_stale(ScriptDirectory.from_config(config)))
    report = replace(report, findings=(*report.findings, *stale))
    if as_json:
        click.echo(report.to_json())
        sys.exit(report.exit_code)
    for finding in report.findings:
        click.echo("\n".join(finding_lines(finding)), err=finding.level is Level.ERROR)
    if not report.exit_code:
        click.echo(report.summary)
    sys.exit(report.exit_code)


check = guarded(_check)
check.name = "check"
