"""The extension: DbOps().init_app(app, db), after Flask-Migrate's own init_app."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask_migrate.cli import db as stock_group

from bacowr.dbops import lastresort
from bacowr.dbops.commands import COMMANDS
from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.errors import refuse
from bacowr.dbops.project import Adoption

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa
    from flask import Flask

lastresort.install()  # At import: the factory may fail before it comes to `init_app`.


class DbOps:
    """Makes an application's migrations safe, and puts the commands of dbops beside its own."""

    def __init__(self) -> None:
        self._adoption = Adoption()

    def init_app(self, app: Flask, db: object = None) -> None:
        """Adopt the application; its DBOPS_* settings are read when a command runs.

        Raises Refused when Flask-Migrate was not set up before.
        """
        del db  # Flask-Migrate knows it; it is taken so that both lines of a factory look alike.
        migrate = app.extensions.get("migrate")
        if migrate is None:
            raise refuse(
                "no-migrate",
                "Flask-Migrate is not set up in this application.",
                remedy="Call Migrate().init_app(app, db) before DbOps().init_app(app, db).",
            )
        app.extensions["dbops"] = self._adoption
        app.cli.add_command(_make_group(), name=migrate.migrate.command)

    def on_engine(self, hook: Callable[[sa.Engine], object]) -> Callable[[sa.Engine], object]:
        """Call the hook with the engine that revisions run on, before the first of them.

        It may add SQLAlchemy listeners, for tracing or for tests; usable as a decorator.
        """
        self._adoption.engine_hooks.append(hook)
        return hook


def _make_group() -> click.Group:
    """Return a group of its own, since Flask-Migrate's is shared by every application."""
    commands = dict(stock_group.commands)
    for name, command in commands.items():
        commands[name] = guarded(command)
    commands.update(COMMANDS)
    return click.Group(
        name=stock_group.name,
        commands=commands,
        params=stock_group.params,
        callback=stock_group.callback,
        help=stock_group.help,
    )
