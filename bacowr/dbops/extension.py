"""The extension: DbOps().init_app(app, db), after Flask-Migrate's own init_app."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click
from flask_migrate.cli import db as stock_group

from bacowr.dbops import lastresort, turns
from bacowr.dbops.adopted import Adopted
from bacowr.dbops.commands import COMMANDS
from bacowr.dbops.errors import refuse
from bacowr.dbops.maintenance.doorkeeper import Doorkeeper

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    import sqlalchemy as sa
    from flask import Flask

lastresort.install()  # At import: the factory may fail before it comes to `init_app`.
turns.install()


class DbOps:
    """Makes an application's migrations safe, and puts the commands of dbops beside its own."""

    def __init__(
        self,
        *,
        passes: Callable[[], bool] | None = None,
        busy: Callable[[], int] | None = None,
        guards_requests: bool = True,
    ) -> None:
        """Say who passes a closed maintenance window, and what it waits for.

        `passes` is asked in a request while the window is closed; `busy`, in an application
        context, tells how many jobs are at work. With guards_requests=False the application
        itself registers `check_window` among its `before_request` functions.
        """
        self._adopted = Adopted(doorkeeper=Doorkeeper(passes), busy=busy or (lambda: 0))
        self._guards_requests = guards_requests

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
        app.extensions["dbops"] = self._adopted
        if self._guards_requests:
            app.before_request(self.check_window)
        app.cli.add_command(LazyGroup.on_top_of(stock_group), name=migrate.migrate.command)

    def check_window(self) -> None:
        """Let a request pass, or raise UnderMaintenance (503) while the application is closed."""
        self._adopted.doorkeeper.check()

    def on_engine(self, hook: Callable[[sa.Engine], object]) -> Callable[[sa.Engine], object]:
        """Call the hook with the engine that revisions run on, before the first of them.

        It may add SQLAlchemy listeners, for tracing or for tests; usable as a decorator.
        """
        self._adopted.engine_hooks.append(hook)
        return hook


class LazyGroup(click.Group):
    """Flask-Migrate's group with the commands of dbops, each imported when it is asked for.

    A web process has the group too, and should not pay for what it never runs.
    """

    @classmethod
    def on_top_of(cls, stock: click.Group) -> LazyGroup:
        """Return a group of its own, since the stock one is shared by every application."""
        others = {name: one for name, one in stock.commands.items() if name not in COMMANDS}
        return cls(
            name=stock.name,
            commands=others,
            params=stock.params,
            callback=stock.callback,
            help=stock.help,
        )

    @property
    def commands(self) -> MutableMapping[str, click.Command]:
        """Return every command by its name; this imports them all."""
        return {name: self._load(name) for name in self._names()}

    @commands.setter
    def commands(self, stock: MutableMapping[str, click.Command]) -> None:
        self._stock = dict(stock)
        self._later: dict[str, str] = {}

    def add_later(self, name: str, module: str) -> None:
        """Add a command of the application's own: the module's `command`, once it is asked for."""
        self._later[name] = module

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, the stock ones among them."""
        del ctx
        return self._names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; its errors, and those of stock ones, are explained in words."""
        del ctx
        return self._load(cmd_name) if cmd_name in self._names() else None

    def _names(self) -> list[str]:
        return sorted({*self._stock, *self._later, *COMMANDS})

    def _load(self, name: str) -> click.Command:
        if name not in COMMANDS:
            guard = import_module("bacowr.dbops.commands.guard")
            later = self._later.get(name)
            found = import_module(later).command if later else self._stock[name]
            guarded: click.Command = guard.guarded(found)
            return guarded
        word = name.replace("-", "_")
        command: click.Command = getattr(import_module(f"bacowr.dbops.commands.{word}"), word)
        return command
