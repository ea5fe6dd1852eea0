"""`flask db squash`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.console import show
from bacowr.dbops.project import read_project
from bacowr.dbops.reshaping.condensing import Wish
from bacowr.dbops.reshaping.condensing import squash as condense


@click.command()
@directory_option
@json_option
@click.option("-m", "--message", required=True, help="What the one revision does.")
@click.option("--delete", "deletes", is_flag=True, help="Delete the old files, don't keep them.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Prove it and show it, but write nothing.")
@click.argument("range_", metavar="A:B", help="Behind A, up to and with B.")
@with_appcontext
def _squash(  # noqa: PLR0913 - One argument per option.
    directory: str | None, range_: str, message: str, *, as_json: bool, deletes: bool, is_dry: bool
) -> None:
    """Make one revision of those behind A, up to and with B; base:B from the beginning.

    It keeps the id of B, so a database at B or later has nothing to do, and one in between goes
    on through the old files, which are put aside. Both are proved on scratch databases first.
    """
    wish = Wish(range_, message, deletes, is_dry)
    report = condense(read_project(current_app), alembic_config(directory), wish)
    show(report, as_json=as_json)


squash = guarded(_squash)
squash.name = "squash"
