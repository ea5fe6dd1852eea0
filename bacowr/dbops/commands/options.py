"""The options that several commands share, and how they reach the runner."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from flask import current_app, g

from bacowr.dbops.settings import DbOpsSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.config import Config

directory_option = click.option("-d", "--directory", default=None, help="Migrations folder.")
x_option = click.option("-x", "--x-arg", multiple=True, help="Further arguments for env.py.")
sql_option = click.option("--sql", is_flag=True, help="Print the SQL instead of running it.")
tag_option = click.option("--tag", default=None, help="A tag for a custom env.py.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
message_option = click.option("-m", "--message", default=None, help="What the revision does.")
label_option = click.option("--branch-label", default=None, help="A name for the new branch.")
rev_id_option = click.option("--rev-id", default=None, help="An id instead of a made-up one.")
wait_option = click.option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(min=0),
    help="Seconds to wait for another process that migrates this database.",
)
deadline_option = click.option(
    "--timeout", "deadline", type=click.FloatRange(min=0), help="Seconds the whole run may take."
)
lock_timeout_option = click.option(
    "--lock-timeout",
    type=click.FloatRange(min=0),
    help="Seconds a statement queues for a lock (PostgreSQL).",
)
statement_timeout_option = click.option(
    "--statement-timeout",
    type=click.FloatRange(min=0),
    help="Seconds a statement may run (PostgreSQL).",
)


def revision_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a command that writes a revision file."""
    for option in (
        directory_option,
        message_option,
        click.option("--sql", is_flag=True, help="Print the SQL of the comparison."),
        click.option("--head", default="head", help="The head the revision goes on."),
        click.option("--splice", is_flag=True, help="Allow a revision that is no head."),
        label_option,
        click.option("--version-path", default=None, help="The folder for the file."),
        rev_id_option,
        click.option("--depends-on", multiple=True, help="A revision that must come before."),
        x_option,
    ):
        command = option(command)
    return command


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a command that runs revisions."""
    for option in (
        patience_options,
        json_option,
        x_option,
        tag_option,
        sql_option,
        directory_option,
    ):
        command = option(command)
    return command


def patience_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how long a run may wait and work."""
    for option in (wait_option, deadline_option, lock_timeout_option, statement_timeout_option):
        command = option(command)
    return command


def alembic_config(
    directory: str | None, *, x_arg: tuple[str, ...] = (), opts: list[str] | None = None
) -> Config:
    """Return Alembic's config as Flask-Migrate makes it, its callbacks applied."""
    migrate = current_app.extensions["migrate"].migrate
    config: Config = migrate.get_config(
        directory or g.get("directory"), opts=opts, x_arg=list(x_arg or g.get("x_arg", ()))
    )
    config.stdout = sys.stdout  # Not the one there was when Alembic was imported.
    return config


def be_patient(config: Config, **given: float | None) -> None:
    """Let the options that were given override the settings of the application."""
    settings = DbOpsSettings.from_config(current_app.config)
    wanted: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    config.attributes["dbops_settings"] = replace(settings, **wanted)
