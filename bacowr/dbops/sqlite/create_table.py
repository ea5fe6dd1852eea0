"""A stored CREATE TABLE text, read into parts that know where they stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.tokens import fold, same_name, significant


class ClauseKind(StrEnum):
    """What a column clause or a table constraint does."""

    PRIMARY_KEY = "primary key"
    NOT_NULL = "not null"
    NULL = "null"
    UNIQUE = "unique"
    CHECK = "check"
    DEFAULT = "default"
    COLLATE = "collate"
    FOREIGN_KEY = "foreign key"
    GENERATED = "generated"
    DEFERRABLE = "deferrable"
    NAME_ONLY = "constraint"


@dataclass(frozen=True)
class Span:
    """A stretch of the text, from start to just before end."""

    start: int
    end: int


@dataclass(frozen=True)
class Clause:
    """A column clause or a table constraint, with its CONSTRAINT name if it has one."""

    kind: ClauseKind
    span: Span
    name: str | None = None
    body: str = ""
    columns: tuple[str, ...] = ()
    parent: str | None = None
    parent_columns: tuple[str, ...] = ()
    comma: int | None = None


@dataclass(frozen=True)
class Column:
    """A column definition: name, declared type and clauses."""

    name: str
    span: Span
    name_span: Span
    type_span: Span
    type: str
    clauses: tuple[Clause, ...]
    comma: int | None = None

    def find(self, kind: ClauseKind) -> Clause | None:
        """Return the first clause of this kind, or None."""
        return next((clause for clause in self.clauses if clause.kind is kind), None)

    @property
    def is_generated(self) -> bool:
        """Tell whether the column's value is computed."""
        return self.find(ClauseKind.GENERATED) is not None


def is_integer(declared: str) -> bool:
    """Tell whether a type is the one of a rowid: INTEGER, in any case and quotes."""
    return [fold(token.name) for token in significant(declared)] == ["integer"]


@dataclass(frozen=True)
class CreateTable:
    """A CREATE TABLE text and its parts; `sql` is the truth, the parts point into it."""

    sql: str
    name: str
    name_span: Span
    columns: tuple[Column, ...]
    constraints: tuple[Clause, ...]
    close: int
    options: frozenset[str]

    @property
    def is_without_rowid(self) -> bool:
        """Tell whether the table is stored by its primary key."""
        return "WITHOUT ROWID" in self.options

    @property
    def is_strict(self) -> bool:
        """Tell whether the table insists on its columns' types."""
        return "STRICT" in self.options

    @property
    def has_autoincrement(self) -> bool:
        """Tell whether the table never gives an id twice."""
        return any(
            "AUTOINCREMENT" in clause.body.upper().split()
            for clause in self.clauses()
            if clause.kind is ClauseKind.PRIMARY_KEY
        )

    def clauses(self) -> tuple[Clause, ...]:
        """Return all clauses of all columns, then the table's constraints."""
        inline = tuple(clause for column in self.columns for clause in column.clauses)
        return inline + self.constraints

    def find_column(self, name: str) -> Column | None:
        """Return the column of this name, in any case, or None."""
        return next((c for c in self.columns if same_name(c.name, name)), None)

    def column(self, name: str) -> Column:
        """Return the column of this name; raises RefusedChange if there is none."""
        found = self.find_column(name)
        if found is None:
            raise RefusedChange(
                f"Table {self.name!r} has no column {name!r}; "
                f"it has {', '.join(c.name for c in self.columns)}."
            )
        return found

    def primary_key(self) -> tuple[str, ...]:
        """Return the names of the primary key's columns, in the key's order."""
        for column in self.columns:
            if column.find(ClauseKind.PRIMARY_KEY):
                return (column.name,)
        for constraint in self.constraints:
            if constraint.kind is ClauseKind.PRIMARY_KEY:
                return constraint.columns
        return ()

    def rowid_alias(self) -> str | None:
        """Return the column that is the rowid by another name, or None.

        Only a lone `INTEGER PRIMARY KEY` is one, and a column clause with DESC is not:
        https://www.sqlite.org/lang_createtable.html#rowid
        """
        key = self.primary_key()
        if self.is_without_rowid or len(key) != 1:
            return None
        column = self.column(key[0])
        clause = column.find(ClauseKind.PRIMARY_KEY)
        if not is_integer(column.type):
            return None
        return None if clause and "DESC" in clause.body.upper().split() else column.name
