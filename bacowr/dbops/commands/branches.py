"""`flask db branches`."""

from __future__ import annotations

import click
from alembic import command
from alembic.script import ScriptDirectory
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.console import count_text, show
from bacowr.dbops.listing import listed


@click.command()
@directory_option
@json_option
@click.option("-v", "--verbose", is_flag=True, help="Show the revisions' files too.")
@with_appcontext
def _branches(directory: str | None, *, as_json: bool, verbose: bool) -> None:
    """Show the revisions at which the history parts."""
    config = alembic_config(directory)
    if not as_json:
        command.branches(config, verbose=verbose)
        return
    scripts = ScriptDirectory.from_config(config)
    found = [one for one in scripts.walk_revisions() if one.is_branch_point]
    show(listed(found, f"{count_text(len(found), 'branch point')}."), as_json=True)


branches = guarded(_branches)
branches.name = "branches"
