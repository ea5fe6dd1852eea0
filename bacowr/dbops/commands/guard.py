"""The door between operations and a terminal: findings come out, tracebacks don't."""

from __future__ import annotations

import copy
import sys
from functools import wraps
from logging import getLogger
from typing import TYPE_CHECKING, Any

import click

from bacowr.dbops.diagnose import explain
from bacowr.dbops.errors import Refused, Terminated
from bacowr.dbops.report import Report
from bacowr.dbops.revision_files import each_id_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from bacowr.dbops.report import Finding

logger = getLogger("bacowr.dbops")
COULD_NOT_RUN = 2
REPORTING = frozenset(
    {
        "adopt",
        "backups",
        "check",
        "compat",
        "doctor",
        "drift",
        "log",
        "schema",
        "stamp",
        "status",
        "verify",
    }
)

OUT_OF_REACH = frozenset(
    {
        *("dialect", "driver-missing", "no-app", "no-migrate", "several-binds", "settings"),
        *("url-missing", "url-scheme", "no-connection", "no-login", "no-such-database"),
        *("damaged", "no-file", "no-folder", "not-a-database", "read-only", "pooler"),
        *("cycle", "no-directory", "revision-import", "revision-incomplete", "revision-syntax"),
        *("revision-unreadable", "unknown-parent", "no-scratch", "scratch-url"),
    }
)
"""What keeps a command from being tried at all: no application, no database, no history."""


def guarded(command: click.Command) -> click.Command:
    """Return the command with its errors explained; the traceback goes to the debug log."""
    twin = copy.copy(command)
    if command.callback is not None:
        twin.callback = _explained(command.callback)
    return twin


def _explained(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - Whatever the command takes.
        try:
            with each_id_once():
                return callback(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Terminated as end:
            click.echo("Stopped by SIGTERM; the open revision was rolled back.", err=True)
            raise SystemExit(end.code) from None
        except Refused as refused:
            fail(refused.finding)
        except Exception as error:
            logger.debug("%s", error, exc_info=True)
            fail(explain(error))

    return call


def fail(finding: Finding) -> None:
    """Show the finding, as JSON where the command was asked for it, and exit with 1.

    It exits with 2 where it could not be tried; and so does a command that reports findings,
    since 1 means there that it found some.
    """
    context = click.get_current_context()
    if context.params.get("as_json"):
        click.echo(Report(finding.message, (finding,)).to_json())
    click.echo(f"Error: {finding.to_text()}", err=True)
    sys.exit(COULD_NOT_RUN if _could_not_run(context, finding) else 1)


def _could_not_run(context: click.Context, finding: Finding) -> bool:
    return context.info_name in REPORTING or finding.code in OUT_OF_REACH
