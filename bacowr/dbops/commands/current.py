"""`flask db current`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from alembic import command
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.commands.telling import telling
from bacowr.dbops.console import heads_text, show
from bacowr.dbops.listing import is_at_heads
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Finding, Report
from bacowr.dbops.standing import look

if TYPE_CHECKING:
    from bacowr.dbops.standing import Standing


@click.command()
@directory_option
@json_option
@click.option("--check-heads", is_flag=True, help="Fail unless every head is applied.")
@click.option("-v", "--verbose", is_flag=True, help="Show the revisions' files too.")
@with_appcontext
def _current(directory: str | None, *, as_json: bool, check_heads: bool, verbose: bool) -> None:
    """Show the revision the database stands at, also when this code doesn't know it."""
    config = alembic_config(directory)
    if not as_json:
        with telling():
            command.current(config, check_heads=check_heads, verbose=verbose)
        return
    scripts = ScriptDirectory.from_config(config)
    standing = look(read_project(current_app), scripts)
    report = _report(standing, at_heads=is_at_heads(scripts, standing.heads), strict=check_heads)
    show(report, as_json=True)
    sys.exit(report.exit_code)


def _report(standing: Standing, *, at_heads: bool, strict: bool) -> Report:
    findings = [one for one in standing.findings if one.code in ABOUT]
    if strict and not at_heads:
        message = f"The database is at {heads_text(standing.heads)}, not at every head."
        findings.append(Finding("not-up-to-date", message, remedy="`flask db upgrade`."))
    facts = {"heads": list(standing.heads), "titles": standing.titles, "is_at_head": at_heads}
    return Report(f"At {heads_text(standing.heads)}.", tuple(findings), facts)


ABOUT = frozenset(
    {"ahead", "ahead-breaking", "diverged", "squashed", "unknown-revision", "within-squash"}
)
"""The findings that are about where the database stands."""

current = guarded(_current)
current.name = "current"
