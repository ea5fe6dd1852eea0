"""What a SQLite rule sees: an operation, the table it changes and what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from bacowr.dbops.report import Level
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse
from bacowr.dbops.sqlite.tokens import fold, mentions, same_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bacowr.dbops.lint.sqlite.replay import Change
    from bacowr.dbops.lint.steps import Protections
    from bacowr.dbops.sqlite.catalog import SchemaObject
    from bacowr.dbops.sqlite.create_table import CreateTable

NATIVE_IN_BATCH = (ops.CreateIndexOp, ops.DropIndexOp, ops.RenameTableOp)


@dataclass(frozen=True)
class Sight:
    """One operation of a revision in its surroundings."""

    changes: tuple[Change, ...]
    index: int
    protections: Protections
    rows: Mapping[str, int] = field(default_factory=dict)
    """The numbers of rows, where a database is at hand."""

    @property
    def change(self) -> Change:
        """Return the operation that is judged."""
        return self.changes[self.index]

    @property
    def operation(self) -> Any:  # noqa: ANN401 - Each rule asks for its own kind of operation.
        """Return Alembic's object for it."""
        return self.change.operation

    @property
    def table(self) -> str:
        """Return the table it changes, nothing if it changes none."""
        operation = self.operation
        if isinstance(operation, ops.CreateForeignKeyOp):
            return str(operation.source_table)
        return self.change.batch or str(getattr(operation, "table_name", ""))

    @property
    def is_fresh(self) -> bool:
        """Tell whether the revision itself created the table, or it is known to be empty."""
        made = (one.operation for one in self.changes[: self.index])
        created = any(
            isinstance(one, ops.CreateTableOp) and same_name(one.table_name, self.table)
            for one in made
        )
        return created or self.rows.get(fold(self.table)) == 0

    @property
    def rebuilds(self) -> bool:
        """Tell whether Alembic's own batch would copy the table to change it."""
        if self.protections.is_lossless or not self.change.batch:
            return False
        if isinstance(self.operation, ops.AddColumnOp):
            return _adds_by_copy(self.operation.column)
        return not isinstance(self.operation, NATIVE_IN_BATCH)

    @property
    def stored(self) -> CreateTable | None:
        """Return the table's stored text, read; None if it isn't there or can't be read."""
        return self.stored_of(self.table)

    def stored_of(self, name: str) -> CreateTable | None:
        """Return another table's stored text, read."""
        for item in self.change.objects:
            if item.type == "table" and item.sql and same_name(item.name, name):
                try:
                    return parse(item.sql)
                except RefusedChange:
                    return None
        return None

    def hanging(self, *kinds: str) -> tuple[SchemaObject, ...]:
        """Return the objects of these kinds that belong to the table."""
        own = (one for one in self.change.objects if same_name(one.table, self.table))
        return tuple(one for one in own if one.type in kinds and one.sql)

    def naming(self) -> tuple[SchemaObject, ...]:
        """Return the views, and the triggers of other tables, that name the table."""
        found = []
        for one in self.change.objects:
            foreign = one.type == "view"
            foreign |= one.type == "trigger" and not same_name(one.table, self.table)
            if foreign and mentions(one.sql or "", self.table):
                found.append(one)
        return tuple(found)

    def children(self, table: str = "") -> tuple[str, ...]:
        """Return the other tables whose foreign keys point to this table, or to one by name."""
        table = table or self.table
        found = []
        for one in self.change.objects:
            if one.type != "table" or same_name(one.name, table):
                continue
            stored = self.stored_of(one.name)
            clauses = stored.clauses() if stored else ()
            if any(clause.parent and same_name(clause.parent, table) for clause in clauses):
                found.append(one.name)
        return tuple(found)


def _adds_by_copy(column: Any) -> bool:  # noqa: ANN401 - A Column of any type.
    """Tell whether Alembic's batch copies the table for a new column."""
    default = getattr(column.server_default, "arg", None)
    computed = getattr(column, "computed", None)
    return (default is not None and not isinstance(default, str)) or bool(
        computed is not None and computed.persisted
    )


@dataclass(frozen=True)
class SqliteRule:
    """One row of the rules: what happens on SQLite, and the form that is safe."""

    id: str
    happens: str
    remedy: str
    judge: Callable[[Sight], Iterator[tuple[str, Level]]]


RULES: dict[str, SqliteRule] = {}


def rule(
    code: str, happens: str, remedy: str
) -> Callable[[Callable[[Sight], Iterator[tuple[str, Level]]]], None]:
    """Register a function that judges one operation: it yields subjects and their weight."""

    def register(judge: Callable[[Sight], Iterator[tuple[str, Level]]]) -> None:
        RULES[code] = SqliteRule(code, happens, remedy, judge)

    return register


def column_named(stored: CreateTable | None, name: str) -> Any:  # noqa: ANN401 - A Column or None.
    """Return a column of a stored table, None if either isn't there."""
    return stored.find_column(name) if stored else None
