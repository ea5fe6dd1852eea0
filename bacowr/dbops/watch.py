"""The eye on a running revision's statements: counts them, and refuses to let it commit alone."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bacowr.dbops.engines import in_autocommit
from bacowr.dbops.errors import escaped
from bacowr.dbops.events import StatementDone, emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.target import Target

LEADING_COMMENTS = r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
ENDS_TRANSACTION = re.compile(
    LEADING_COMMENTS + r"(?:commit|end|abort|begin|start\s+transaction|prepare\s+transaction"
    r"|rollback(?!\s+(?:work\s+|transaction\s+)?to\b))\b",
    re.IGNORECASE | re.DOTALL,
)


class Watch:
    """Listens on the migration engine; idle except between `revision()`'s start and end."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.revision = ""
        self.statements = 0
        self.may_commit = False
        self.trapped: Exception | None = None
        self._started = 0.0
        sa.event.listen(target.engine, "before_cursor_execute", self._before, retval=True)
        sa.event.listen(target.engine, "after_cursor_execute", self._after)
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

    def _before(self, connection: sa.Connection, *call: Any) -> tuple[Any, Any]:  # noqa: ANN401 - SQLAlchemy's event.
        _cursor, statement, parameters = call[:3]
        self._started = time.monotonic()
        if self.revision:
            self.statements += 1
            if not in_autocommit(connection):
                self._refuse_escape(statement)
            self.target.before_statement(connection, statement)
        return statement, parameters

    def _refuse_escape(self, statement: str) -> None:
        if ENDS_TRANSACTION.match(statement):
            self.trapped = escaped(self.revision)
            raise self.trapped

    def _after(
        self, _connection: sa.Connection, _cursor: object, statement: str, *_: object
    ) -> None:
        if self.revision:
            spent = int((time.monotonic() - self._started) * 1000)
            emit(StatementDone(self.revision, statement, spent))

    def _commit(self, _connection: sa.Connection) -> None:
        if self.revision and not self.may_commit:
            self.trapped = escaped(self.revision)
            raise self.trapped
