"""A database in memory that writes down what is done to it, for scripts of SQL."""

from __future__ import annotations

import math
import sqlite3
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine
from sqlalchemy.pool import StaticPool

from bacowr.dbops.engines import execute_raw, in_autocommit, raw_of
from bacowr.dbops.sqlite.tokens import TokenKind, significant, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    import sqlalchemy as sa

PACKAGE = __name__.rpartition(".")[0]
SCHEMA_TABLES = frozenset(
    {"sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"}
)


class Sender(StrEnum):
    """Who sent a statement, and so what becomes of it in a script."""

    REVISION = "revision"
    CHANGE = "change"
    """The change of a table: its writes are kept, its proofs are not."""
    CONDITION = "condition"
    """A count of the rows that stand against a change: the script must find none either."""
    CENSUS = "census"
    """A count before and after an edit of the text, which no rows here could tell apart."""
    NOBODY = "nobody"


# By module and function of this package, the first that is found on the stack.
SENDERS = {
    ("shadow", ""): None,
    ("connection", ""): Sender.NOBODY,
    ("text_edit", "is_allowed"): Sender.NOBODY,
    ("text_edit", "_default_census"): Sender.CENSUS,
    ("preconditions", "_count"): Sender.CONDITION,
    ("preconditions", "_duplicates"): Sender.CONDITION,
}


@dataclass(frozen=True)
class Written:
    """A statement with its values in place, and who sent it."""

    sql: str
    sender: Sender = Sender.REVISION


@dataclass
class Tape:
    """What happened on the shadow while it was running."""

    running: bool = False
    written: list[Written] = field(default_factory=list)
    rows_read: list[str] = field(default_factory=list)
    bookkeeping: frozenset[str] = frozenset()
    censuses: int = 0

    def note(self, statement: str, sender: Sender = Sender.REVISION) -> None:
        """Write a statement down."""
        if self.running and sender is not Sender.NOBODY:
            self.written.append(Written(statement, sender))

    def note_read(self, tables: set[str]) -> None:
        """Write down the tables whose rows a revision asked for."""
        foreign = {name for name in tables if name not in SCHEMA_TABLES | self.bookkeeping}
        if self.running:
            self.rows_read += sorted(foreign)


class ShadowConnection(sqlite3.Connection):
    """A connection whose cursors write on a tape."""

    tape: Tape

    def watch(self, tape: Tape) -> None:
        """Begin to follow which tables each statement reads."""
        self.tape = tape
        self.reading: set[str] = set()
        self.set_authorizer(self._authorize)

    def _authorize(self, action: int, table: str | None, *_rest: str | None) -> int:
        if action == sqlite3.SQLITE_READ and table:
            self.reading.add(table)
        return sqlite3.SQLITE_OK

    def cursor(self, *_args: Any, **_kwargs: Any) -> Any:  # noqa: ANN401 - One kind of cursor only.
        """Return a cursor that writes down."""
        return ShadowCursor(self)

    # The driver's own shortcuts make a cursor without asking `cursor`.
    def execute(self, *words: Any) -> Any:  # noqa: ANN401 - As the driver's.
        """Execute and write down."""
        return self.cursor().execute(*words)

    def executemany(self, *words: Any) -> Any:  # noqa: ANN401 - As the driver's.
        """Execute and write down one statement per row."""
        return self.cursor().executemany(*words)

    def executescript(self, script: str) -> Any:  # noqa: ANN401 - As the driver's.
        """Execute and write down statement by statement."""
        return self.cursor().executescript(script)

    def commit(self) -> None:
        """Commit, and write that down."""
        if self.in_transaction:
            self.tape.note("COMMIT")
        super().commit()


class ShadowCursor(sqlite3.Cursor):
    """A cursor that writes down each statement it executes, with its values in place."""

    connection: ShadowConnection

    def execute(self, sql: str, parameters: Any = ()) -> ShadowCursor:  # noqa: ANN401 - As the driver's.
        """Execute and write down."""
        sender = _sender()
        if sender is Sender.CENSUS:
            # Two different answers: the table is rebuilt then, which is right whatever the rows.
            self.connection.tape.censuses += 1
            return super().execute("SELECT ?", (self.connection.tape.censuses,))
        self.connection.reading.clear()
        super().execute(sql, parameters)
        if self.description is not None and sender is Sender.REVISION:
            self.connection.tape.note_read(set(self.connection.reading))
        self.connection.tape.note(with_values(sql, parameters), sender)
        return self

    def executemany(self, sql: str, rows: Any) -> ShadowCursor:  # noqa: ANN401 - As the driver's.
        """Execute and write down one statement per row."""
        for row in rows:
            self.execute(sql, row)
        return self

    def executescript(self, script: str) -> ShadowCursor:
        """Execute and write down statement by statement."""
        for statement in split(script):
            self.execute(statement)
        return self


def _sender() -> Sender:
    """Find on the stack who sent the statement: the revision itself, or a change it asked for."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - Only the stack knows.
    found: Sender | None = None
    while frame is not None and not _is_revision(frame):
        package, _, module = str(frame.f_globals.get("__name__", "")).rpartition(".")
        if package == PACKAGE and found in {None, Sender.CHANGE}:
            key = (module, frame.f_code.co_name)
            found = SENDERS.get(key, SENDERS.get((module, ""), Sender.CHANGE)) or found
        frame = frame.f_back
    return found or Sender.REVISION


def _is_revision(frame: FrameType) -> bool:
    return frame.f_code.co_name in {"upgrade", "downgrade"} and "down_revision" in frame.f_globals


def shadow_engine(app_engine: sa.Engine, tape: Tape) -> sa.Engine:
    """Return an engine on one empty database in memory, prepared as the application's is.

    The application's connect listeners run, so that its functions and collations are there.
    Transactions are begun by hand, as in a run on the real database.
    """

    def create() -> Any:  # noqa: ANN401 - The pool's idea of a connection.
        connection = sqlite3.connect(
            ":memory:",
            factory=ShadowConnection,
            cached_statements=0,  # A statement from the cache isn't authorized again.
            check_same_thread=False,
            isolation_level=None,
        )
        connection.watch(tape)
        return connection

    dialect = app_engine.dialect
    pool = StaticPool(create, _dispatch=app_engine.pool.dispatch, dialect=dialect)
    return Engine(pool, dialect, app_engine.url.set(database=":memory:", query={}))


def begin(connection: sa.Connection) -> None:
    """Begin by hand with foreign keys off, as a run on the real database does."""
    raw = raw_of(connection)
    raw.isolation_level = None
    if in_autocommit(connection):
        return
    execute_raw(raw, "PRAGMA foreign_keys=OFF")
    execute_raw(raw, "BEGIN IMMEDIATE")


def split(script: str) -> Iterator[str]:
    """Divide a script into its statements, triggers with their bodies kept whole."""
    start = 0
    for token in tokenize(script):
        if token.is_operator(";") and sqlite3.complete_statement(script[start : token.end]):
            statement = script[start : token.end].strip().rstrip(";").strip()
            start = token.end
            if significant(statement):
                yield statement
    if significant(script[start:]):
        yield script[start:].strip()


def with_values(sql: str, parameters: Any) -> str:  # noqa: ANN401 - As the driver takes them.
    """Put the values in the place of a statement's variables, as literals."""
    if not parameters:
        return sql
    parts: list[str] = []
    position = 0
    for token in tokenize(sql):
        if token.kind is not TokenKind.VARIABLE:
            parts.append(token.text)
            continue
        name = token.text[1:]
        if hasattr(parameters, "keys"):
            value = parameters[name]
        else:
            position = int(name) if name.isdigit() else position + 1
            value = parameters[position - 1]
        parts.append(literal(value))
    return "".join(parts)


def literal(value: object) -> str:
    """Write a value so that SQLite reads the very same one back."""
    if isinstance(value, str) and "\0" in value:
        return f"CAST(X'{value.encode().hex()}' AS TEXT)"
    if isinstance(value, float) and math.isinf(value):
        return "9e999" if value > 0 else "-9e999"
    if isinstance(value, float):
        return repr(value)
    connection = sqlite3.connect(":memory:")
    try:
        written: str = connection.execute("SELECT quote(?)", (value,)).fetchone()[0]
    finally:
        connection.close()
    return written
