"""`flask audit`: check the audit log, and take it out."""

import json
import sys
from dataclasses import asdict
from datetime import UTC
from typing import Any

import click
from flask.cli import AppGroup

from bacowr.audit import exporting, queries, verifying
from bacowr.audit.queries import Wanted
from bacowr.cli.errors import told
from bacowr.cli.providers import as_json

group = AppGroup("audit", help="Who did what, and whether the log of it is as it was written.")

BROKEN, NOTHING = 1, 2


@group.command("verify")
@as_json
@told
def verify(*, as_json: bool) -> None:
    """Check the chain of the audit log, row by row.

    Ends with 0 when every row is as it was written, 1 when one was changed, moved or taken away,
    and 2 when no row is chained. Rows from before there was a chain are counted only.
    """
    verdict = verifying.verify()
    if as_json:
        click.echo(json.dumps(asdict(verdict) | {"is_whole": verdict.is_whole}, indent=2))
    else:
        _tell(verdict)
    if not verdict.is_whole:
        sys.exit(BROKEN)
    sys.exit(0 if verdict.checked else NOTHING)


@group.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json"]),
    default="json",
    show_default=True,
    help="How to write the rows.",
)
@click.option("--person", help="Only what this person did: an id, or a part of the e-mail.")
@click.option("--action", help="Only this action, such as job.create; job. for all of a room.")
@click.option("--since", type=click.DateTime(), help="Only from this moment on, in UTC.")
@click.option("--until", type=click.DateTime(), help="Only before this moment, in UTC.")
@told
def export(form: str, **options: Any) -> None:  # noqa: ANN401  # What the options hold.
    """Write the audit log to standard output, the newest row first."""
    for name in ("since", "until"):
        options[name] = options[name] and options[name].replace(tzinfo=UTC)
    rows = queries.walk(queries.found(Wanted(**options)))
    write = exporting.as_csv if form == "csv" else exporting.as_json
    for part in write(rows):
        click.echo(part, nl=False)


def _tell(verdict: verifying.Verdict) -> None:
    if verdict.broken:
        named = f" ({verdict.broken.event_id})" if verdict.broken.event_id else ""
        click.echo(f"✗ Row {verdict.broken.sequence}{named}: {verdict.broken.reason}")
    elif verdict.checked:
        click.echo(f"✓ {verdict.checked} rows are as they were written. Head: {verdict.head}")
    else:
        click.echo("No row is chained yet.")
    if verdict.unchained:
        click.echo(f"  {verdict.unchained} rows are outside of the chain: older, or taken over.")
