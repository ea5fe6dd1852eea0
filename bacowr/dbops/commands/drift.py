"""`flask db drift`."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import (
    alembic_config,
    directory_option,
    json_option,
    message_option,
    rev_id_option,
)
from bacowr.dbops.console import finding_lines
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.candidate import write_candidate
from bacowr.dbops.schema.telling import drift_lines, drift_report
from bacowr.dbops.schema.threeway import look_three_ways

if TYPE_CHECKING:
    from bacowr.dbops.report import Report
    from bacowr.dbops.schema.candidate import Candidate
    from bacowr.dbops.schema.threeway import ThreeWay


@click.command()
@directory_option
@json_option
@click.option("--write", is_flag=True, help="Write a revision of what was done by hand.")
@message_option
@rev_id_option
@with_appcontext
def _drift(
    directory: str | None,
    message: str | None,
    rev_id: str | None,
    *,
    as_json: bool,
    write: bool,
) -> None:
    """Show in what the models, the history and the database differ, and who has what.

    The history is replayed on a scratch database. Ends with 0 if nothing differs, 1 if something
    does, 2 if it could not be found out.
    """
    project = read_project(current_app)
    config = alembic_config(directory, opts=["drift"])
    if as_json and config.cmd_opts is not None:
        config.cmd_opts.quiet = True
    outcome = look_three_ways(project, config)
    report = drift_report(outcome)
    if write:
        dialect = project.engine.dialect
        written = write_candidate(outcome, config, dialect, message, rev_id=rev_id)
        report = _with_candidate(report, written)
    if as_json:
        click.echo(report.to_json())
    else:
        _print(outcome, report)
    sys.exit(report.exit_code)


def _with_candidate(report: Report, written: Candidate | None) -> Report:
    if written is None:
        said = "Nothing was written: nothing was done to the database by hand."
        note = Finding("nothing-written", said, level=Level.INFO)
        facts: dict[str, object] = {**report.facts, "file": None}
        return replace(report, findings=(*report.findings, note), facts=facts)
    note = Finding(
        "written",
        f"Written: {written.path}. This database has it already.",
        remedy=f"Review the file, then flask db stamp {written.revision} here; other databases "
        "are upgraded.",
        level=Level.INFO,
    )
    facts = {**report.facts, "file": str(written.path), "revision": written.revision}
    return replace(report, findings=(*report.findings, *written.findings, note), facts=facts)


def _print(outcome: ThreeWay, report: Report) -> None:
    before = outcome.stand.findings
    for finding in before:
        click.echo("\n".join(finding_lines(finding)))
    for line in drift_lines(outcome, is_written=bool(report.facts.get("file"))):
        click.echo(line)
    for finding in report.findings[len(before) + len(outcome.drifts) :]:
        click.echo("\n".join(finding_lines(finding)))
    click.echo(report.summary)


drift = guarded(_drift)
drift.name = "drift"
