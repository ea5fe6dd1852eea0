"""The walk over a plan: each revision in its transaction, recorded, and seen to be committed."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import Operations

from bacowr.dbops.engines import connection_of, raw_of
from bacowr.dbops.errors import DeadlinePassed, Refused, refuse
from bacowr.dbops.events import Retrying, RevisionDone, RevisionStarted, emit
from bacowr.dbops.ledger import Ledger, read_marks
from bacowr.dbops.record import Entry, Outcome, append
from bacowr.dbops.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from alembic.runtime.migration import MigrationContext

    from bacowr.dbops.plan import Plan, PlannedStep
    from bacowr.dbops.run import Run
    from bacowr.dbops.targets import Target

LEAST_PAUSE = 0.25
MOST_PAUSE = 10.0


class Walk:
    """One plan on its way through Alembic's own loop, which asks `feed` for each step."""

    def __init__(self, plan: Plan, run: Run, target: Target) -> None:
        self.plan = plan
        self.run = run
        self.target = target
        self.ledger = Ledger(target, run.schema)
        self.watch = Watch(target, self.ledger)
        self.tries = 0
        self.waiting = list(plan.steps)
        self.applied: list[str] = []
        self.heads = set(plan.heads)
        self._begun = 0.0

    def go(self, migration: MigrationContext) -> None:
        """Apply the plan; when it fails, what was committed stays and is recorded as such.

        A revision that meets a lock somebody else holds is rolled back and tried again, until
        the deadline of the run.
        """
        self.watch.guard_blocks(migration)
        for planned in self.waiting:
            self._wrap(planned, migration)
        while True:
            try:
                self._read_marks(migration)
                with _operating(migration, self.ledger):
                    migration.run_migrations()
            except BaseException as error:
                _let_go(migration)
                self._check_time(error)
                if not self.target.is_lock_timeout(error):
                    self._record_failure(error)
                    raise
                self._pause()
            else:
                return

    def _read_marks(self, migration: MigrationContext) -> None:
        connection = connection_of(migration)
        self.ledger.old = read_marks(connection, self.run.schema)
        connection.rollback()

    def _check_time(self, error: BaseException) -> None:
        """Say that time is up in place of an error that only comes from that."""
        if isinstance(error, Refused) or not isinstance(error, Exception):
            return
        try:
            waited = self.tries or self.target.is_lock_timeout(error)
            blocker = self.target.blocker() if waited else ""
            self.run.check_deadline(len(self.applied), len(self.waiting), blocker)
        except DeadlinePassed as late:
            self._record_failure(late)
            raise late from error

    def _pause(self) -> None:
        """Wait a little longer each time, and never as long as the others who wait."""
        self.tries += 1
        longest = min(MOST_PAUSE, LEAST_PAUSE * 2**self.tries)
        share = random.uniform(0.5, 1.0)  # noqa: S311 - Jitter is no secret.
        pause = min(longest * share, max(0.0, self.run.remaining))
        emit(Retrying(self.waiting[0].name, self.tries, pause, self.target.blocker()))
        time.sleep(pause)

    def feed(self, *_: object) -> Iterator[Any]:
        """Hand Alembic one step after the other; between two of them nothing is open."""
        while self.waiting:
            planned = self.waiting[0]
            blocker = self.target.blocker() if self.tries else ""
            self.run.check_deadline(len(self.applied), len(self.waiting), blocker)
            self.target.is_last = len(self.waiting) == 1
            self._begun = time.monotonic()
            number = len(self.applied) + 1
            if planned.facts:
                emit(
                    RevisionStarted(
                        planned.facts, self.plan.direction, number, len(self.plan.steps)
                    )
                )
            yield planned.step
            self._confirm(planned)
            self.waiting.pop(0)
            self.tries = 0
            self.applied.append(planned.name)
            if planned.facts:
                emit(
                    RevisionDone(
                        planned.facts,
                        self.plan.direction,
                        number,
                        len(self.plan.steps),
                        self._spent(),
                    )
                )

    def _wrap(self, planned: PlannedStep, migration: MigrationContext) -> None:
        """Put the watch around the revision's own function."""
        original = planned.step.migration_fn

        @wraps(original)
        def perform(**arguments: object) -> None:
            self.ledger.begin(planned.facts, self.plan.direction)
            with self.watch.over(planned.name):
                original(**arguments)
            self.target.after_revision(connection_of(migration), planned.name)

        planned.step.migration_fn = perform

    def write_down(self, ctx: MigrationContext, heads: set[str], **_: object) -> None:
        """Record the revision in its own transaction: Alembic's `on_version_apply`."""
        self.heads = set(heads)
        facts = self.waiting[0].facts if self.waiting else None
        if facts is None:
            return
        connection = connection_of(ctx)
        entry = Entry.of(
            facts,
            direction=self.plan.direction,
            app_version=self.run.settings.app_version,
            phase=self.run.phase,
            run_id=self.run.id,
            duration_ms=self._spent(),
            statements=self.watch.statements,
        )
        append(connection, [entry], self.run.schema)
        self.ledger.end(connection)

    def _confirm(self, planned: PlannedStep) -> None:
        """Look from another connection whether the version is what it should be."""
        seen = self.target.committed_heads(self.run.version_table)
        if seen is not None and set(seen) != self.heads:
            raise refuse(
                "not-recorded",
                f"Revision {planned.name} ran, but the database says {', '.join(seen) or 'base'} "
                f"instead of {', '.join(self.heads) or 'base'}: something in it ended the "
                "transaction. Part of its work may be committed.",
                where=planned.name,
                remedy="Take COMMIT, executescript() and commit() out of the revision, undo by "
                "hand what it did, and run the upgrade again.",
            )

    def _record_failure(self, error: BaseException) -> None:
        """Write down what failed, if the database still lets us; the error itself comes first."""
        failed = isinstance(error, Exception)
        told = {
            "direction": self.plan.direction,
            "outcome": Outcome.FAILED if failed else Outcome.INTERRUPTED,
            "app_version": self.run.settings.app_version,
            "run_id": self.run.id,
            "duration_ms": self._spent(),
            "statements": self.watch.statements,
            "error": f"{type(error).__name__}: {error}".split("\n", maxsplit=1)[0],
        }
        files = [planned.facts for planned in self.waiting[:1] if planned.facts]
        self.target.is_last = True
        with suppress(sa.exc.SQLAlchemyError), self.target.engine.begin() as connection:
            append(connection, [Entry.of(one, **told) for one in files], self.run.schema)

    def _spent(self) -> int:
        return int((time.monotonic() - self._begun) * 1000)


def _let_go(migration: MigrationContext) -> None:
    """Roll back whatever is open, also where a revision hid it from SQLAlchemy."""
    connection = connection_of(migration)
    with suppress(sa.exc.SQLAlchemyError):
        connection.rollback()
        raw_of(connection).rollback()


def _operating(migration: MigrationContext, ledger: Ledger) -> AbstractContextManager[Operations]:
    """Have `alembic.op` work on this database; only SQLite needs more than Alembic's own."""
    if migration.dialect.name != "sqlite":
        return Operations.context(migration)
    lossless = import_module("bacowr.dbops.operations")
    operations: AbstractContextManager[Operations] = lossless.operating(migration, ledger)
    return operations
