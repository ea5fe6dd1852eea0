"""`flask db upgrade`."""

from __future__ import annotations

import click
from alembic import command
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, be_patient, run_options
from bacowr.dbops.commands.telling import telling


@click.command()
@run_options
@click.argument("revision", default="head", help="A revision, or how many to go on: +1.")
@with_appcontext
def _upgrade(  # noqa: PLR0913 - One argument per option.
    revision: str,
    *,
    directory: str | None,
    sql: bool,
    tag: str | None,
    x_arg: tuple[str, ...],
    as_json: bool,
    **patience: float | None,
) -> None:
    """Bring the database to a revision, by default the newest.

    Any number of these may be started at once: each revision is applied exactly once, and all
    end well. When it is stopped or fails, the next one goes on from there.
    """
    config = alembic_config(directory, x_arg=x_arg)
    be_patient(config, **patience)
    with telling(as_json=as_json):
        command.upgrade(config, revision, sql=sql, tag=tag)


upgrade = guarded(_upgrade)
upgrade.name = "upgrade"
