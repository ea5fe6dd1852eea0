"""`flask db show`."""

from __future__ import annotations

import click
from alembic import command
from alembic.script import ScriptDirectory
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.commands.telling import telling
from bacowr.dbops.console import show as display
from bacowr.dbops.listing import listed


@click.command()
@directory_option
@json_option
@click.argument("revision", default="head", help="A revision; the newest if none.")
@with_appcontext
def _show(directory: str | None, revision: str, *, as_json: bool) -> None:
    """Show what a revision's file says of it, by default the newest one's."""
    config = alembic_config(directory)
    if not as_json:
        with telling():
            command.show(config, revision)
        return
    scripts = ScriptDirectory.from_config(config)
    found = [one for one in scripts.get_revisions(revision) if one is not None]
    display(listed(found, "; ".join(one.doc for one in found)), as_json=True)


show = guarded(_show)
show.name = "show"
