"""`flask db maintenance on|off|status`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import json_option
from bacowr.dbops.console import show, time_text
from bacowr.dbops.maintenance.window import MESSAGE, Mode, Window, close, lift, now, read
from bacowr.dbops.project import read_project
from bacowr.dbops.report import Report

FOR_MINUTES = 60


@click.group()
def maintenance() -> None:
    """Close the application for a while, open it again, or tell which it is."""


@click.command()
@click.option("--message", default=MESSAGE, show_default=True, help="What visitors read.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%H:%M"]),
    help="When it ends by itself, in UTC: 2026-11-22T23:30, or 23:30 for the next one.",
)
@click.option(
    "--for", "minutes", type=click.FloatRange(min=1), help="The same in minutes from now."
)
@click.option("--read-only", is_flag=True, help="Refuse writing only; pages can still be read.")
@json_option
@with_appcontext
def _on(
    *, message: str, until: datetime | None, minutes: float | None, read_only: bool, as_json: bool
) -> None:
    """Answer 503 to visitors, with Retry-After, until it ends or `off` is said.

    Admins and health checks pass. Workers take no new jobs. Without an end it lasts an hour.
    """
    project = read_project(current_app)
    mode = Mode.READ_ONLY if read_only else Mode.CLOSED
    window = Window(until=end_of(until, minutes), message=message, mode=mode)
    _show(close(project.engine, window, project.schema), as_json=as_json)


@click.command()
@json_option
@with_appcontext
def _off(*, as_json: bool) -> None:
    """Open the application again."""
    project = read_project(current_app)
    was = lift(project.engine, project.schema)
    told = "There was no window: the application is open."
    if was is not None:
        lasted = time_text((now() - was.since).total_seconds() * 1000)
        told = f"The application is open again, after {lasted}."
    show(Report(told, facts={"window": None}), as_json=as_json)


@click.command()
@json_option
@with_appcontext
def _status(*, as_json: bool) -> None:
    """Tell whether the application is closed, by whom and until when."""
    project = read_project(current_app)
    _show(read(project.engine, project.schema), as_json=as_json)


def end_of(until: datetime | None, minutes: float | None) -> datetime:
    """Return the moment at which a window ends by itself; raises BadParameter for a past one."""
    present = now()
    if until is None:
        return present + timedelta(minutes=minutes or FOR_MINUTES)
    moment = until.replace(tzinfo=UTC)
    if until.year == 1900:  # noqa: PLR2004 - What strptime gives for a time without a day.
        moment = datetime.combine(present.date(), until.time(), UTC)
        moment += timedelta(days=moment <= present)
    if moment <= present:
        raise click.BadParameter(f"{moment:%Y-%m-%d %H:%M} UTC has passed.", param_hint="--until")
    return moment


def _show(window: Window | None, *, as_json: bool) -> None:
    facts = None
    if window is None:
        text = "The application is open."
    elif window.seconds_left() <= 0:
        text = f"The application is open: the window ended at {window.until:%H:%M} UTC by itself."
    else:
        what = "closed" if window.mode is Mode.CLOSED else "open for reading only"
        by = "an upgrade" if window.by_upgrade else "hand"
        text = (
            f"The application is {what} since {window.since:%Y-%m-%d %H:%M} UTC, by {by} "
            f"({window.owner}), until {window.until:%Y-%m-%d %H:%M} UTC.\n"
            f"Visitors read: {window.message}\n`flask db maintenance off` opens it."
        )
        facts = {
            "mode": window.mode,
            "message": window.message,
            "since": window.since.isoformat(),
            "until": window.until.isoformat(),
            "owner": window.owner,
            "by_upgrade": window.by_upgrade,
        }
    show(Report(text, facts={"window": facts}), as_json=as_json)


for name, one in {"on": _on, "off": _off, "status": _status}.items():
    maintenance.add_command(guarded(one), name)
