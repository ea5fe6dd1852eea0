"""A revision run against a database that isn't there: every statement is noted with its line."""

from __future__ import annotations

import io
import sys
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData

from bacowr.dbops.lint.operations import RecordingOperations
from bacowr.dbops.lint.sql.parser import parse
from bacowr.dbops.lint.steps import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alembic.operations.ops import MigrateOperation


@dataclass
class Recording:
    """What a revision did when it was run: its steps, and why it couldn't go on, if it couldn't."""

    steps: list[Step] = field(default_factory=list)
    failure: str = ""
    failure_line: int = 0


class Blind:
    """A connection that notes what it is given and finds no rows."""

    def __init__(self, dialect: sa.Dialect, note: Callable[[str], None]) -> None:
        self.dialect = dialect
        self.note = note
        self.engine = self

    def execute(self, statement: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - As SQLAlchemy's.
        """Note the statement; its result is empty."""
        self.note(str(statement.compile(dialect=self.dialect)))
        return IteratorResult(SimpleResultMetaData(["nothing"]), iter(()))

    def exec_driver_sql(self, statement: str, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - As above.
        """Note the statement; its result is empty."""
        return self.execute(sa.text(statement.replace(":", r"\:")))

    def scalar(self, statement: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - As above.
        """Note the statement; there is no value."""
        return self.execute(statement).scalar()

    def scalars(self, statement: Any, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - As above.
        """Note the statement; there are no values."""
        return self.execute(statement).scalars()

    def execution_options(self, **_: object) -> Blind:
        """Change nothing."""
        return self

    def commit(self) -> None:
        """Note that the revision ends its own transaction."""
        self.note("COMMIT")

    def rollback(self) -> None:
        """Note that the revision ends its own transaction."""
        self.note("ROLLBACK")

    @contextmanager
    def begin_nested(self) -> Iterator[Blind]:
        """Give itself: a savepoint changes no lock."""
        yield self


class Recorder:
    """Notes the statements of one revision's function, for one kind of database."""

    def __init__(self, dialect: str, path: str) -> None:
        self.path = path
        self.recording = Recording()
        self.in_transaction = True
        self.operation: MigrateOperation | None = None
        self.context = MigrationContext.configure(
            dialect_name=dialect,
            opts={"as_sql": True, "literal_binds": True, "output_buffer": io.StringIO()},
        )
        impl = self.context.impl
        impl.transactional_ddl = True
        impl.static_output = self.note  # type: ignore[method-assign] # Where Alembic prints --sql.
        impl.emit_begin = self._begin  # type: ignore[method-assign] # Around an autocommit block.
        impl.emit_commit = self._commit  # type: ignore[method-assign] # The same.
        blind: Any = Blind(self.context.dialect, self.note)
        self.context.connection = impl.connection = blind

    def _begin(self) -> None:
        self.in_transaction = True

    def _commit(self) -> None:
        self.in_transaction = False

    def note(self, text: str) -> None:
        """Note one or more statements, with the line of the revision that sends them."""
        line = line_in(self.path)
        for statement in parse(text):
            self.recording.steps.append(Step(statement, line, self.in_transaction, self.operation))

    def run(self, function: Callable[[], object]) -> Recording:
        """Call a revision's upgrade or downgrade; whatever it raises is kept in the recording."""
        try:
            with warnings.catch_warnings(), RecordingOperations.noting(self.context, self._invoke):
                warnings.simplefilter("ignore")
                function()
        except Exception as error:  # noqa: BLE001 - A revision may raise anything.
            said = str(error).strip().split("\n", maxsplit=1)[0]
            self.recording.failure = f"{type(error).__name__}: {said}"
            self.recording.failure_line = line_of(error, self.path)
        return self.recording

    def _invoke(self, operation: MigrateOperation | None, _batch: str) -> None:
        self.operation = operation


def line_in(path: str) -> int:
    """Return the line of a file that is running, 0 if none of it is."""
    frame = sys._getframe(1)  # noqa: SLF001 - The only way to the caller's line.
    while frame is not None:
        if frame.f_code.co_filename == path:
            return frame.f_lineno
        if frame.f_back is None:
            break
        frame = frame.f_back
    return 0


def line_of(error: BaseException, path: str) -> int:
    """Return the innermost line of a file on an error's way, 0 if there is none."""
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
