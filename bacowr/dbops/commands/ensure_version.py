"""`flask db ensure-version`."""

from __future__ import annotations

import click
from alembic import command
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, sql_option
from bacowr.dbops.commands.telling import telling


@click.command()
@directory_option
@sql_option
@with_appcontext
def _ensure_version(directory: str | None, *, sql: bool) -> None:
    """Create the version table if the database has none."""
    with telling():
        command.ensure_version(alembic_config(directory), sql=sql)


ensure_version = guarded(_ensure_version)
ensure_version.name = "ensure-version"
