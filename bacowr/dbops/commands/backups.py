"""`flask db backups`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.catalog import State, listed
from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import json_option
from bacowr.dbops.console import columns, count_text, heads_text, show, size_text
from bacowr.dbops.locations import database_name, directory_for
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Finding, Report

if TYPE_CHECKING:
    from pathlib import Path

    from bacowr.dbops.catalog import Backup


@click.command()
@json_option
@click.option("--verify", is_flag=True, help="Read every copy and compare it with its record.")
@with_appcontext
def _backups(*, as_json: bool, verify: bool) -> None:
    """List the copies of this database, newest first; fail if one is missing or changed."""
    project = read_project(current_app)
    directory = directory_for(project.engine.url, project.settings)
    found = listed(directory, database_name(project.engine.url)) if directory else []
    states = {one.path: one.state(thorough=verify) for one in found}
    text = count_text(len(found), "backup") if as_json else _text(found, states)
    report = Report(
        text if found else f"No copies in {directory or 'any configured place'}.",
        tuple(
            _finding(one, states[one.path]) for one in found if states[one.path] is not State.WHOLE
        ),
        {"backups": [one.facts() | {"state": states[one.path].value} for one in found]},
    )
    show(report, as_json=as_json)
    sys.exit(report.exit_code)


def _text(found: list[Backup], states: dict[Path, State]) -> str:
    rows = [
        (
            one.made_at[:19].replace("T", " "),
            size_text(one.proof.size),
            heads_text(one.heads),
            one.reason.value,
            states[one.path].value,
            one.path.name,
        )
        for one in found
    ]
    head = ("made (UTC)", "size", "at", "reason", "state", "file")
    return "\n".join(columns([head, *rows]))


def _finding(one: Backup, state: State) -> Finding:
    return Finding(
        f"backup-{state}",
        f"The copy {one.path.name} is {state}.",
        str(one.path),
        f"Don't rely on it: `flask db backup` makes a new one; then delete {one.sidecar.name}.",
    )


backups = guarded(_backups)
backups.name = "backups"
