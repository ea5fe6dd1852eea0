"""`flask db adopt`."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.adopting import Candidates, distance, find_candidates, findings_of, note_of
from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.commands.stamp import write_stamp
from bacowr.dbops.console import heads_text, show
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Report
from bacowr.dbops.schema.changes import facts_of
from bacowr.dbops.stamping import Comparison


@click.command()
@directory_option
@click.option("--yes", is_flag=True, help="Write the version without asking.")
@json_option
@with_appcontext
def _adopt(directory: str | None, *, yes: bool, as_json: bool) -> None:
    """Find which revision a database without a version equals, and write that down.

    Asks first; without a terminal it only says what it found, unless told --yes. Ends with 0 if
    one revision was found, 1 if none or several equal it, 2 if it could not be found out.
    """
    config = alembic_config(directory)
    candidates = find_candidates(read_project(current_app), config)
    findings = findings_of(candidates)
    found = candidates.found
    stamped = found is not None and (yes or (not as_json and _agrees(candidates, found)))
    if found is not None and stamped:
        findings = write_stamp(config, found.heads)
    report = Report(
        _summary(candidates, stamped=stamped),
        tuple(findings),
        _facts(candidates, stamped=stamped),
    )
    show(report, as_json=as_json)
    sys.exit(report.exit_code)


def _agrees(candidates: Candidates, found: Comparison) -> bool:
    """Ask on a terminal whether to write; elsewhere nobody is there to agree."""
    if not is_terminal():
        return False
    click.echo(note_of(candidates, found).message)
    return click.confirm("Write this down?")


def is_terminal() -> bool:
    """Tell whether somebody is there to answer."""
    return sys.stdin.isatty()


def _summary(candidates: Candidates, *, stamped: bool) -> str:
    if candidates.found is None:
        return "The database is not adopted."
    where = heads_text(candidates.found.heads)
    if stamped:
        return f"The database is stamped at {where}, which its schema equals."
    return f"{note_of(candidates, candidates.found).message} flask db adopt --yes writes it down."


def _facts(candidates: Candidates, *, stamped: bool) -> dict[str, object]:
    nearest = candidates.nearest
    return {
        "stamped": stamped,
        "equal": [list(one.heads) for one in candidates.equal],
        "nearest": list(nearest.heads) if nearest else [],
        "differences": facts_of(nearest.differences) if nearest else [],
        "distances": {" ".join(one.heads): distance(one) for one in candidates.comparisons},
    }


adopt = guarded(_adopt)
adopt.name = "adopt"
