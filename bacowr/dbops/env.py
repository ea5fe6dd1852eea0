"""The whole of a project's migrations/env.py: `run_migrations()`."""

from __future__ import annotations

from contextlib import suppress
from logging import getLogger
from logging.config import fileConfig

from alembic import context

from bacowr.dbops.configure import configure_arguments
from bacowr.dbops.offline import write_script
from bacowr.dbops.project import application, read_project
from bacowr.dbops.runner import Runner


def run_migrations() -> None:
    """Do what the running Alembic command wants, safely.

    Call it from migrations/env.py. Without a Flask application at hand (under the plain
    `alembic` command) the application is loaded first. Raises Refused before anything is
    touched when the project can't be served.
    """
    with application() as app:
        keep_logging()
        project = read_project(app)
        if context.is_offline_mode():
            write_script(project)
            return
        given = context.config.attributes.get("connection")
        if given is not None:
            context.configure(connection=given, **configure_arguments(project))
            with context.begin_transaction():
                context.run_migrations()
            return
        Runner(project).run()


def keep_logging() -> None:
    """Set up the ini file's logging only where the application has set up none of its own."""
    path = context.config.config_file_name
    if path is None or getLogger().handlers:
        return
    with suppress(KeyError):  # An ini file without sections for logging.
        fileConfig(path, disable_existing_loggers=False)
