"""`flask jobs export` and `flask jobs check`: taking an article away, and checking a text."""

import json
import sys
from typing import BinaryIO, TextIO

import click

from bacowr.accounts import permissions
from bacowr.accounts import queries as people
from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Conflict, NotFound
from bacowr.cli.errors import told
from bacowr.cli.jobs import as_json, by_owner, group
from bacowr.engine.checks.model import QcStatus, Report
from bacowr.exports.handing_over import hand_over
from bacowr.exports.model import Format
from bacowr.jobs import queries
from bacowr.jobs.articles import checking, editing, results, versions
from bacowr.jobs.models import Job

FOUND = 1
MARKS = {
    QcStatus.PASS: "✓",
    QcStatus.WARNING: "!",
    QcStatus.NEEDS_SIGNOFF: "?",
    QcStatus.BLOCKED: "✗",
}


@group.command("export")
@click.argument("job_id", help="The job's id.")
@by_owner
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in Format]),
    default=Format.MARKDOWN.value,
    show_default=True,
    help="The kind of file.",
)
@click.option(
    "-o", "--output", type=click.File("wb", lazy=True), default="-", help="Unset: standard output."
)
@told
def export(job_id: str, email: str, form: str, output: BinaryIO) -> None:
    """Take a signed article away as a file, its label first; one that isn't signed stays."""
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.JOBS_READ)
    file = hand_over(queries.get(job_id, owner=owner), Format(form), by=owner)
    output.write(file.content)
    click.echo(f"{file.name}, {len(file.content):,} bytes.", err=True)


@group.command("check")
@click.argument("job_id", help="The job's id.")
@by_owner
@click.option(
    "--text",
    type=click.File("r", encoding="utf-8"),
    help="A file with a text to check instead of the stored one; `-` is standard input.",
)
@as_json
@told
def check(job_id: str, email: str, text: TextIO | None, *, as_json: bool) -> None:
    """Check a job's article, or another text for the same order; nothing is stored.

    Ends with 0 when the checks pass or only warn, and with 1 when somebody has to mend or sign.
    """
    owner = people.get_by_email(email)
    permissions.require(owner, Permission.JOBS_READ)
    job = queries.get(job_id, owner=owner)
    decisions = checking.decisions_of(job)
    report = checking.check(job, editing.draft_of(job, _text(job, text), by=None), decisions)
    if report is None:
        raise Conflict(editing.NO_MATERIAL)
    if as_json:
        click.echo(json.dumps(results.told(report, decisions), ensure_ascii=False, indent=2))
    else:
        _show(report)
    sys.exit(0 if report.status in {QcStatus.PASS, QcStatus.WARNING} else FOUND)


def _text(job: Job, given: TextIO | None) -> str:
    if given is not None:
        return given.read()
    latest = versions.latest(job)
    if latest is None:
        raise NotFound("This job has no article; give a --text.")
    return latest.text


def _show(report: Report) -> None:
    score = "" if report.score is None else f", score {report.score:.0f} of 100"
    click.echo(f"{report.status}{score}")
    for each in report.checks:
        click.echo(f"{MARKS[each.status]} {each.name}" + _why(each.unmeasured))
        for finding in each.findings:
            click.echo(f"    {MARKS[finding.status]} {finding.message} [{finding.key}]")


def _why(unmeasured: str | None) -> str:
    return f": {unmeasured}" if unmeasured else ""
