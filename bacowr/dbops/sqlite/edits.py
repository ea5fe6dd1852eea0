"""The closed set of edits that a table can be asked for."""

from __future__ import annotations

from dataclasses import dataclass

from bacowr.dbops.sqlite.create_table import ClauseKind


@dataclass(frozen=True)
class RenameColumn:
    """Give a column another name; whatever names it follows."""

    column: str
    new: str


@dataclass(frozen=True)
class AlterType:
    """Declare another type; `collation` None leaves the column's collation as it is."""

    column: str
    type: str
    collation: str | None = None


@dataclass(frozen=True)
class SetNullable:
    """Allow or forbid NULL."""

    column: str
    nullable: bool


@dataclass(frozen=True)
class SetDefault:
    """Give a column this default, spelled in SQL, or none."""

    column: str
    default: str | None


@dataclass(frozen=True)
class AddColumn:
    """Add a column by its whole definition; last, unless a neighbor is named."""

    column: str
    definition: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class DropColumn:
    """Drop a column, and the keys and foreign keys that it is a part of."""

    column: str


@dataclass(frozen=True)
class AddConstraint:
    """Add a table constraint by its whole definition."""

    definition: str


@dataclass(frozen=True)
class DropConstraint:
    """Drop a constraint by name, or an unnamed one by its definition's meaning."""

    name: str | None
    kind: ClauseKind | None = None
    definition: str | None = None
    if_exists: bool = False


@dataclass(frozen=True)
class NameConstraint:
    """Give an unnamed constraint, found by its definition's meaning, a name."""

    definition: str
    name: str


@dataclass(frozen=True)
class ReorderColumns:
    """Put the columns into this order."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class RenameTable:
    """Give the table another name; whatever names it follows."""

    new: str


@dataclass(frozen=True)
class CreateIndex:
    """Create an index by its whole statement, after everything else."""

    statement: str


@dataclass(frozen=True)
class DropIndex:
    """Drop an index, before everything else."""

    name: str
    if_exists: bool = False


TextualEdit = (
    AlterType
    | SetNullable
    | SetDefault
    | AddColumn
    | DropColumn
    | AddConstraint
    | DropConstraint
    | NameConstraint
    | ReorderColumns
)
Edit = TextualEdit | RenameColumn | RenameTable | CreateIndex | DropIndex
