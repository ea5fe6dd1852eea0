"""The door for the terminal: `flask` commands."""

from flask import Flask

from bacowr.cli import accounts

__all__ = ["register"]


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(accounts.group)
