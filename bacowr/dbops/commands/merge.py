"""`flask db merge`."""

from __future__ import annotations

import click
from alembic import command
from flask.cli import with_appcontext

from bacowr.dbops import head_file
from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import (
    alembic_config,
    directory_option,
    json_option,
    label_option,
    message_option,
    rev_id_option,
)
from bacowr.dbops.console import show
from bacowr.dbops.listing import listed


@click.command()
@directory_option
@json_option
@message_option
@label_option
@rev_id_option
@click.option("--splice", is_flag=True, help="Allow revisions that are no heads.")
@click.argument("revisions", nargs=-1, help="The heads to join.")
@with_appcontext
def _merge(
    revisions: tuple[str, ...],
    *,
    directory: str | None,
    as_json: bool,
    splice: bool,
    **words: str | None,
) -> None:
    """Join several heads in a new revision, by default all of them."""
    config = alembic_config(directory, opts=["quiet"] if as_json else None)
    script = command.merge(config, revisions or "heads", splice=splice, **words)
    head_file.keep(config)
    if as_json and script is not None:
        show(listed([script], f"Written: {script.path}"), as_json=True)


merge = guarded(_merge)
merge.name = "merge"
