"""The runner: does what one Alembic command wants, once nobody else is at this database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import context

from bacowr.dbops import backfills, phases, record
from bacowr.dbops.adoption import find_edited, is_recorded
from bacowr.dbops.ahead import check_compatible, look_ahead, refuse_ahead
from bacowr.dbops.configure import configure_arguments
from bacowr.dbops.errors import Refused
from bacowr.dbops.events import Direction, Noticed, PlanMade, RunDone, emit
from bacowr.dbops.places import refuse_throwaway
from bacowr.dbops.plan import Plan, Verb, make_plan
from bacowr.dbops.report import Level
from bacowr.dbops.run import Run
from bacowr.dbops.stop import stop_on_sigterm
from bacowr.dbops.targets import target_for

if TYPE_CHECKING:
    from bacowr.dbops.applying import Application
    from bacowr.dbops.project import Project


@dataclass(frozen=True)
class Survey:
    """What a look at the database and the files says is to be done."""

    plan: Plan
    ahead: record.Ahead | None
    log: tuple[record.Entry, ...]

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is pending and the record is complete."""
        return not self.plan.steps and is_recorded(self.log, self.plan.heads)


class Runner:
    """One run of one Alembic command against the project's database."""

    def __init__(self, project: Project) -> None:
        self.project = project
        settings = context.config.attributes.get("dbops_settings", project.settings)
        phase = context.config.attributes.get(phases.ATTRIBUTE, "")
        self.circumstances = Run(settings, project.version_table, project.schema, phase)
        self.target = target_for(project.engine, self.circumstances)
        self.arguments = configure_arguments(project)

    def run(self) -> None:
        """Do what the command wants; raise Refused when it must not be done."""
        try:
            self._run()
        finally:
            self.target.release()

    def _run(self) -> None:
        with self.target.engine.connect() as connection:
            context.configure(connection=connection, **self.arguments)
            migration = context.get_context()
            wanted = migration.opts["fn"]
            verb = Verb.of(wanted)
            if not verb.writes:
                self._read(verb, connection)
                return
            with stop_on_sigterm():
                self._write(verb, connection, wanted)
                if verb is Verb.UPGRADE:
                    backfills.go_on_after(self.project, self.circumstances)

    def _read(self, verb: Verb, connection: sa.Connection) -> None:
        """Show or compare; a database ahead of the code is told apart from a lost file."""
        heads = context.get_context().get_current_heads()
        ahead = look_ahead(connection, context.script, heads, self.project.schema)
        log = record.read_log(connection, self.project.schema) if verb is Verb.COMPARE else ()
        connection.rollback()
        writing = getattr(context.config.cmd_opts, "autogenerate", False)
        if ahead is None or verb not in {Verb.CURRENT, Verb.COMPARE}:
            context.run_migrations()
            if not writing:
                self._refuse_edited(log)
            return
        if writing:
            raise refuse_ahead(ahead)
        good_news = check_compatible(ahead, context.script)
        if verb is Verb.CURRENT:
            for head in heads:
                context.config.print_stdout("%s", head)
        emit(Noticed(good_news))

    def _refuse_edited(self, log: tuple[record.Entry, ...]) -> None:
        """Let `check` fail on files that aren't what was applied."""
        edited = find_edited(context.script, record.applied(log))
        for finding in edited[1:]:
            emit(Noticed(finding))
        if edited:
            raise Refused(replace(edited[0], level=Level.ERROR))

    def _write(self, verb: Verb, connection: sa.Connection, wanted: Any) -> None:  # noqa: ANN401 - Alembic's untyped function.
        stepping = verb in {Verb.UPGRADE, Verb.DOWNGRADE}
        refuse_throwaway(self.project)
        first = self._survey(verb, connection, wanted) if stepping else None
        if first and self._is_done(verb, first):
            return
        with self.target.hold(self.circumstances.settings.wait_seconds):
            if verb is Verb.ENSURE:
                context.run_migrations()
                connection.commit()
                return
            survey = self._survey(verb, connection, wanted, first)
            if self._is_done(verb, survey, waited=stepping):
                return
            self._apply(survey, connection)

    def _survey(
        self,
        verb: Verb,
        connection: sa.Connection,
        wanted: Any,  # noqa: ANN401 - As above.
        former: Survey | None = None,
    ) -> Survey:
        """Look where the database stands; nothing stays open, and nothing read is remembered.

        From the same heads, and the files that this process has loaded, the plan is the same.
        """
        migration = context.get_context()
        schema = self.project.schema
        heads = migration.get_current_heads()
        ahead = look_ahead(connection, context.script, heads, schema)
        log = record.read_log(connection, schema)
        purge = bool(migration.opts.get("purge"))
        plan = Plan(Direction.UPGRADE, heads)
        if former and former.ahead is None and former.plan.heads == heads and not purge:
            plan = former.plan
        elif ahead is None or purge:
            plan = make_plan(verb, migration, wanted, () if purge else heads)
            asked = self.circumstances
            plan = phases.cut(plan, asked.phase, asked.settings.phases, log)
        connection.rollback()
        return Survey(plan, None if purge else ahead, log)

    def _is_done(self, verb: Verb, survey: Survey, *, waited: bool = False) -> bool:
        """Say so and return True when there is nothing to do; refuse what can't be done."""
        if survey.ahead is not None:
            if verb is not Verb.UPGRADE:
                raise refuse_ahead(survey.ahead)
            good_news = check_compatible(survey.ahead, context.script)
            emit(Noticed(good_news))
            self._finish(survey.plan, (), good_news.message)
            return True
        if verb not in {Verb.UPGRADE, Verb.DOWNGRADE} or not survey.is_done:
            return False
        for finding in find_edited(context.script, record.applied(survey.log)):
            emit(Noticed(finding))
        emit(PlanMade(survey.plan.direction, (), survey.plan.heads, str(self.project.engine.url)))
        self._finish(survey.plan, (), _done_by(survey) if waited else "")
        return True

    def _apply(self, survey: Survey, connection: sa.Connection) -> None:
        """Apply the plan; what that takes is imported only where there is one."""
        application: Application = import_module("bacowr.dbops.applying").Application(
            self.project, self.circumstances, self.target
        )
        application.prepare(connection, survey.plan, survey.log)
        applied, heads = application.walk(connection, survey.plan, self.arguments)
        self._finish(replace(survey.plan, heads=heads), applied, "")

    def _finish(self, plan: Plan, applied: tuple[str, ...], note: str) -> None:
        put_off = phases.told(plan)
        if put_off is not None:
            emit(Noticed(put_off))
        spent = self.circumstances.spent_ms
        emit(RunDone(plan.direction, applied, plan.heads, spent, note))


def _done_by(survey: Survey) -> str:
    """Say who did meanwhile what this run had come to do."""
    standing = record.applied(survey.log)
    newest = [standing[head] for head in survey.plan.heads[-1:] if head in standing]
    by = [f"applied by process {one.pid} on {one.host} at {one.at}" for one in newest]
    return ", ".join(["Already at head", *by]) + "."
