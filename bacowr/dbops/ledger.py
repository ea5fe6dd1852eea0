"""The step ledger: what of a revision with autocommit blocks is done, so that a re-run goes on.

A revision is cut into segments: what is before the first block, the block, what is between two
blocks, and so on. A transactional segment is committed together with its mark, and a re-run
passes over all its changes. In a block each statement is marked by itself: in one transaction
with the statement where it allows that, else by an intent before and a mark after it.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bacowr.dbops.engines import connection_of, execute_raw, in_autocommit, raw_of
from bacowr.dbops.errors import refuse
from bacowr.dbops.record import moment
from bacowr.dbops.statements import Kind, body_of, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine.interfaces import DBAPIConnection

    from bacowr.dbops.history import RevisionFacts
    from bacowr.dbops.targets import Target

NAME = "dbops_steps"
WHOLE = "*"
"""The digest of a mark that stands for a whole transactional segment."""


class State(StrEnum):
    """How far a step is known to have come."""

    INTENT = "intent"
    DONE = "done"


@dataclass(frozen=True)
class Mark:
    """One row of the ledger: a statement of a block, or a segment as a whole."""

    revision: str
    direction: str
    segment: int
    digest: str
    state: str
    rows: int
    checksum: str


def steps_table(schema: str | None = None) -> sa.Table:
    """Return the ledger's table; it is empty unless a run was broken off inside a revision."""
    return sa.Table(
        NAME,
        sa.MetaData(schema=schema),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        *(sa.Column(name, sa.Text) for name in ("revision", "direction", "digest", "state")),
        *(sa.Column(name, sa.Text) for name in ("checksum", "at")),
        *(sa.Column(name, sa.BigInteger) for name in ("segment", "rows")),
    )


def read_marks(connection: sa.Connection, schema: str | None = None) -> list[Mark]:
    """Return the marks of broken runs, oldest first."""
    if not sa.inspect(connection).has_table(NAME, schema=schema):
        return []
    table = steps_table(schema)
    rows = connection.execute(table.select().order_by(table.c.id)).mappings()
    names = ("revision", "direction", "segment", "digest", "state", "rows", "checksum")
    return [Mark(**{name: row[name] for name in names}) for row in rows]


class Ledger:
    """The marks of the revision that is running, and the statement that is about to get one."""

    def __init__(self, target: Target, schema: str | None) -> None:
        self.target = target
        self.table = steps_table(schema)
        self.old: list[Mark] = []
        self.marks: list[Mark] = []
        self.segment = 0
        self.written = False
        self._revision = self._checksum = self._direction = ""
        self._open: tuple[str, Kind] | None = None

    def begin(self, facts: RevisionFacts | None, direction: str) -> None:
        """Start a revision over, knowing what an earlier run did of it.

        Raises Refused when the file was edited in between, since the marks then say nothing.
        """
        self._direction, self.segment, self._open = direction, 0, None
        self._revision = facts.revision if facts else ""
        self._checksum = facts.checksum if facts else ""
        self.marks = [mark for mark in self.old if self._is_ours(mark)]
        self.written = bool(self.marks)
        if any(mark.checksum != self._checksum for mark in self.marks):
            raise refuse(
                "edited-halfway",
                f"Revision {self._revision} was applied in part, and its file was edited since.",
                where=self._revision,
                remedy="Restore the file as it was and run the upgrade; then write a new revision.",
            )

    def _is_ours(self, mark: Mark) -> bool:
        return (mark.revision, mark.direction) == (self._revision, self._direction)

    @property
    def passing(self) -> bool:
        """Tell whether an earlier run committed the transactional segment at hand."""
        return any(mark.segment == self.segment and mark.digest == WHOLE for mark in self.marks)

    @contextmanager
    def block(self, migration: MigrationContext) -> Iterator[None]:
        """Count the segments around an autocommit block, and mark the one it commits."""
        if not self.passing:
            connection = connection_of(migration)
            self.table.create(connection, checkfirst=True)
            self._insert(raw_of(connection), WHOLE, State.DONE, 0)
        self.segment += 1
        try:
            yield
        finally:
            self.segment += 1

    def before(
        self,
        connection: sa.Connection,
        statement: str,
        parameters: Any,  # noqa: ANN401 - The driver's.
    ) -> tuple[str, Any]:
        """Return what is to be run in place of a statement of the revision: mostly itself."""
        kind = kind_of(statement)
        raw = raw_of(connection)
        if not in_autocommit(connection):
            if self.passing and kind in {Kind.CHANGE, Kind.LONELY}:
                return self._nothing(statement), _no_parameters(parameters)
            return statement, parameters
        if not _is_marked(statement, kind) or self.target.is_in_transaction(raw):
            return statement, parameters
        digest = digest_of(statement, parameters)
        found = self._take(digest)
        if found is not None and found.state == State.DONE:
            return self._replay(raw, statement, found.rows), _no_parameters(parameters)
        if kind is Kind.LONELY and self.target.is_finished(raw, statement, begun=found is not None):
            self._finish(raw, digest, 0)
            return self._nothing(statement), _no_parameters(parameters)
        self._start(raw, digest, kind, known=found is not None)
        return statement, parameters

    def _start(self, raw: DBAPIConnection, digest: str, kind: Kind, *, known: bool) -> None:
        self._open = (digest, kind)
        if kind is Kind.CHANGE:
            execute_raw(raw, "BEGIN")
        elif not known:
            self._insert(raw, digest, State.INTENT, 0)

    def after(self, raw: DBAPIConnection, rows: int) -> None:
        """Mark the statement that just ended, if it was one to mark."""
        if self._open is None:
            return
        (digest, kind), self._open = self._open, None
        if kind is Kind.CHANGE:
            self._insert(raw, digest, State.DONE, max(rows, 0))
            execute_raw(raw, "COMMIT")
        else:
            self._finish(raw, digest, max(rows, 0))

    def failed(self, raw: DBAPIConnection) -> None:
        """Undo the statement that just failed, if it runs in a transaction of the ledger's."""
        if self._open is not None and self._open[1] is Kind.CHANGE:
            execute_raw(raw, "ROLLBACK")
        self._open = None

    def end(self, connection: sa.Connection) -> None:
        """Forget the marks of the revision, in the transaction that records it."""
        if self.written:
            table = self.table
            ours = table.c.revision == self._revision
            connection.execute(table.delete().where(ours, table.c.direction == self._direction))

    def _take(self, digest: str) -> Mark | None:
        for mark in self.marks:
            if mark.segment == self.segment and mark.digest == digest:
                self.marks.remove(mark)
                return mark
        return None

    def _insert(self, raw: DBAPIConnection, digest: str, state: State, rows: int) -> None:
        self.written = True
        values = {
            "revision": self._revision,
            "direction": self._direction,
            "digest": digest,
            "state": state.value,
            "checksum": self._checksum,
            "at": moment(),
            "segment": self.segment,
            "rows": rows,
        }
        names = ", ".join(values)
        texts = ", ".join(str(v) if isinstance(v, int) else _quote(v) for v in values.values())
        execute_raw(raw, f"INSERT INTO {self._name} ({names}) VALUES ({texts})")

    def _finish(self, raw: DBAPIConnection, digest: str, rows: int) -> None:
        """Turn an intent into a mark of something done."""
        execute_raw(
            raw,
            f"UPDATE {self._name} SET state = 'done', rows = {rows} "
            f"WHERE revision = {_quote(self._revision)} AND direction = {_quote(self._direction)} "
            f"AND segment = {self.segment} AND digest = {_quote(digest)} AND state = 'intent'",
        )

    @property
    def _name(self) -> str:
        return self.target.engine.dialect.identifier_preparer.format_table(self.table)

    def _nothing(self, statement: str) -> str:
        if "returning" in statement.lower():
            return "SELECT NULL WHERE 1 = 0"
        return f"DELETE FROM {self._name} WHERE 1 = 0"

    def _replay(self, raw: DBAPIConnection, statement: str, rows: int) -> str:
        """Return a statement that does nothing and counts as many rows as the first time."""
        if rows == 0 or "returning" in statement.lower():
            return self._nothing(statement)
        execute_raw(raw, "CREATE TEMPORARY TABLE IF NOT EXISTS dbops_rows (n bigint)")
        return (
            "INSERT INTO dbops_rows WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL "
            f"SELECT n + 1 FROM counted WHERE n < {rows}) SELECT n FROM counted"
        )


def _is_marked(statement: str, kind: Kind) -> bool:
    """Tell whether a statement of a block gets a mark.

    A batch that asks for the rows it changed is run again: its loop ends by them.
    """
    asks = "returning" in statement.lower() and not body_of(statement).lower().startswith("insert")
    return kind in {Kind.CHANGE, Kind.LONELY} and not asks


def digest_of(statement: str, parameters: object) -> str:
    """Return what tells a statement with its parameters from another."""
    return hashlib.sha256(f"{statement}\0{parameters!r}".encode()).hexdigest()


def _no_parameters(parameters: object) -> object:
    """Return no parameters in the shape the driver was to get them."""
    return [] if isinstance(parameters, list) else ()


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
