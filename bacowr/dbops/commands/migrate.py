"""`flask db migrate`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from bacowr.dbops.commands.guard import guarded
from bacowr.dbops.commands.options import alembic_config, json_option, revision_options
from bacowr.dbops.proposing.proposal import Proposal
from bacowr.dbops.proposing.renames import Wish
from bacowr.dbops.proposing.reporting import lines_for, to_report
from bacowr.dbops.proposing.writing import Writer

NONE = "none"


@dataclass(frozen=True)
class Manner:
    """How a proposed revision comes about, as the options say."""

    renames: tuple[str, ...] = ()
    no_rename: bool = False
    allow_drift: bool = False
    as_json: bool = False


@click.command()
@revision_options
@click.option(
    "--rename",
    "renames",
    metavar="OLD:NEW",
    multiple=True,
    help="A rename, as table.old_column:new_column or old_table:new_table.",
)
@click.option("--no-rename", is_flag=True, help="What looks renamed is dropped (--rename none).")
@click.option("--allow-drift", is_flag=True, help="Take over what was changed by hand as well.")
@json_option
@with_appcontext
def _migrate(  # noqa: PLR0913 - One argument per option.
    directory: str | None,
    x_arg: tuple[str, ...],
    renames: tuple[str, ...],
    *,
    no_rename: bool,
    allow_drift: bool,
    as_json: bool,
    **given: Any,  # noqa: ANN401 - Options that go on as they are.
) -> None:
    """Write a new revision file with what the models changed, and review it.

    Ends with 0 if all is well or nothing changed, 1 if it was refused or the review has errors.
    """
    propose(directory, x_arg, Manner(renames, no_rename, allow_drift, as_json), **given)


def propose(
    directory: str | None,
    x_arg: tuple[str, ...],
    manner: Manner,
    **given: Any,  # noqa: ANN401 - Options that go on as they are.
) -> None:
    """Compare, write, review and tell; exit with the report's code."""
    config = alembic_config(directory, x_arg=x_arg, opts=["autogenerate"])
    if manner.as_json and config.cmd_opts is not None:
        config.cmd_opts.quiet = True
    given["depends_on"] = list(given["depends_on"]) or None
    wish = Wish(
        tuple(one for one in manner.renames if one != NONE),
        no_rename=manner.no_rename or NONE in manner.renames,
        ask=None if manner.as_json or not is_answered() else ask,
        command=_typed(given["message"], given["rev_id"], manner.renames),
    )
    proposal = Proposal(wish, given["message"], allows_drift=manner.allow_drift)
    scripts = Writer(current_app, config, proposal).write(**given)
    report = to_report(current_app, config, proposal, scripts)
    if manner.as_json:
        click.echo(report.to_json())
    for line in () if manner.as_json else lines_for(report, proposal):
        click.echo(line)
    sys.exit(report.exit_code)


def is_answered() -> bool:
    """Tell whether there is somebody to ask."""
    return sys.stdin.isatty()


def ask(question: str) -> bool:
    """Ask a person, who has to say yes."""
    return click.confirm(question, default=False)


def _typed(message: str | None, rev_id: str | None, renames: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command as it was typed, as far as a remedy repeats it."""
    words = ["flask", "db", "migrate", *(["-m", message] if message else [])]
    words += ["--rev-id", rev_id] if rev_id else []
    return (*words, *(word for one in renames for word in ("--rename", one)))


migrate = guarded(_migrate)
migrate.name = "migrate"
