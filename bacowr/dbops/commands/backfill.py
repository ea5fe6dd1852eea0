"""`flask db backfill list|run|pause|resume|cancel|status`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops import events
from bacowr.dbops.backfill.budget import Budget
from bacowr.dbops.backfill.continuing import find_open, go_on, known_as, read_all
from bacowr.dbops.backfill.states import CANCEL, PAUSE, RESUME, UNFINISHED, Move, State
from bacowr.dbops.backfill.steering import steer
from bacowr.dbops.backfill.store import Status
from bacowr.dbops.backfill.telling import table_of, told
from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.console import Console, count_text, show
from bacowr.dbops.errors import refuse
from bacowr.dbops.project import Project, read_project
from bacowr.dbops.report import Level, Report
from bacowr.dbops.stop import stop_on_sigterm

if TYPE_CHECKING:
    from collections.abc import Sequence

FOR_EVER: Final = float("inf")
revision_argument = click.argument("revision", help="The revision that declares it.")


@click.group()
def backfill() -> None:
    """Go on with changes of rows that are made in batches, and steer them."""


@click.command("list")
@json_option
@with_appcontext
def _list(*, as_json: bool) -> None:
    """Show every backfill of this database. Fails when one has failed."""
    statuses = read_all(read_project(current_app))
    text = f"{count_text(len(statuses), 'backfill')}."
    if not as_json and statuses:
        text = "\n".join(table_of(statuses))
    _show(statuses, text, as_json=as_json)


@click.command("status")
@json_option
@revision_argument
@with_appcontext
def _status(revision: str, *, as_json: bool) -> None:
    """Show where the backfill of REVISION stands. Fails when it has failed."""
    _show_one(_one(read_project(current_app), revision), as_json=as_json)


@click.command("run")
@directory_option
@json_option
@click.option(
    "--budget", type=click.FloatRange(min=0), default=FOR_EVER, help="Seconds it may take."
)
@click.argument("revision", required=False, help="One of them only.")
@with_appcontext
def _run(directory: str | None, budget: float, revision: str | None, *, as_json: bool) -> None:
    """Go on with the backfill of REVISION, or with all that are unfinished, until they are done.

    A REVISION that failed, was paused or canceled is resumed; one that is done is looked over
    for rows that older code has written since. It may be stopped, or killed, at any moment.
    """
    project = read_project(current_app)
    scripts = ScriptDirectory.from_config(alembic_config(directory))
    waiting = [one for one in read_all(project) if one.state in UNFINISHED]
    if revision is not None:
        waiting = [_wanted(project, scripts, revision)]
    with stop_on_sigterm(), events.listening(*([] if as_json else [Console()])):
        after = go_on(project, scripts, waiting, Budget(budget))
    known = {one.revision: one for one in after}
    stand = [known.get(one.revision, one) for one in waiting]
    undone = [one for one in stand if one.state is not State.SUCCEEDED]
    number = count_text(len(undone), "backfill") if undone else ""
    text = f"{number} not done." if undone else "All backfills are done."
    _show(stand, text, as_json=as_json, each=True)


@click.command("pause")
@json_option
@revision_argument
@with_appcontext
def _pause(revision: str, *, as_json: bool) -> None:
    """Let the backfill of REVISION rest; a batch that runs is rolled back or just ends."""
    _make(PAUSE, revision, as_json=as_json)


@click.command("resume")
@json_option
@revision_argument
@with_appcontext
def _resume(revision: str, *, as_json: bool) -> None:
    """Let a paused, failed or canceled backfill go on where it ended."""
    _make(RESUME, revision, as_json=as_json)


@click.command("cancel")
@json_option
@revision_argument
@with_appcontext
def _cancel(revision: str, *, as_json: bool) -> None:
    """Give the backfill of REVISION up; what is done stays, and contract revisions refuse."""
    _make(CANCEL, revision, as_json=as_json)


def _make(move: Move, revision: str, *, as_json: bool) -> None:
    project = read_project(current_app)
    before = _one(project, revision)
    if before.state is not move.target and not steer(project, move, revision):
        raise refuse(
            "backfill-state",
            f"The backfill of {revision} is {_one(project, revision).state}: there is nothing to "
            f"{move.name}.",
            where=revision,
        )
    _show_one(_one(project, revision), as_json=as_json)


def _wanted(project: Project, scripts: ScriptDirectory, revision: str) -> Status:
    """Return the backfill a person wants to run, made fit to go on."""
    known_as(scripts, revision)
    status = find_open(project, scripts, revision)
    if status.state in RESUME.sources:
        steer(project, RESUME, revision)
    return status


def _one(project: Project, revision: str) -> Status:
    for status in read_all(project):
        if status.revision == revision:
            return status
    raise refuse(
        "no-backfill",
        f"This database has no backfill of {revision}.",
        where=revision,
        remedy="`flask db backfill list` shows which there are.",
    )


def _show_one(status: Status, *, as_json: bool) -> None:
    text = told(status).message if as_json else "\n".join(table_of([status]))
    _show([status], text, as_json=as_json, each=not as_json)


def _show(statuses: Sequence[Status], text: str, *, as_json: bool, each: bool = False) -> None:
    """Print backfills and exit; failed ones are findings, with `each` the others are told too."""
    findings = [told(one, Level.ERROR) for one in statuses]
    if not each:
        findings = [one for one in findings if one.level is Level.ERROR]
    report = Report(text, tuple(findings), {"backfills": [one.facts() for one in statuses]})
    show(report, as_json=as_json)
    sys.exit(report.exit_code)


for _command in (_list, _status, _run, _pause, _resume, _cancel):
    backfill.add_command(guarded(_command))
