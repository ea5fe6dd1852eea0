"""The whole of a project's migrations/env.py: `run_migrations()`."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from importlib import import_module
from logging import INFO, WARNING, getLogger
from logging.config import fileConfig
from typing import TYPE_CHECKING

from alembic import context

from bacowr.dbops.configure import configure_arguments
from bacowr.dbops.events import (
    Event,
    Noticed,
    Retrying,
    RunDone,
    WaitingForLock,
    is_heard,
    listening,
)
from bacowr.dbops.project import application, read_project
from bacowr.dbops.report import Level
from bacowr.dbops.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Iterator


def run_migrations() -> None:
    """Do what the running Alembic command wants, safely.

    Call it from migrations/env.py. Without a Flask application at hand (under the plain
    `alembic` command) the application is loaded first. Raises Refused before anything is
    touched when the project can't be served.
    """
    with application() as app, _heard():
        keep_logging()
        project = read_project(app)
        if context.is_offline_mode():
            import_module("bacowr.dbops.offline").write_script(project)  # Rarely wanted, and big.
            return
        given = context.config.attributes.get("connection")
        if given is not None:
            context.configure(connection=given, **configure_arguments(project))
            with context.begin_transaction():
                context.run_migrations()
            return
        Runner(project).run()


@contextmanager
def _heard() -> Iterator[None]:
    """Send to Alembic's log what no command listens to."""
    if is_heard():
        yield
        return
    with listening(to_log):
        yield


def to_log(event: Event) -> None:
    """Write an event that a person should know to the log, under Alembic's name."""
    logger = getLogger("alembic.dbops")
    match event:
        case Noticed(finding):
            level = INFO if finding.level is Level.INFO else WARNING
            logger.log(level, "%s", finding.to_text())
        case WaitingForLock(holder, seconds):
            logger.info("Waiting up to %g s for %s.", seconds, holder)
        case Retrying():
            wanted = "%s: a lock was not free (%s); trying again in %.1f s."
            logger.warning(wanted, event.revision, event.blocker or "?", event.pause_seconds)
        case RunDone(note=note) if note:
            logger.info("%s", note)


def keep_logging() -> None:
    """Set up the ini file's logging only where the application has set up none of its own."""
    path = context.config.config_file_name
    if path is None or getLogger().handlers:
        return
    with suppress(KeyError):  # An ini file without sections for logging.
        fileConfig(path, disable_existing_loggers=False)
