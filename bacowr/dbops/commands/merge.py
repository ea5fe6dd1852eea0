"""`flask db merge`."""

from __future__ import annotations

import click
from alembic import command
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import (
    alembic_config,
    directory_option,
    label_option,
    message_option,
    rev_id_option,
)


@click.command()
@directory_option
@message_option
@label_option
@rev_id_option
@click.option("--splice", is_flag=True, help="Allow revisions that are no heads.")
@click.argument("revisions", nargs=-1, help="The heads to join.")
@with_appcontext
def _merge(
    revisions: tuple[str, ...], *, directory: str | None, splice: bool, **words: str | None
) -> None:
    """Join several heads in a new revision, by default all of them."""
    command.merge(alembic_config(directory), revisions or "heads", splice=splice, **words)


merge = guarded(_merge)
merge.name = "merge"
