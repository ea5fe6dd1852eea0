"""`flask db check`."""

from __future__ import annotations

import click
from alembic import command
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option
from bacowr.dbops.commands.telling import telling


@click.command()
@directory_option
@with_appcontext
def _check(directory: str | None) -> None:
    """Fail if the models differ from the database; a compatible newer database is fine."""
    with telling():
        command.check(alembic_config(directory))


check = guarded(_check)
check.name = "check"
