"""`flask db current`."""

from __future__ import annotations

import click
from alembic import command
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option
from bacowr.dbops.commands.telling import telling


@click.command()
@directory_option
@click.option("--check-heads", is_flag=True, help="Fail unless every head is applied.")
@click.option("-v", "--verbose", is_flag=True, help="Show the revisions' files too.")
@with_appcontext
def _current(directory: str | None, *, check_heads: bool, verbose: bool) -> None:
    """Show the revision the database stands at, also when this code doesn't know it."""
    with telling():
        command.current(alembic_config(directory), check_heads=check_heads, verbose=verbose)


current = guarded(_current)
current.name = "current"
