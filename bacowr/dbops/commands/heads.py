"""`flask db heads`."""

from __future__ import annotations

import click
from alembic import command
from alembic.script import ScriptDirectory
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.console import count_text, show
from bacowr.dbops.listing import listed


@click.command()
@directory_option
@json_option
@click.option("-v", "--verbose", is_flag=True, help="Show the revisions' files too.")
@click.option(
    "--resolve-dependencies", is_flag=True, help="Count what others depend on as no head."
)
@with_appcontext
def _heads(
    directory: str | None, *, as_json: bool, verbose: bool, resolve_dependencies: bool
) -> None:
    """Show the newest revisions in the files, usually one."""
    config = alembic_config(directory)
    if not as_json:
        command.heads(config, verbose=verbose, resolve_dependencies=resolve_dependencies)
        return
    scripts = ScriptDirectory.from_config(config)
    wanted = scripts.revision_map._real_heads if resolve_dependencies else scripts.get_heads()  # noqa: SLF001 - As Alembic's own command.
    found = [one for one in scripts.get_revisions(tuple(wanted)) if one is not None]
    show(listed(found, f"{count_text(len(found), 'head')}."), as_json=True)


heads = guarded(_heads)
heads.name = "heads"
