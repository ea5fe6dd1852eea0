"""The history replayed on a SQLite database in memory, each operation noted before it is done."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.pool import StaticPool

from bacowr.dbops.engines import in_autocommit
from bacowr.dbops.lint.operations import RecordingOperations
from bacowr.dbops.lint.recording import line_in, line_of, surroundings
from bacowr.dbops.lint.sql.parser import parse
from bacowr.dbops.sqlite.catalog import SchemaObject
from bacowr.dbops.sqlite.shadow import Tape, begin, shadow_engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.operations.ops import MigrateOperation

    from bacowr.dbops.lint.sql.statements import Statement

OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid"
FIRST = {"table": 0, "index": 1, "view": 2, "trigger": 3}


@dataclass(frozen=True)
class Change:
    """One operation of a revision, and the database's objects as it finds them."""

    operation: MigrateOperation
    batch: str
    """The table whose batch it stands in; nothing outside of one that may rebuild."""
    line: int
    objects: tuple[SchemaObject, ...]
    statements: tuple[Statement, ...] = ()
    """What the text of an op.execute() says."""


@dataclass
class Replayed:
    """What one function of a revision did, and why it couldn't go on, if it couldn't."""

    changes: list[Change] = field(default_factory=list)
    failure: str = ""
    failure_line: int = 0


class Replay:
    """A database in memory that revisions run on, one after the other."""

    def __init__(
        self, app_engine: sa.Engine, metadata: sa.MetaData, objects: tuple[SchemaObject, ...] = ()
    ) -> None:
        self.options = {"transactional_ddl": True, "target_metadata": metadata}
        if app_engine.dialect.name == "sqlite":
            engine = shadow_engine(app_engine, Tape())
        else:
            engine = sa.create_engine("sqlite://", poolclass=StaticPool)
        sa.event.listen(engine, "begin", _begin)
        self.connection = engine.connect()
        self._build(objects)

    def _build(self, objects: tuple[SchemaObject, ...]) -> None:
        """Make the objects of a database at hand, without its rows."""
        for item in sorted(objects, key=lambda one: FIRST.get(one.type, 0)):
            if item.sql and not item.name.startswith("sqlite_"):
                try:
                    self.connection.exec_driver_sql(item.sql)
                except sa.exc.OperationalError:
                    continue  # The tables under a full-text table come with it.
        self.connection.commit()

    def close(self) -> None:
        """Let go of the database."""
        self.connection.close()

    def objects(self) -> tuple[SchemaObject, ...]:
        """Return the database's objects as they are."""
        rows = self.connection.exec_driver_sql(OBJECTS)
        return tuple(SchemaObject(*row) for row in rows)

    def run(self, function: Callable[[], object], path: str, *, keep: bool = True) -> Replayed:
        """Run a revision's upgrade or downgrade; unless kept, it is rolled back."""
        replayed = Replayed()
        context = MigrationContext.configure(self.connection, opts=self.options)
        context._transaction = self.connection.begin()  # noqa: SLF001 - Autocommit blocks end it.

        def listen(operation: MigrateOperation | None, batch: str) -> None:
            if operation is not None:
                replayed.changes.append(self._note(operation, batch, line_in(path)))

        try:
            with surroundings(context), RecordingOperations.noting(context, listen):
                function()
        except Exception as error:  # noqa: BLE001 - A revision may raise anything.
            said = str(error).strip().split("\n", maxsplit=1)[0]
            replayed.failure = f"{type(error).__name__}: {said}"
            replayed.failure_line = line_of(error, path)
        if keep and not replayed.failure and self.connection.in_transaction():
            self.connection.commit()
        elif self.connection.in_transaction():
            self.connection.rollback()
        return replayed

    def _note(self, operation: MigrateOperation, batch: str, line: int) -> Change:
        statements: tuple[Statement, ...] = ()
        if isinstance(operation, ops.ExecuteSQLOp):
            statements = parse(_text(operation.sqltext))
        return Change(operation, batch, line, self.objects(), statements)


def _begin(connection: sa.Connection) -> None:
    if not in_autocommit(connection):
        begin(connection)


def _text(sql: object) -> str:
    if isinstance(sql, sa.ClauseElement):
        return str(sql.compile(dialect=sqlite_dialect.dialect()))
    return str(sql)


def read_objects(path: str) -> tuple[SchemaObject, ...]:
    """Return the objects of a database file, which is opened for reading only."""
    connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
    try:
        return tuple(SchemaObject(*row) for row in connection.execute(OBJECTS))
    finally:
        connection.close()
