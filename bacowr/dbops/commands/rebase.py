"""`flask db rebase`."""

from __future__ import annotations

from pathlib import Path

import click
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.console import show
from bacowr.dbops.git import find_main
from bacowr.dbops.project import read_project
from bacowr.dbops.reshaping.relining import Wish
from bacowr.dbops.reshaping.relining import rebase as put_behind


@click.command()
@directory_option
@json_option
@click.option("--onto", metavar="REV", help="The revision that stays, by its id or its file.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Try it and show it, but write nothing.")
@with_appcontext
def _rebase(directory: str | None, *, as_json: bool, onto: str | None, is_dry: bool) -> None:
    """Make one line out of two heads: put the revisions of your branch behind the other.

    Yours are those that the main branch in git doesn't have. Numbered ones get the next numbers.
    The new history is run on a scratch database first.
    """
    scripts = ScriptDirectory.from_config(alembic_config(directory))
    main = find_main(Path(scripts.dir).absolute())
    report = put_behind(read_project(current_app), scripts, main, Wish(onto, is_dry))
    show(report, as_json=as_json)


rebase = guarded(_rebase)
rebase.name = "rebase"
