"""Closing the application around an upgrade: close, let work end, upgrade, open."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import click
from alembic.script import ScriptDirectory

from bacowr.dbops.maintenance.draining import drain
from bacowr.dbops.maintenance.window import MESSAGE, Window, close, lift, now, read
from bacowr.dbops.standing import find_heads, pending_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alembic.config import Config

    from bacowr.dbops.project import Project

WAY_OUT = "`flask db upgrade --maintenance` goes on; `flask db maintenance off` opens it as it is."


@contextmanager
def closed_if_pending(
    project: Project,
    config: Config,
    *,
    message: str | None,
    drain_seconds: float,
    busy: Callable[[], int],
) -> Iterator[None]:
    """Keep the application closed while this lasts, if any revision is pending.

    A window that is there already stays.

    When what happens inside fails or is killed, the application stays closed until the window's
    end, so that nobody writes into what is half done; the way out is said.
    """
    if not pending_from(ScriptDirectory.from_config(config), find_heads(project)):
        yield
        return
    engine, schema = project.engine, project.schema
    standing = read(engine, schema)
    is_ours = standing is None or standing.seconds_left() <= 0 or standing.by_upgrade
    if is_ours:
        until = now() + timedelta(seconds=max(project.settings.deadline, 60.0))
        close(engine, Window(until, message or MESSAGE, by_upgrade=True), schema)
        click.echo("The application is closed; waiting for what is at work …", err=True)
    if left := drain(engine, drain_seconds, busy):
        click.echo(f"Going on although {left} more at work did not end in time.", err=True)
    try:
        yield
    except BaseException:
        click.echo(f"The application stays closed. {WAY_OUT}", err=True)
        raise
    if is_ours:
        lift(engine, schema)
        click.echo("The application is open again.", err=True)
