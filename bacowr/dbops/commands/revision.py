"""`flask db revision`."""

from __future__ import annotations

from typing import Any

import click
from alembic import command
from flask.cli import with_appcontext

from bacowr.dbops import head_file
from bacowr.dbops.backfill.writing import write_data_revision
from bacowr.dbops.commands.guard import guarded
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
    """Write a new revision file."""
    if data:
        if autogenerate:
            raise click.UsageError("--data is about rows, --autogenerate about the schema.")
        write_data_revision(alembic_config(directory, x_arg=x_arg), **words)
        return
    write_revision(directory, x_arg, autogenerate=autogenerate, **words)


def write_revision(
    directory: str | None,
    x_arg: tuple[str, ...],
    *,
    autogenerate: bool,
    **words: Any,  # noqa: ANN401 - Options that go on as they are.
) -> None:
    """Write a revision file with Alembic's words for it; nothing to depend on is said as such."""
    opts = ["autogenerate"] if autogenerate else None
    config = alembic_config(directory, x_arg=x_arg, opts=opts)
    if not autogenerate:
        refuse_meaningless(words["message"])
    words["depends_on"] = list(words["depends_on"]) or None
    command.revision(config, autogenerate=autogenerate, **words)
    head_file.keep(config)


revision = guarded(_revision)
revision.name = "revision"
