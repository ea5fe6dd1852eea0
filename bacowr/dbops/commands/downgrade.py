"""`flask db downgrade`."""

from __future__ import annotations

import re

import click
from alembic import command
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, be_patient, run_options
from bacowr.dbops.commands.telling import telling

STEPS_BACK = re.compile(r"-\d+")


class StepsBack(click.Command):
    """A command that takes `-1` as its argument, where Click would see an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; a number of steps back goes behind the options."""
        steps = [word for word in args if STEPS_BACK.fullmatch(word)]
        if steps and "--" not in args:
            args = [*(word for word in args if word not in steps), "--", *steps]
        return super().parse_args(ctx, args)


@click.command(cls=StepsBack)
@run_options
@click.argument("revision", default="-1", help="A revision, or how many to go back: -1.")
@with_appcontext
def _downgrade(  # noqa: PLR0913 - One argument per option.
    revision: str,
    *,
    directory: str | None,
    sql: bool,
    tag: str | None,
    x_arg: tuple[str, ...],
    as_json: bool,
    **patience: float | None,
) -> None:
    """Take the database back, by default by one revision.

    Only the code that has a revision's file can take it back.
    """
    if sql and revision == "-1":
        revision = "head:-1"
    config = alembic_config(directory, x_arg=x_arg)
    be_patient(config, **patience)
    with telling(as_json=as_json):
        command.downgrade(config, revision, sql=sql, tag=tag)


downgrade = guarded(_downgrade)
downgrade.name = "downgrade"
