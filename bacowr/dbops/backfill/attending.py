"""A run of revisions that attends to backfills: takes them in, waits for them, forgets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import context
from alembic.runtime.migration import RevisionStep

from bacowr.dbops.backfill.batches import Batches
from bacowr.dbops.backfill.budget import Budget
from bacowr.dbops.backfill.continuing import find_open, go_on, read_all
from bacowr.dbops.backfill.declaration import OPTION, Backfill, declared_in
from bacowr.dbops.backfill.finding import declared
from bacowr.dbops.backfill.gate import needs_of, refuse_unfinished
from bacowr.dbops.backfill.keys import key_of
from bacowr.dbops.backfill.states import UNFINISHED, State
from bacowr.dbops.backfill.store import Status, Store, ensure, unfinished
from bacowr.dbops.backfill.telling import told
from bacowr.dbops.engines import connection_of
from bacowr.dbops.events import Noticed, emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from bacowr.dbops.project import Project
    from bacowr.dbops.run import Run
    from bacowr.dbops.walk import Walk


class Attendant:
    """Stands beside one walk over a plan."""

    def __init__(self, project: Project, walk: Walk) -> None:
        self.project = project
        self.walk = walk
        self.run = run = walk.run
        self.store = Store(project.schema)
        self.budget = Budget(min(run.settings.backfill_budget, max(run.remaining, 0.0)))

    def prepare(self, connection: sa.Connection, arguments: dict[str, Any]) -> None:
        """Put itself into the arguments of `context.configure`; make the table."""
        with connection.begin():
            ensure(connection, self.project.schema)
        feed = arguments["fn"]

        def gated(*words: object) -> Iterator[Any]:
            for step in feed(*words):
                if step.is_upgrade and isinstance(step, RevisionStep):
                    self.wait_for(step.revision.revision)
                yield step

        arguments["fn"] = gated
        arguments[OPTION] = self.take_in
        arguments["on_version_apply"] = [*arguments["on_version_apply"], self.forget]

    def take_in(self, backfill: Backfill) -> None:
        """Write a backfill down, in its revision's transaction, for what comes after it.

        Raises Refused, or what the database raises, for one that can't work.
        """
        connection = connection_of(context.get_context())
        Batches(backfill, key_of(connection, backfill), self.store).check(connection)
        planned = self.walk.waiting[0]
        if declared_in(planned.step.revision.module) is None:
            backfill.execute(connection, f"({backfill.where})", {})
            return
        status = Status(
            planned.name,
            title=planned.facts.title if planned.facts else "",
            table_name=backfill.table,
            app_version=self.run.settings.app_version,
        )
        self.store.add(connection, status)

    def forget(self, ctx: MigrationContext, step: Any, **_: object) -> None:  # noqa: ANN401 - Alembic's untyped step.
        """Forget the backfill of a revision that was undone, in the same transaction."""
        if not step.is_upgrade and not step.is_stamp:
            for revision in step.up_revision_ids:
                self.store.remove(connection_of(ctx), revision)

    def wait_for(self, revision: str) -> None:
        """Do what a contract revision needs, as far as the budget goes; else raise Refused."""
        needs = needs_of(context.script, revision)
        if needs:  # Before the first step Alembic has only read the heads, in a transaction.
            connection_of(context.get_context()).rollback()
        for needed in needs:
            status = find_open(self.project, context.script, needed)
            if status.state in UNFINISHED:
                after = go_on(self.project, context.script, [status], self.budget)
                status = after[0] if after else status
                emit(Noticed(told(status)))
            if status.state is not State.SUCCEEDED:
                raise refuse_unfinished(revision, needed, status)


def has_backfills(directory: ScriptDirectory) -> bool:
    """Tell whether any revision of this code declares a backfill."""
    return bool(declared(directory))


def go_on_after(project: Project, run: Run) -> None:
    """Go on with what is unfinished when the revisions are applied, as far as the budget goes."""
    waiting = unfinished(read_all(project))
    seconds = min(run.settings.backfill_budget, max(run.remaining, 0.0))
    for status in go_on(project, context.script, waiting, Budget(seconds)):
        emit(Noticed(told(status)))
