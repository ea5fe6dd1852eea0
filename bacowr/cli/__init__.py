"""The door for the terminal: `flask` commands."""

from flask import Flask

from bacowr.cli import (
    accounts,
    articles,
    audit,
    backlinks,
    batches,
    jobs,
    notifications,
    providers,
    spending,
    watch,
)
from bacowr.cli.serve import serve
from bacowr.dbops.extension import LazyGroup

__all__ = ["register"]


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    for each in (accounts, jobs, articles, backlinks, batches, providers, spending, watch, audit):
        app.cli.add_command(each.group)
    app.cli.add_command(notifications.group)
    app.cli.add_command(serve)
    databases = app.cli.commands["db"]
    if isinstance(databases, LazyGroup):
        databases.add_later("takeover", "bacowr.cli.takeover")
