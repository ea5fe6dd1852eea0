"""A revision run against a database that isn't there: every statement is noted with its line."""

from __future__ import annotations

import io
import sys
import warnings
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alembic import context as alembic_context
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext

from bacowr.dbops.backfill.declaration import OPTION
from bacowr.dbops.lint.blind import Blind
from bacowr.dbops.lint.operations import RecordingOperations
from bacowr.dbops.lint.sql.parser import parse
from bacowr.dbops.lint.sql.statements import Verb
from bacowr.dbops.lint.steps import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    import sqlalchemy as sa
    from alembic.operations.ops import MigrateOperation

    from bacowr.dbops.lint.schema import Schema


@dataclass
class Recording:
    """What a revision did when it was run: its steps, and why it couldn't go on, if it couldn't."""

    steps: list[Step] = field(default_factory=list)
    failure: str = ""
    failure_line: int = 0
    reads: list[int] = field(default_factory=list)
    """The lines that ask for rows: what is done with them isn't seen."""


class Recorder:
    """Notes the statements of one revision's function, as PostgreSQL would get them.

    The metadata is asked for its convention of names only.
    """

    def __init__(self, path: str, schema: Schema, metadata: sa.MetaData) -> None:
        self.path = path
        self.recording = Recording()
        self.in_transaction = True
        self.operation: MigrateOperation | None = None
        self.context = MigrationContext.configure(
            dialect_name="postgresql",
            opts={
                "as_sql": True,
                "literal_binds": True,
                "output_buffer": io.StringIO(),
                "target_metadata": metadata,
                OPTION: lambda _backfill: None,  # Made in batches, after the revision.
            },
        )
        impl = self.context.impl
        impl.transactional_ddl = True
        impl.static_output = self.note  # type: ignore[method-assign] # Where Alembic prints --sql.
        impl.emit_begin = self._begin  # type: ignore[method-assign] # Around an autocommit block.
        impl.emit_commit = self._commit  # type: ignore[method-assign] # The same.
        blind: Any = Blind(self.context.dialect, self.note_through, schema)
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

    def note_through(self, text: str) -> None:
        """Note a statement of the connection's; one that reads rows leaves a blind spot."""
        self.note(text)
        reads = self.recording.steps[-1:]
        if reads and reads[0].statement.verb is Verb.SELECT and "FROM" in reads[0].statement.words:
            self.recording.reads.append(reads[0].line)

    def run(self, function: Callable[[], object]) -> Recording:
        """Call a revision's upgrade or downgrade; whatever it raises is kept in the recording."""
        try:
            with surroundings(self.context), RecordingOperations.noting(self.context, self._invoke):
                function()
        except Exception as error:  # noqa: BLE001 - A revision may raise anything.
            said = str(error).strip().split("\n", maxsplit=1)[0]
            self.recording.failure = f"{type(error).__name__}: {said}"
            self.recording.failure_line = line_of(error, self.path)
        return self.recording

    def _invoke(self, operation: MigrateOperation | None, _batch: str) -> None:
        self.operation = operation


@contextmanager
def surroundings(migration: MigrationContext) -> Iterator[None]:
    """Let `from alembic import context` answer a revision, and let it print nothing."""
    outer = vars(alembic_context).get("_proxy")
    environment = EnvironmentContext(Config(), None)  # type: ignore[arg-type] # No scripts are asked for.
    environment._migration_context = migration  # noqa: SLF001 - What configure() sets.
    environment._install_proxy()  # noqa: SLF001 - What `with` does, but for the outer one.
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        environment._remove_proxy()  # noqa: SLF001 - The same.
        if outer is not None:
            outer._install_proxy()  # noqa: SLF001 - The same.


def line_in(path: str) -> int:
    """Return the line of a file that is running, 0 if none of it is."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - The only way to the caller's line.
    while frame is not None and frame.f_code.co_filename != path:
        frame = frame.f_back
    return frame.f_lineno if frame else 0


def line_of(error: BaseException, path: str) -> int:
    """Return the innermost line of a file on an error's way, 0 if there is none."""
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
