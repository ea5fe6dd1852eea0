"""`flask db migrate`."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import revision_options
from bacowr.dbops.commands.revision import write_revision


@click.command()
@revision_options
@with_appcontext
def _migrate(
    directory: str | None,
    x_arg: tuple[str, ...],
    **words: Any,  # noqa: ANN401 - Options that go on as they are.
) -> None:
    """Write a new revision file with what the models changed."""
    write_revision(directory, x_arg, autogenerate=True, **words)


migrate = guarded(_migrate)
migrate.name = "migrate"
