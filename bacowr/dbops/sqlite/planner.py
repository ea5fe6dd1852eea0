"""The choice of the cheapest safe path for a set of edits, as if the table had rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bacowr.dbops.sqlite.affinity import keeps_bytes
from bacowr.dbops.sqlite.alter_text import alter, cuts_plainly
from bacowr.dbops.sqlite.constraints import constraint_of, find_constraint, lost_with
from bacowr.dbops.sqlite.create_table import ClauseKind, is_integer
from bacowr.dbops.sqlite.edits import (
    AddColumn,
    AddConstraint,
    AlterType,
    DropColumn,
    DropConstraint,
    Edit,
    RenameColumn,
    ReorderColumns,
    SetDefault,
    SetNullable,
    TextualEdit,
)
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse
from bacowr.dbops.sqlite.tokens import fold, normalized, significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bacowr.dbops.sqlite.create_table import CreateTable

_TEXT_ONLY: Final = frozenset({ClauseKind.CHECK, ClauseKind.FOREIGN_KEY, ClauseKind.NAME_ONLY})
_CONSTANT_WORDS: Final = frozenset({"null", "true", "false"})
_PLAIN_KINDS: Final = frozenset({ClauseKind.DEFAULT, ClauseKind.NOT_NULL, ClauseKind.NULL})
_DROP_COLUMN_SINCE: Final = (3, 35, 0)


class Path(StrEnum):
    """How an edit is done, the cheapest first."""

    NATIVE = "native"
    TEXT = "text"
    REBUILD = "rebuild"


@dataclass(frozen=True)
class Abilities:
    """What the running SQLite library can do."""

    version: tuple[int, ...]
    can_edit_text: bool


@dataclass(frozen=True)
class Plan:
    """How the edits of a table's text are done: adds, then edits, then drops."""

    path: Path
    adds: tuple[AddColumn, ...]
    edits: tuple[TextualEdit, ...]
    drops: tuple[DropColumn, ...]

    def all(self) -> tuple[TextualEdit, ...]:
        """Return the edits in their order."""
        return (*self.adds, *self.edits, *self.drops)


def plan(
    table: CreateTable, edits: Sequence[Edit], abilities: Abilities, forced: Path | None = None
) -> Plan:
    """Return the cheapest safe way to make the edits, which end alike on every path.

    `table` has the columns' new names already, and so must the edits. `forced` takes that path
    where a cheaper one would do. Raises RefusedChange if an edit names what isn't there.
    """
    adds, others, drops = _in_order([edit for edit in edits if isinstance(edit, TextualEdit)])
    paths = {Path.NATIVE}
    if any(_must_copy(edit, adds) for edit in others):
        paths.add(Path.REBUILD)
    start = table
    for edit in (*adds, *others, *drops):
        altered = alter(edit, table)
        if altered.sql != table.sql:
            paths.add(forced or Path.NATIVE)
            paths.add(_cheapest(edit, table, abilities))
        table = altered
    if Path.TEXT in paths and not _may_edit_text(start, abilities):
        paths.add(Path.REBUILD)
    return Plan(_dearest(paths), adds, others, drops)


def _must_copy(edit: TextualEdit, adds: tuple[AddColumn, ...]) -> bool:
    """Tell whether an edit is only right together with others: rows take the last default."""
    new = {fold(add.column) for add in adds}
    if isinstance(edit, AlterType | SetDefault):
        return fold(edit.column) in new
    return isinstance(edit, AddColumn | DropColumn | ReorderColumns)


def _dearest(paths: set[Path]) -> Path:
    return max(paths, key=list(Path).index)


def _may_edit_text(table: CreateTable, abilities: Abilities) -> bool:
    return abilities.can_edit_text and not (table.is_without_rowid or table.is_strict)


def renames_of(table: CreateTable, edits: Sequence[Edit]) -> tuple[RenameColumn, ...]:
    """Return the renames among the edits, with whatever stands in their way put aside.

    A column may take the name of one that the same batch drops.
    """
    renames = [edit for edit in edits if isinstance(edit, RenameColumn)]
    moving = {fold(table.column(edit.column).name) for edit in renames}
    doomed = {fold(edit.column) for edit in edits if isinstance(edit, DropColumn)}
    for edit in tuple(renames):
        taken = table.find_column(edit.new)
        if taken is None or fold(taken.name) in moving:
            continue
        if fold(taken.name) not in doomed:
            raise RefusedChange(f"Table {table.name!r} has a column {edit.new!r} already.")
        renames.append(RenameColumn(taken.name, f"_dbops_dropped_{taken.name}"))
    return tuple(renames)


def follow(edits: Sequence[Edit], renames: tuple[RenameColumn, ...]) -> tuple[Edit, ...]:
    """Return the edits with renamed columns under their new names.

    Alembic speaks of a renamed column by its old name to the end of the batch; the new one is
    understood, too.
    """
    new_names = {fold(edit.column): edit.new for edit in renames}
    return tuple(
        replace(edit, column=new_names.get(fold(edit.column), edit.column))
        if isinstance(edit, AlterType | SetNullable | SetDefault | DropColumn)
        else edit
        for edit in edits
    )


def _in_order(
    edits: list[TextualEdit],
) -> tuple[tuple[AddColumn, ...], tuple[TextualEdit, ...], tuple[DropColumn, ...]]:
    """Put additions first and drops last, so that every path writes the same text.

    A column that is dropped to be added anew keeps the order of the script.
    """
    adds = tuple(edit for edit in edits if isinstance(edit, AddColumn))
    drops = tuple(edit for edit in edits if isinstance(edit, DropColumn))
    if {fold(edit.column) for edit in adds} & {fold(edit.column) for edit in drops} or any(
        isinstance(edit, ReorderColumns) for edit in edits
    ):
        reorders = [edit for edit in edits if isinstance(edit, ReorderColumns)]
        return (), (*(edit for edit in edits if edit not in reorders), *reorders), ()
    others = tuple(edit for edit in edits if not isinstance(edit, AddColumn | DropColumn))
    return adds, others, drops


def _cheapest(edit: TextualEdit, table: CreateTable, abilities: Abilities) -> Path:
    match edit:
        case AlterType():
            return _path_of_type(edit, table)
        case SetNullable() | SetDefault():
            return Path.REBUILD if table.column(edit.column).is_generated else Path.TEXT
        case AddColumn():
            return Path.NATIVE if can_add(edit) else Path.REBUILD
        case DropColumn():
            return _path_of_drop(edit, table, abilities)
        case _:
            return _path_of_constraint(edit, table)


def _path_of_constraint(edit: TextualEdit, table: CreateTable) -> Path:
    clause = None
    if isinstance(edit, ReorderColumns):
        return Path.REBUILD
    if isinstance(edit, AddConstraint):
        clause = constraint_of(edit.definition)[0]
    elif isinstance(edit, DropConstraint):
        clause = find_constraint(table, edit)
    return Path.TEXT if clause is None else _path_of_kind(clause.kind)


def _path_of_kind(kind: ClauseKind) -> Path:
    return Path.TEXT if kind in _TEXT_ONLY else Path.REBUILD


def _path_of_type(edit: AlterType, table: CreateTable) -> Path:
    column = table.column(edit.column)
    collation = column.find(ClauseKind.COLLATE)
    collates_anew = edit.collation is not None and (
        collation is None or fold(collation.body) != fold(edit.collation)
    )
    is_key = fold(column.name) in map(fold, table.primary_key())
    if collates_anew or column.is_generated or not keeps_bytes(column.type, edit.type):
        return Path.REBUILD
    may_be_rowid = is_integer(column.type) or is_integer(edit.type)
    return Path.REBUILD if is_key and may_be_rowid else Path.TEXT


def can_add(edit: AddColumn) -> bool:
    """Tell whether SQLite's own ADD COLUMN takes this definition on a table with rows."""
    column = parse(f"CREATE TABLE t ({edit.definition})").columns[0]
    kinds = {clause.kind for clause in column.clauses}
    if edit.before or edit.after or kinds & {ClauseKind.UNIQUE, ClauseKind.PRIMARY_KEY}:
        return False
    generated = column.find(ClauseKind.GENERATED)
    if generated is not None:
        return not generated.columns and ClauseKind.NOT_NULL not in kinds
    default = column.find(ClauseKind.DEFAULT)
    if default is None or normalized(default.body) == "null":
        return ClauseKind.NOT_NULL not in kinds
    return is_constant(default.body)


def is_plain(edit: AddColumn) -> bool:
    """Tell whether a new column has nothing about it that SQLite could refuse or misread."""
    column = parse(f"CREATE TABLE t ({edit.definition})").columns[0]
    return can_add(edit) and {clause.kind for clause in column.clauses} <= _PLAIN_KINDS


def is_constant(default: str) -> bool:
    """Tell whether a default is one literal, in any number of parentheses."""
    tokens = [t for t in significant(default) if not (t.is_operator("(") or t.is_operator(")"))]
    if len(tokens) > 1 and (tokens[0].is_operator("-") or tokens[0].is_operator("+")):
        tokens = tokens[1:]
    if len(tokens) != 1:
        return False
    return tokens[0].kind in ("number", "string", "blob") or (
        tokens[0].kind == "word" and tokens[0].text.lower() in _CONSTANT_WORDS
    )


def _path_of_drop(edit: DropColumn, table: CreateTable, abilities: Abilities) -> Path:
    kinds = {clause.kind for clause in table.column(edit.column).clauses}
    lost = {clause.kind for clause in lost_with(table, edit.column)}
    if abilities.version < _DROP_COLUMN_SINCE or not cuts_plainly(table):
        return Path.REBUILD
    if (kinds | lost) & {ClauseKind.UNIQUE, ClauseKind.PRIMARY_KEY}:
        return Path.REBUILD
    return Path.TEXT if lost else Path.NATIVE
