"""`flask db stamp`."""

from __future__ import annotations

import sys
from dataclasses import replace

import click
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops import events
from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import (
    alembic_config,
    directory_option,
    json_option,
    sql_option,
    tag_option,
)
from bacowr.dbops.console import heads_text, show
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Finding, Report
from bacowr.dbops.schema.changes import facts_of
from bacowr.dbops.stamp_record import REASON
from bacowr.dbops.stamping import Comparison, compare_for_stamp, findings_of, heads_after


@click.command()
@directory_option
@sql_option
@tag_option
@click.option("--purge", is_flag=True, help="Forget what the version table says first.")
@click.option(
    "--force",
    "reason",
    metavar="REASON",
    help="Write without comparing; why is recorded, and shown by `flask db log`.",
)
@json_option
@click.argument("revision", nargs=-1, help="Where the database is; base, or several heads.")
@with_appcontext
def _stamp(  # noqa: PLR0913 - One argument per option.
    directory: str | None,
    revision: tuple[str, ...],
    tag: str | None,
    reason: str | None,
    *,
    sql: bool,
    purge: bool,
    as_json: bool,
) -> None:
    """Write down that the database is at REVISION (default head), if its schema is just that.

    The history is replayed to there on a scratch database and compared. Ends with 0 if the
    version was written, 1 if the schema differs, 2 if it could not be found out.
    """
    config = alembic_config(directory)
    revisions = revision or ("head",)
    if sql:
        if reason is not None or as_json:
            raise click.UsageError("--sql only writes SQL: it compares and records nothing.")
        command.stamp(config, list(revisions), sql=True, tag=tag, purge=purge)
        return
    why = " ".join((reason or "").split())
    if reason is not None and not why:
        raise click.UsageError("--force needs a reason, which is recorded.")
    report = _compare(config, revisions, why, purge=purge)
    if report.exit_code == 0:
        noticed = write_stamp(config, revisions, tag=tag, purge=purge, reason=why)
        report = replace(report, findings=(*report.findings, *noticed))
    show(report, as_json=as_json)
    sys.exit(report.exit_code)


def _compare(config: Config, revisions: tuple[str, ...], reason: str, *, purge: bool) -> Report:
    project = read_project(current_app)
    if reason:
        directory = ScriptDirectory.from_config(config)
        comparison = Comparison(heads_after(project, directory, revisions, purge=purge))
        how = ", without a comparison"
    else:
        comparison = compare_for_stamp(project, config, revisions, purge=purge)
        how = ", which its schema equals"
    facts = {
        "heads": list(comparison.heads),
        "stamped": comparison.is_equal,
        "forced": reason,
        "differences": facts_of(comparison.differences),
    }
    where = heads_text(comparison.heads)
    summary = (
        f"The database is stamped at {where}{how}."
        if comparison.is_equal
        else f"The database is not stamped at {where}."
    )
    return Report(summary, tuple(findings_of(comparison)), facts)


def write_stamp(
    config: Config,
    revisions: tuple[str, ...],
    *,
    tag: str | None = None,
    purge: bool = False,
    reason: str = "",
) -> list[Finding]:
    """Write the version, and the record of it, without a comparison; return what was noticed."""
    config.attributes[REASON] = reason
    noticed: list[Finding] = []

    def listen(event: events.Event) -> None:
        if isinstance(event, events.Noticed):
            noticed.append(event.finding)

    with events.listening(listen):
        command.stamp(config, list(revisions), tag=tag, purge=purge)
    return noticed


stamp = guarded(_stamp)
stamp.name = "stamp"
