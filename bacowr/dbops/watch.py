"""The eye on a running revision's statements: counts them, and refuses to let it commit alone."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bacowr.dbops.engines import in_autocommit, raw_of
from bacowr.dbops.errors import escaped
from bacowr.dbops.events import StatementDone, emit
from bacowr.dbops.statements import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.runtime.migration import MigrationContext

    from bacowr.dbops.ledger import Ledger
    from bacowr.dbops.targets import Target

COUNTED = {Kind.CHANGE, Kind.LONELY}


class Watch:
    """Listens on the migration engine, and is idle except while a revision's function runs."""

    def __init__(self, target: Target, ledger: Ledger) -> None:
        self.target = target
        self.ledger = ledger
        self.revision = ""
        self.statements = 0
        self.may_commit = False
        self.trapped: Exception | None = None
        self._started = 0.0
        sa.event.listen(target.engine, "before_cursor_execute", self._before, retval=True)
        sa.event.listen(target.engine, "after_cursor_execute", self._after)
        sa.event.listen(target.engine, "handle_error", self._failed)
        sa.event.listen(target.engine, "commit", self._commit)

    @contextmanager
    def over(self, revision: str) -> Iterator[None]:
        """Watch one revision's function; raise what it was caught at even if it swallowed it."""
        self.revision, self.statements, self.trapped = revision, 0, None
        try:
            yield
        finally:
            self.revision = ""
        if self.trapped is not None:
            raise self.trapped

    def guard_blocks(self, migration: MigrationContext) -> None:
        """Put the ledger around the autocommit blocks of the revisions run in this context."""
        original = migration.autocommit_block

        @contextmanager
        def block() -> Iterator[None]:
            with self.ledger.block(migration):
                stock = original()
                with self._committing():
                    stock.__enter__()
                try:
                    yield
                finally:
                    with self._committing():
                        stock.__exit__(None, None, None)

        migration.autocommit_block = block  # type: ignore[method-assign] # Alembic has no hook here.

    @contextmanager
    def _committing(self) -> Iterator[None]:
        self.may_commit = True
        try:
            yield
        finally:
            self.may_commit = False

    def _before(
        self,
        connection: sa.Connection,
        _cursor: object,
        statement: str,
        parameters: Any,  # noqa: ANN401 - The driver's.
        *_: object,
    ) -> tuple[str, Any]:
        self._started = time.monotonic()
        if not self.revision or self.may_commit:
            return statement, parameters
        kind = kind_of(statement)
        self.statements += kind in COUNTED
        if kind is Kind.CONTROL and not in_autocommit(connection):
            self.trapped = escaped(self.revision)
            raise self.trapped
        self.target.before_statement(connection, statement)
        return self.ledger.before(connection, statement, parameters)

    def _after(self, connection: sa.Connection, cursor: Any, statement: str, *_: object) -> None:  # noqa: ANN401 - The driver's.
        if not self.revision or self.may_commit:
            return
        self.ledger.after(raw_of(connection), cursor.rowcount)
        self.target.after_statement(connection, statement)
        if kind_of(statement) not in COUNTED:
            return
        spent = int((time.monotonic() - self._started) * 1000)
        emit(StatementDone(self.revision, statement, spent))

    def _failed(self, problem: sa.engine.ExceptionContext) -> None:
        if self.revision and problem.connection is not None and not problem.is_disconnect:
            self.ledger.failed(raw_of(problem.connection))

    def _commit(self, _connection: sa.Connection) -> None:
        if self.revision and not self.may_commit:
            self.trapped = escaped(self.revision)
            raise self.trapped
