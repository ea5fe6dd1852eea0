"""Going on with whatever backfills are unfinished: the release phase, the worker, a person."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from alembic.script import ScriptDirectory

from bacowr.dbops.backfill.batches import Batches
from bacowr.dbops.backfill.budget import Budget
from bacowr.dbops.backfill.connections import connected
from bacowr.dbops.backfill.driving import drive, written
from bacowr.dbops.backfill.finding import declared
from bacowr.dbops.backfill.keys import key_of
from bacowr.dbops.backfill.states import REOPEN, State
from bacowr.dbops.backfill.store import Status, Store, unfinished
from bacowr.dbops.engines import sibling
from bacowr.dbops.errors import refuse
from bacowr.dbops.locations import sqlite_file
from bacowr.dbops.project import Project, read_project

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa
    from flask import Flask

    from bacowr.dbops.backfill.declaration import Backfill

FROM_THE_START: Final[dict[str, Any]] = {"cursor": "", "high": "", "stuck": ""}


def continue_unfinished(
    app: Flask, budget_seconds: float, is_stopped: Callable[[], bool] = lambda: False
) -> tuple[Status, ...]:
    """Go on with the unfinished backfills, oldest first, until all are done or time is up.

    Returns how those stand that it went on with. Any number of processes may call it at once:
    each backfill is in one's hands at a time. One that was paused or has failed waits for a
    person. To be called in an application context.
    """
    project = read_project(app)
    waiting = unfinished(read_all(project))
    if not waiting:
        return ()
    config = app.extensions["migrate"].migrate.get_config()
    directory = ScriptDirectory.from_config(config)
    return go_on(project, directory, waiting, Budget(budget_seconds, is_stopped))


def go_on(
    project: Project, directory: ScriptDirectory, waiting: list[Status], budget: Budget
) -> tuple[Status, ...]:
    """Go on with these backfills; those whose revision this code doesn't know are passed over."""
    known = declared(directory)
    store = Store(project.schema)
    stand = []
    for status in waiting:
        if budget.is_spent:
            break
        if status.revision in known:
            backfill = known[status.revision]
            after = drive(project.engine, store, backfill, status.revision, budget)
            if after is not None:
                stand.append(after)
    return tuple(stand)


def find_open(project: Project, directory: ScriptDirectory, revision: str) -> Status:
    """Return a backfill, put back to pending where rows of older code have come up since.

    One that isn't written down, as in a database that was stamped, is written down as pending.
    Raises Refused when no revision of this code declares it.
    """
    backfill = known_as(directory, revision)
    store = Store(project.schema)
    with connected(project.engine, revision) as connection:
        ensure_written = partial(_written_down, store, connection, revision, backfill)
        status = written(connection, ensure_written)
        if status.state is not State.SUCCEEDED:
            return status
    with sibling(project.engine).connect() as second:
        reader = second.execution_options(isolation_level="AUTOCOMMIT")
        batches = Batches(backfill, key_of(reader, backfill), store)
        if batches.first_straggler(reader) is None:
            return status
    with connected(project.engine, revision) as connection:
        again = partial(store.move, connection, REOPEN, revision, **FROM_THE_START, sweep=1)
        written(connection, again)
    return replace(status, state=State.PENDING)


def _written_down(
    store: Store, connection: sa.Connection, revision: str, backfill: Backfill
) -> Status:
    found = store.find(connection, revision)
    if found is None:
        found = Status(revision, table_name=backfill.table)
        store.add(connection, found)
    return found


def known_as(directory: ScriptDirectory, revision: str) -> Backfill:
    """Return the backfill that a revision declares; raise Refused where none does."""
    known = declared(directory)
    if revision not in known:
        raise refuse(
            "no-backfill",
            f"No revision {revision} of this code declares a backfill.",
            remedy=f"There are: {', '.join(known) or 'none'}.",
        )
    return known[revision]


def read_all(project: Project) -> tuple[Status, ...]:
    """Return every backfill this database ever had; a SQLite file that isn't there has none."""
    path = sqlite_file(project.engine.url)
    if path is not None and not path.exists():
        return ()
    with sibling(project.engine).connect() as connection:
        return Store(project.schema).read(connection)
