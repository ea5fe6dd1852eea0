"""`flask db lint`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.diagnose import explain
from bacowr.dbops.lint.linting import lines_of
from bacowr.dbops.lint.project import Wish, repair_project, review_project
from bacowr.dbops.lint.sarif import to_sarif
from bacowr.dbops.report import Report
from bacowr.dbops.revision_files import each_id_once

if TYPE_CHECKING:
    from bacowr.dbops.report import Finding

COULD_NOT_RUN = 2


@click.command()
@directory_option
@click.option(
    "--range",
    "range_",
    metavar="A:B",
    help="Revisions behind A up to B; by default those that the main branch lacks.",
)
@click.option(
    "--dialect",
    "dialects",
    multiple=True,
    type=click.Choice(["postgresql", "sqlite"]),
    help="The database to judge for; by default PostgreSQL, and SQLite if the project uses it.",
)
@json_option
@click.option("--sarif", is_flag=True, help="Print SARIF 2.1.0, as code review tools take it.")
@click.option("--fix", is_flag=True, help="Write the safe forms that are mechanical first.")
@with_appcontext
def lint(  # noqa: PLR0913 - One argument per option.
    directory: str | None,
    range_: str | None,
    dialects: tuple[str, ...],
    *,
    as_json: bool,
    sarif: bool,
    fix: bool,
) -> None:
    """Judge revisions before they run: what they lock, what they cost and what they lose.

    Ends with 0 if all is well, 1 if there are errors, 2 if it could not be found out.
    """
    try:
        with each_id_once():
            config = alembic_config(directory)
            wish = Wish(range_, dialects)
            written = repair_project(current_app, config, wish) if fix else ()
            report = review_project(current_app, config, wish)
    except Exception as error:  # noqa: BLE001 - Whatever it was, nothing was judged.
        _give_up(explain(error), as_json=as_json)
    for path in written:
        click.echo(f"Written: {path}", err=True)
    if sarif:
        click.echo(to_sarif(report))
    elif as_json:
        click.echo(report.to_json())
    else:
        for line in lines_of(report):
            click.echo(line)
    sys.exit(report.exit_code)


def _give_up(finding: Finding, *, as_json: bool) -> None:
    if as_json:
        click.echo(Report(finding.message, (finding,)).to_json())
    click.echo(f"Error: {finding.to_text()}", err=True)
    sys.exit(COULD_NOT_RUN)
