"""A plan put into effect: recorded, told, backed up, and walked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from alembic import context

from bacowr.dbops import backfills, record
from bacowr.dbops.adoption import adopt, find_edited
from bacowr.dbops.backups import back_up_first
from bacowr.dbops.estimates import warn_of_big_tables
from bacowr.dbops.events import Direction, Noticed, PlanMade, emit
from bacowr.dbops.leftovers import find_leftovers
from bacowr.dbops.report import Level
from bacowr.dbops.stamp_record import REASON, StampRecorder
from bacowr.dbops.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from bacowr.dbops.plan import Plan
    from bacowr.dbops.project import Project
    from bacowr.dbops.run import Run
    from bacowr.dbops.targets import Target

BEFORE_RUN: tuple[Callable[[Project, Plan], None], ...] = (warn_of_big_tables, back_up_first)
"""What is done under the lock, before the first pending revision touches anything."""


@dataclass(frozen=True)
class Application:
    """What it takes to apply a plan to a database that nobody else migrates."""

    project: Project
    run: Run
    target: Target

    def prepare(self, connection: sa.Connection, plan: Plan, log: tuple[record.Entry, ...]) -> None:
        """Bring the record up to date, say the plan, and do what comes before the first step."""
        schema = self.project.schema
        with connection.begin():
            record.ensure(connection, schema)
            told = {"schema": schema, "run_id": self.run.id}
            adopt(connection, context.script, log, plan.heads, **told)
            leftovers = list(find_leftovers(connection))
        for finding in [*leftovers, *find_edited(context.script, record.applied(log))]:
            emit(Noticed(replace(finding, level=Level.WARNING)))
        emit(PlanMade(plan.direction, plan.facts, plan.heads, str(self.project.engine.url)))
        if plan.steps and plan.direction is not Direction.STAMP:
            for step in BEFORE_RUN:
                step(self.project, plan)

    def walk(
        self, connection: sa.Connection, plan: Plan, arguments: dict[str, Any]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Run the plan; return the revisions that were applied, and the heads after them."""
        walk = Walk(plan, self.run, self.target)
        for hook in self.project.engine_hooks:
            hook(self.target.engine)
        ours = {**arguments, "fn": walk.feed}
        callbacks = [*arguments["on_version_apply"], walk.write_down]
        if plan.direction is Direction.STAMP:
            reason = str(context.config.attributes.get(REASON, ""))
            callbacks.append(StampRecorder(self.run, plan.heads, reason))
        ours["on_version_apply"] = callbacks
        if plan.direction is not Direction.STAMP:
            backfills.attend(walk, self.project, connection, ours)
        context.configure(connection=connection, **ours)
        walk.go(context.get_context())
        if connection.in_transaction():
            connection.commit()
        return tuple(walk.applied), tuple(sorted(walk.heads))
