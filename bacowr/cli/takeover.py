"""`flask db takeover`: bring an older BACOWR's rows over."""

import click
import flask_migrate
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from bacowr.accounts import links
from bacowr.dbops.commands.options import json_option
from bacowr.dbops.project import read_project
from bacowr.takeover import service, telling
from bacowr.takeover.service import Host, Wish
from config import database_url


@click.command("takeover")
@click.argument(
    "source_url", required=False, help="Where the older database is; unset: in this one's place."
)
@click.option("--dry-run", is_flag=True, help="Only say what would become of the rows.")
@click.option(
    "--confirm-quarantine",
    is_flag=True,
    help="Keep jobs and backlinks whose user is missing aside, instead of refusing.",
)
@click.option(
    "--exclude", multiple=True, metavar="TABLE", help="A table of somebody else's to leave out."
)
@json_option
@with_appcontext
def command(
    source_url: str | None,
    exclude: tuple[str, ...],
    *,
    dry_run: bool,
    confirm_quarantine: bool,
    as_json: bool,
) -> None:
    """Bring over the rows of the older BACOWR whose database is at SOURCE_URL.

    Without SOURCE_URL, or with this installation's own, the older tables in its own database are
    moved aside and read there. Nothing is written to any other source. What was begun and killed
    is gone on with; what is done isn't done again.
    """
    project = read_project(current_app)
    scripts: ScriptDirectory = current_app.extensions["script_directory"]
    host = Host(
        project,
        tuple(scripts.get_heads()),
        frozenset(one.revision for one in scripts.walk_revisions()),
        flask_migrate.upgrade,
    )
    url = _url(source_url) if source_url else project.engine.url
    wish = Wish(url, dry_run, confirm_quarantine, frozenset(exclude))
    result = service.take_over(host, wish, lambda line: click.echo(line, err=True))
    people = [] if dry_run else [user.email for user in links.without_password()]
    said = telling.report(result, people).to_json() if as_json else telling.text(result, people)
    click.echo(said)


def _url(text: str) -> sa.URL:
    try:
        return sa.make_url(database_url(text))
    except ValueError as error:
        raise click.BadParameter(f"{text} {error}.", param_hint="SOURCE_URL") from error
