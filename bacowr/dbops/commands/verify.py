"""`flask db verify`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.lint.linting import lines_of
from bacowr.dbops.verify.verifying import DIALECTS, VerifyWish, verify_project
from bacowr.dbops.verify.walking import ROWS

if TYPE_CHECKING:
    from bacowr.dbops.verify.verifying import Verification


@click.command()
@directory_option
@click.option(
    "--range", "range_", metavar="A:B", help="Revisions behind A up to B; by default all."
)
@click.option(
    "--rows",
    type=click.IntRange(min=0),
    default=ROWS,
    show_default=True,
    help="Rows made up for each table, each time it changes.",
)
@click.option("--copy", "is_copy", is_flag=True, help="Try it on a copy of the real database.")
@click.option(
    "--dialect",
    type=click.Choice([*DIALECTS, "both"]),
    help="Where to try it; by default on both, if a PostgreSQL is at hand.",
)
@json_option
@with_appcontext
def _verify(  # noqa: PLR0913 - One argument per option.
    directory: str | None,
    range_: str | None,
    rows: int,
    dialect: str | None,
    *,
    is_copy: bool,
    as_json: bool,
) -> None:
    """Take each revision up, down and up again, with rows in the tables.

    The project's own database isn't changed. Says what a downgrade loses, and finds one that
    fails, leaves something behind or changes what isn't its own. Ends with 0 if all is well, 1
    if there are errors, 2 if it could not be tried.
    """
    dialects = DIALECTS if dialect == "both" else (dialect,) if dialect else ()
    wish = VerifyWish(range_, rows, is_copy, dialects)

    def tell(one: Verification) -> None:
        click.echo(one.to_text(), err=True)

    report = verify_project(current_app, alembic_config(directory), wish, tell)
    if as_json:
        click.echo(report.to_json())
    else:
        for line in lines_of(report):
            click.echo(line)
    sys.exit(report.exit_code)


verify = guarded(_verify)
verify.name = "verify"
