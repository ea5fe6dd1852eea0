"""`flask db schema`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option
from bacowr.dbops.project import read_project
from bacowr.dbops.schema.changes import changes
from bacowr.dbops.schema.documents import Format, difference_document, document
from bacowr.dbops.schema.references import metadatas
from bacowr.dbops.schema.sources import live_schema, refuse_missing, schema_at, schemas_between

NOT_OF_TWO = frozenset({Format.MERMAID, Format.SVG})


@click.command()
@directory_option
@click.option(
    "--format",
    "form",
    type=click.Choice([one.value for one in Format]),
    default=Format.SQL.value,
    help="SQL statements, a page of Markdown, a Mermaid or SVG diagram, or JSON.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--revision", help="The schema as the history makes it up to here; heads: all of it.")
@click.option("--diff", "pair", metavar="A:B", help="What changes from revision A to B.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file to write instead of printing.",
)
@with_appcontext
def _schema(  # noqa: PLR0913 - One argument per option.
    directory: str | None,
    form: str,
    revision: str | None,
    pair: str | None,
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write down the schema of this database, or of a revision; change nothing.

    The same schema gives the same bytes. With --diff, ends with 1 if anything differs.
    """
    wanted = Format.JSON if as_json else Format(form)
    if pair is not None:
        _check_pair(pair, revision, wanted)
        text, differs = _difference(directory, pair, wanted)
    else:
        text, differs = _document(directory, revision, wanted), False
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"Written: {output}", err=True)
    sys.exit(int(differs))


def _check_pair(pair: str, revision: str | None, form: Format) -> None:
    if ":" not in pair:
        raise click.UsageError("--diff takes two revisions, as 0001:0005 or base:heads.")
    if revision is not None:
        raise click.UsageError("--diff names its revisions itself; leave --revision out.")
    if form in NOT_OF_TWO:
        raise click.UsageError("A difference is written as sql, md or json.")


def _document(directory: str | None, revision: str | None, form: Format) -> str:
    project = read_project(current_app)
    if revision is None:
        refuse_missing(project)
        schema = live_schema(project)
    else:
        schema = schema_at(project, alembic_config(directory), [revision])
    return document(schema, form, metadatas(project))


def _difference(directory: str | None, pair: str, form: Format) -> tuple[str, bool]:
    project = read_project(current_app)
    first, _, second = pair.partition(":")
    before, after = schemas_between(
        project, alembic_config(directory), first or "base", second or "heads"
    )
    found = changes(before, after)
    title = f"Changes from {first or 'base'} to {second or 'heads'}"
    return difference_document(found, form, title), bool(found)


schema = guarded(_schema)
schema.name = "schema"
