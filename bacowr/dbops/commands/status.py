"""`flask db status`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.backfill.telling import summed_up, told_needing_a_person
from bacowr.dbops.catalog import State
from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, directory_option, json_option
from bacowr.dbops.console import columns, count_text, heads_text, show, size_text
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Report
from bacowr.dbops.standing import Standing, look

if TYPE_CHECKING:
    from bacowr.dbops.record import Entry


@click.command()
@directory_option
@json_option
@with_appcontext
def _status(directory: str | None, *, as_json: bool) -> None:
    """Show on one screen where the database stands; change nothing.

    Fails when something needs a person: a database ahead of the code that may not work with it,
    tables left over from a broken run, a backfill that has failed.
    """
    project = read_project(current_app)
    standing = look(project, ScriptDirectory.from_config(alembic_config(directory)))
    text = _short(standing) if as_json else "\n".join(_lines(standing))
    findings = (*standing.findings, *told_needing_a_person(standing.backfills))
    report = Report(text, findings, _facts(standing))
    show(report, as_json=as_json)
    sys.exit(report.exit_code)


def _lines(standing: Standing) -> list[str]:
    engine = standing.engine if standing.exists else "does not exist yet"
    head = [(one, standing.titles.get(one, "")) for one in standing.heads]
    rows = [
        ("Database", f"{standing.database} ({engine})"),
        ("Revision", "; ".join(f"{one} {title}".strip() for one, title in head) or "none"),
        ("Pending", _pending(standing)),
        ("Last run", _last_run(standing.log)),
        ("Backups", _backups(standing)),
    ]
    if standing.backfills:
        rows.append(("Backfills", summed_up(standing.backfills)))
    lines = columns(rows)
    pending = [(f"  {one.revision}", str(one.kind), one.title) for one in standing.pending]
    return [*lines[:3], *columns(pending), *lines[3:]]


def _short(standing: Standing) -> str:
    number = count_text(len(standing.pending), "revision")
    return f"At {heads_text(standing.heads)}, {number} pending."


def _pending(standing: Standing) -> str:
    if not standing.pending:
        return "nothing"
    return f"{count_text(len(standing.pending), 'revision')}; `flask db upgrade` applies them"


def _last_run(log: tuple[Entry, ...]) -> str:
    if not log:
        return "none recorded"
    last = log[-1]
    version = f" by version {last.app_version}" if last.app_version else ""
    error = f": {last.error}" if last.error else ""
    at = last.at[:19].replace("T", " ")
    return f"{at} UTC, {last.direction} {last.revision} {last.outcome}{version}{error}"


def _backups(standing: Standing) -> str:
    if not standing.backups:
        return "none"
    newest = standing.backups[0]
    state = "" if newest.state() is State.WHOLE else f" ({newest.state()})"
    return (
        f"{len(standing.backups)}, the newest of {newest.made_at[:19].replace('T', ' ')} UTC at "
        f"{heads_text(newest.heads)} ({size_text(newest.proof.size)}){state}"
    )


def _facts(standing: Standing) -> dict[str, object]:
    return {
        "database": standing.database,
        "engine": standing.engine,
        "exists": standing.exists,
        "heads": list(standing.heads),
        "pending": [
            {"revision": one.revision, "class": one.kind, "title": one.title}
            for one in standing.pending
        ],
        "last": asdict(standing.log[-1]) if standing.log else None,
        "backfills": [one.facts() for one in standing.backfills],
        "backups": [one.facts() for one in standing.backups],
    }


status = guarded(_status)
status.name = "status"
