"""Column definitions and table constraints, as CREATE TABLE and ALTER TABLE write them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bacowr.dbops.lint.sql.reader import Reader, names_in, plain
from bacowr.dbops.lint.sql.tokens import Token, TokenKind, text_of
from bacowr.dbops.lint.sql.types import UNKNOWN, Type, read_type

CLAUSES = frozenset(
    [
        "CONSTRAINT",
        "NOT",
        "NULL",
        "DEFAULT",
        "GENERATED",
        "UNIQUE",
        "PRIMARY",
        "CHECK",
        "REFERENCES",
        "COLLATE",
        "DEFERRABLE",
        "INITIALLY",
        "STORAGE",
        "COMPRESSION",
        "ON",
        "MATCH",
        "AS",
    ]
)


class ConstraintKind(StrEnum):
    """What a constraint demands."""

    CHECK = "check"
    FOREIGN_KEY = "foreign key"
    UNIQUE = "unique"
    PRIMARY_KEY = "primary key"
    EXCLUDE = "exclude"
    NOT_NULL = "not null"


@dataclass(frozen=True)
class Constraint:
    """A constraint of a table."""

    kind: ConstraintKind
    name: str = ""
    columns: tuple[str, ...] = ()
    parent: str = ""
    parent_columns: tuple[str, ...] = ()
    body: str = ""
    index: str = ""
    is_valid: bool = True
    is_enforced: bool = True

    @property
    def not_null_column(self) -> str:
        """Return the column of a CHECK that says no more than that it is not null."""
        words = self.body.replace("(", "").replace(")", "").split()
        if self.kind is ConstraintKind.CHECK and words[1:] == ["is", "not", "null"]:
            return words[0].strip('"')
        return ""


@dataclass(frozen=True)
class ColumnDef:
    """A column as its definition says it."""

    name: str
    type: Type = UNKNOWN
    is_not_null: bool = False
    default: tuple[Token, ...] = ()
    generated: str = ""
    """`stored`, `virtual`, or `identity`."""
    collation: str = ""
    constraints: tuple[Constraint, ...] = ()

    def find(self, kind: ConstraintKind) -> Constraint | None:
        """Return the column's constraint of this kind, or None."""
        return next((one for one in self.constraints if one.kind is kind), None)


def read_column(reader: Reader) -> ColumnDef:
    """Read a column definition to its end."""
    column = ColumnDef(reader.name())
    if reader.word not in CLAUSES and not reader.is_done:
        column = replace(column, type=read_type(reader))
    name = ""
    while not reader.is_done:
        if reader.take("CONSTRAINT"):
            name = reader.name()
            continue
        column = _read_clause(reader, column, name)
        name = ""
    return column


def _read_clause(reader: Reader, column: ColumnDef, name: str) -> ColumnDef:
    if reader.take("NOT", "NULL"):
        return replace(column, is_not_null=True)
    if reader.take("DEFAULT"):
        return replace(column, default=reader.until(CLAUSES))
    if reader.take("COLLATE"):
        return replace(column, collation=reader.name())
    if reader.take("GENERATED") or reader.sees("AS"):
        return replace(column, generated=_read_generated(reader))
    constraint = read_constraint(reader, name, column.name)
    if constraint is not None:
        return replace(column, constraints=(*column.constraints, constraint))
    reader.skip()
    return column


def _read_generated(reader: Reader) -> str:
    reader.take("ALWAYS")
    reader.take("BY", "DEFAULT")
    reader.take("AS")
    if reader.take("IDENTITY"):
        reader.parens()
        return "identity"
    reader.parens()
    if reader.take("STORED"):
        return "stored"
    reader.take("VIRTUAL")
    return "virtual"


def read_constraint(reader: Reader, name: str, column: str = "") -> Constraint | None:
    """Read a constraint of a table, or of a column whose name is given; None if it is none."""
    own = (column,) if column else ()
    found: Constraint | None = None
    if reader.take("CHECK"):
        body = reader.parens()
        columns = own or tuple(sorted(_names(body)))
        found = Constraint(ConstraintKind.CHECK, name, columns, body=plain(body))
    elif reader.take("UNIQUE"):
        _ = reader.take("NULLS", "NOT", "DISTINCT") or reader.take("NULLS", "DISTINCT")
        found = _read_key(reader, ConstraintKind.UNIQUE, name, own)
    elif reader.take("PRIMARY", "KEY"):
        found = _read_key(reader, ConstraintKind.PRIMARY_KEY, name, own)
    elif reader.take("FOREIGN", "KEY"):
        columns = names_in(reader.parens())
        reader.take("REFERENCES")
        found = _read_parent(reader, name, columns)
    elif reader.take("REFERENCES"):
        found = _read_parent(reader, name, own)
    elif reader.take("EXCLUDE"):
        found = Constraint(ConstraintKind.EXCLUDE, name, body=text_of(reader.until(CLAUSES)))
    elif not column and reader.take("NOT", "NULL"):
        found = Constraint(ConstraintKind.NOT_NULL, name, (reader.name(),))
    return found if found is None or column else _read_tail(reader, found)


def _read_key(reader: Reader, kind: ConstraintKind, name: str, own: tuple[str, ...]) -> Constraint:
    if reader.take("USING", "INDEX"):
        return Constraint(kind, name, own, index=reader.name())
    return Constraint(kind, name, own or names_in(reader.parens()))


def _read_parent(reader: Reader, name: str, columns: tuple[str, ...]) -> Constraint:
    parent = reader.name()
    parent_columns = names_in(reader.parens())
    while reader.take("ON", "DELETE") or reader.take("ON", "UPDATE") or reader.take("MATCH"):
        _ = reader.take("SET") or reader.take("NO")
        reader.skip()
        reader.parens()
    return Constraint(
        ConstraintKind.FOREIGN_KEY, name, columns, parent=parent, parent_columns=parent_columns
    )


def _read_tail(reader: Reader, constraint: Constraint) -> Constraint:
    while not reader.is_done:
        if reader.take("NOT", "VALID"):
            constraint = replace(constraint, is_valid=False)
        elif reader.take("NOT", "ENFORCED"):
            constraint = replace(constraint, is_enforced=False)
        else:
            reader.skip()
    return constraint


def _names(tokens: tuple[Token, ...]) -> set[str]:
    kinds = (TokenKind.WORD, TokenKind.QUOTED)
    words = {"and", "or", "not", "is", "null", "in", "between", "like", "true", "false"}
    return {token.name for token in tokens if token.kind in kinds} - words
