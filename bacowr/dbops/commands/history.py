"""`flask db history`."""

from __future__ import annotations

import click
from alembic import command
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.commands.telling import telling
from bacowr.dbops.console import count_text, show
from bacowr.dbops.listing import script_facts
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Report
from bacowr.dbops.standing import read_heads


@click.command()
@directory_option
@json_option
@click.option("-r", "--rev-range", metavar="A:B", help="From A to B; `current` is the database's.")
@click.option("-v", "--verbose", is_flag=True, help="Show the revisions' files too.")
@click.option("-i", "--indicate-current", is_flag=True, help="Mark the database's revision.")
@with_appcontext
def _history(
    directory: str | None,
    rev_range: str | None,
    *,
    as_json: bool,
    verbose: bool,
    indicate_current: bool,
) -> None:
    """List the revisions, the newest first."""
    config = alembic_config(directory)
    if not as_json:
        with telling():
            command.history(config, rev_range, verbose, indicate_current)
        return
    first, _, last = (rev_range or ":").partition(":")
    asked = indicate_current or "current" in {first, last}
    at = read_heads(read_project(current_app)) if asked else ()
    ends = [",".join(at) if one == "current" else one for one in (first, last)]
    scripts = ScriptDirectory.from_config(config)
    found = scripts.walk_revisions(ends[0] or "base", ends[1] or "heads")
    facts = [script_facts(one) for one in found]
    if indicate_current:
        facts = [{**one, "is_current": one["revision"] in at} for one in facts]
    show(Report(f"{count_text(len(facts), 'revision')}.", facts={"revisions": facts}), as_json=True)


history = guarded(_history)
history.name = "history"
