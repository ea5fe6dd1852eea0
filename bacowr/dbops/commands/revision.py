"""`flask db revision`."""

from __future__ import annotations

from typing import Any

import click
from alembic import command
from flask.cli import with_appcontext

from bacowr.dbops import head_file
from bacowr.dbops.backfill.writing import write_data_revision
from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.migrate import Manner, propose
from bacowr.dbops.commands.options import alembic_config, revision_options
from bacowr.dbops.proposing.messages import refuse_meaningless


@click.command()
@revision_options
@click.option("--autogenerate", is_flag=True, help="Fill it with what the models changed.")
@click.option("--data", is_flag=True, help="Declare a backfill: a change of rows, in batches.")
@with_appcontext
def _revision(
    directory: str | None,
    x_arg: tuple[str, ...],
    *,
    autogenerate: bool,
    data: bool,
    **words: Any,  # noqa: ANN401 - Options that go on as they are.
) -> None:
    """Write a new revision file, empty; with --autogenerate it is `flask db migrate`."""
    if autogenerate and data:
        raise click.UsageError("--data is about rows, --autogenerate about the schema.")
    if autogenerate:
        propose(directory, x_arg, Manner(), **words)
    config = alembic_config(directory, x_arg=x_arg)
    if data:
        write_data_revision(config, **words)
        return
    refuse_meaningless(words["message"])
    words["depends_on"] = list(words["depends_on"]) or None
    command.revision(config, **words)
    head_file.keep(config)


revision = guarded(_revision)
revision.name = "revision"
