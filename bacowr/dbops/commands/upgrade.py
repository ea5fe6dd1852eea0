"""`flask db upgrade`."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from importlib import import_module
from typing import TYPE_CHECKING

import click
from alembic import command
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, be_patient, run_options
from bacowr.dbops.commands.telling import telling
from bacowr.dbops.phases import ASKED, ATTRIBUTE, Phase
from bacowr.dbops.project import read_project

if TYPE_CHECKING:
    from alembic.config import Config


@click.command()
@run_options
@click.option(
    "--maintenance",
    is_flag=True,
    help="Close the application first if anything is pending, and open it afterwards.",
)
@click.option("--message", default=None, help="What visitors read while it is closed.")
@click.option(
    "--drain",
    default=30.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Seconds to wait, once closed, for what is at work.",
)
@click.option(
    "--phase",
    type=click.Choice(list(ASKED)),
    help="expand: only what old code can live with. contract: the rest, once it is gone.",
)
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
    maintenance: bool,
    message: str | None,
    drain: float,
    phase: str | None,
    **patience: float | None,
) -> None:
    """Bring the database to a revision, by default the newest.

    Any number of these may be started at once: each revision is applied exactly once, and all
    end well. When it is stopped or fails, the next one goes on from there.
    """
    config = alembic_config(directory, x_arg=x_arg)
    be_patient(config, **patience)
    if phase and (sql or maintenance):
        raise click.UsageError("A script, and a closed application, have no phases.")
    config.attributes[ATTRIBUTE] = Phase.CLOSED if maintenance else phase or ""
    with ExitStack() as stack:
        if maintenance and not sql:
            stack.enter_context(_closed(config, message, drain))
        stack.enter_context(telling(as_json=as_json))
        command.upgrade(config, revision, sql=sql, tag=tag)


def _closed(config: Config, message: str | None, drain: float) -> AbstractContextManager[None]:
    # Imported when it is asked for: most upgrades close nothing, and should not pay for it.
    closing = import_module("bacowr.dbops.maintenance.closing")
    project = read_project(current_app)
    busy = current_app.extensions["dbops"].busy
    closed: AbstractContextManager[None] = closing.closed_if_pending(
        project, config, message=message, drain_seconds=drain, busy=busy
    )
    return closed


upgrade = guarded(_upgrade)
upgrade.name = "upgrade"
