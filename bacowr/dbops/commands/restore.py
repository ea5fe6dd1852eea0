"""`flask db restore`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops import backups
from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import json_option, wait_option
from bacowr.dbops.console import heads_text, show
from bacowr.dbops.engines import sibling
from bacowr.dbops.locations import database_name
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Report
from bacowr.dbops.standing import find_heads

DEFAULT_WAIT_SECONDS = 5.0


@click.command()
@json_option
@wait_option
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.argument("copy", required=False, help="The name or path of a copy; the newest if none.")
@with_appcontext
def _restore(copy: str | None, *, as_json: bool, yes: bool, wait_seconds: float | None) -> None:
    """Put a copy back in the database's place, by default the newest.

    What is replaced is kept. Stop the application first: nothing is done while another process
    writes or migrates.
    """
    project = read_project(current_app)
    backup = backups.find(project.engine.url, project.settings, copy)
    name = database_name(project.engine.url)
    if not yes and not as_json:
        click.confirm(
            f"Replace the contents of {name} by {backup.path.name} "
            f"(made {backup.made_at}, at {heads_text(backup.heads)})?",
            abort=True,
        )
    wait = DEFAULT_WAIT_SECONDS if wait_seconds is None else wait_seconds
    with backups.alone(project.engine.url, wait):
        done = backups.restore(
            sibling(project.engine), project.settings, backup, find_heads(project)
        )
    lines = [f"{name} holds what {backup.path.name} held, at {heads_text(backup.heads)}: proved."]
    if done.kept:
        lines.append(f"What was there before is kept as {done.kept}.")
    if done.undo is not None:
        lines.append(f"To undo: flask db restore {done.undo.path.name}")
    facts = {"backup": backup.facts(), "kept": done.kept}
    show(Report("\n".join(lines), facts=facts), as_json=as_json)


restore = guarded(_restore)
restore.name = "restore"
