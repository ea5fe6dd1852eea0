"""The door for the terminal: `flask` commands."""

import click
from flask import Flask

from bacowr.cli import accounts, jobs, takeover
from bacowr.cli.serve import serve

__all__ = ["register"]


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(accounts.group)
    app.cli.add_command(jobs.group)
    app.cli.add_command(serve)
    databases = app.cli.commands["db"]
    assert isinstance(databases, click.Group)  # noqa: S101  # Said to the type checker.
    databases.add_command(takeover.command)
