"""What is known of the schema at a statement: read from a catalog, then kept up to date."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bacowr.dbops.lint.sql.columns import ColumnDef, Constraint
from bacowr.dbops.lint.sql.statements import Act, Action, Statement, Verb

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Index:
    """An index: its table, its columns or expressions as written."""

    name: str
    table: str
    columns: tuple[str, ...]
    is_unique: bool = False
    is_valid: bool = True


@dataclass
class Table:
    """A table as far as it is known. `rows` is None where nobody counted."""

    name: str
    columns: dict[str, ColumnDef] = field(default_factory=dict)
    constraints: list[Constraint] = field(default_factory=list)
    rows: int | None = None
    is_fresh: bool = False
    """Created by the revision itself, so nobody else can see it and it has no rows."""

    def constraint(self, name: str) -> Constraint | None:
        """Return the constraint of this name, or None."""
        return next((one for one in self.constraints if one.name == name), None)

    def promises_not_null(self, column: str) -> bool:
        """Tell whether a valid CHECK says that the column is never null."""
        return any(one.is_valid and one.not_null_column == column for one in self.constraints)


@dataclass
class Schema:
    """Tables, indexes and views by name; what isn't in it may still exist."""

    tables: dict[str, Table] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    views: dict[str, frozenset[str]] = field(default_factory=dict)
    """Each view with all names its text has in it."""
    materialized: set[str] = field(default_factory=set)
    enums: set[str] = field(default_factory=set)
    version: tuple[int, ...] | None = None
    """The server's version, None where no server was asked."""
    partitions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Each partitioned table with its known partitions."""

    def table(self, name: str) -> Table:
        """Return the table, empty of knowledge if nothing is known of it."""
        return self.tables.get(name) or Table(name)

    def is_fresh(self, name: str) -> bool:
        """Tell whether the revision at hand created the table."""
        return self.table(name).is_fresh

    def column(self, table: str, column: str) -> ColumnDef | None:
        """Return what is known of a column, or None."""
        return self.table(table).columns.get(column)

    def indexes_on(self, table: str) -> tuple[Index, ...]:
        """Return the known indexes of a table."""
        return tuple(one for one in self.indexes.values() if one.table == table)

    def parents_of(self, table: str) -> tuple[str, ...]:
        """Return the tables that the table's foreign keys point to."""
        keys = (one for one in self.table(table).constraints if one.parent)
        return tuple(dict.fromkeys(one.parent for one in keys))

    def views_on(self, table: str, column: str) -> tuple[str, ...]:
        """Return the views whose text names both the table and the column."""
        wanted = {table.rpartition(".")[2], column}
        return tuple(name for name, names in self.views.items() if wanted <= names)

    def settle(self) -> None:
        """End a revision: what it created is no longer its own, and may be filled."""
        for table in self.tables.values():
            if table.is_fresh:
                table.is_fresh, table.rows = False, None

    def apply(self, statement: Statement) -> None:
        """Take in what a statement changes."""
        take_in = STATEMENTS.get(statement.verb)
        if take_in is not None:
            take_in(self, statement)


def _create_table(schema: Schema, statement: Statement) -> None:
    schema.tables[statement.table] = Table(
        statement.table,
        {column.name: column for column in statement.definitions},
        list(statement.constraints),
        rows=0,
        is_fresh=not statement.tables,
    )
    if {"PARTITION", "BY"} <= statement.words:
        schema.partitions[statement.table] = ()
    for parent in statement.tables:
        _attach(schema, schema.table(parent), Action(Act.ATTACH, new=statement.table))


def _drop_table(schema: Schema, statement: Statement) -> None:
    for name in statement.tables:
        schema.tables.pop(name, None)
        schema.indexes = {k: one for k, one in schema.indexes.items() if one.table != name}


def _create_index(schema: Schema, statement: Statement) -> None:
    name = statement.name or f"{statement.table}_{len(schema.indexes)}"
    unique = "UNIQUE" in statement.words
    schema.indexes[name] = Index(name, statement.table, statement.columns, unique)


def _drop_index(schema: Schema, statement: Statement) -> None:
    for name in statement.tables:
        schema.indexes.pop(name, None)


def _create_view(schema: Schema, statement: Statement) -> None:
    schema.views[statement.name] = frozenset(statement.columns)
    if "MATERIALIZED" in statement.words:
        schema.materialized.add(statement.name)


def _drop_view(schema: Schema, statement: Statement) -> None:
    for name in statement.tables:
        schema.views.pop(name, None)


def _create_type(schema: Schema, statement: Statement) -> None:
    schema.enums.add(statement.name)


def _fill(schema: Schema, statement: Statement) -> None:
    """Rows in a table that the revision created are the revision's own, but rows."""
    if statement.table in schema.tables:
        schema.tables[statement.table].rows = None


def _alter_table(schema: Schema, statement: Statement) -> None:
    table = schema.tables.setdefault(statement.table, Table(statement.table))
    for action in statement.actions:
        alter = ACTIONS.get(action.act)
        if alter is not None:
            alter(schema, table, action)


def _add_column(_schema: Schema, table: Table, action: Action) -> None:
    if action.definition is not None:
        table.columns[action.column] = action.definition
        table.constraints += action.definition.constraints


def _drop_column(schema: Schema, table: Table, action: Action) -> None:
    table.columns.pop(action.column, None)
    table.constraints = [one for one in table.constraints if action.column not in one.columns]
    for index in schema.indexes_on(table.name):
        if action.column in index.columns:
            schema.indexes.pop(index.name)


def _rename_column(_schema: Schema, table: Table, action: Action) -> None:
    known = table.columns.pop(action.column, ColumnDef(action.new))
    table.columns[action.new] = replace(known, name=action.new)


def _rename_table(schema: Schema, table: Table, action: Action) -> None:
    schema.tables.pop(table.name, None)
    for name, index in schema.indexes.items():
        if index.table == table.name:
            schema.indexes[name] = replace(index, table=action.new)
    table.name = action.new
    schema.tables[action.new] = table


def _change(**words: object) -> Callable[[Schema, Table, Action], None]:
    def change(_schema: Schema, table: Table, action: Action) -> None:
        known = table.columns.get(action.column, ColumnDef(action.column))
        table.columns[action.column] = replace(known, **words)  # type: ignore[arg-type] # Fields of it.

    return change


def _set_type(_schema: Schema, table: Table, action: Action) -> None:
    known = table.columns.get(action.column, ColumnDef(action.column))
    table.columns[action.column] = replace(known, type=action.type)


def _set_default(_schema: Schema, table: Table, action: Action) -> None:
    known = table.columns.get(action.column, ColumnDef(action.column))
    table.columns[action.column] = replace(known, default=action.default)


def _add_constraint(schema: Schema, table: Table, action: Action) -> None:
    constraint = action.constraint
    if constraint is None:
        return
    index = schema.indexes.pop(constraint.index, None)
    if index is not None:
        constraint = replace(constraint, columns=index.columns)
    table.constraints.append(constraint)


def _validate(_schema: Schema, table: Table, action: Action) -> None:
    table.constraints = [
        replace(one, is_valid=True) if one.name == action.new else one for one in table.constraints
    ]


def _drop_constraint(_schema: Schema, table: Table, action: Action) -> None:
    table.constraints = [one for one in table.constraints if one.name != action.new]


def _attach(schema: Schema, table: Table, action: Action) -> None:
    schema.partitions[table.name] = (*schema.partitions.get(table.name, ()), action.new)


STATEMENTS: dict[Verb, Callable[[Schema, Statement], None]] = {
    Verb.CREATE_TABLE: _create_table,
    Verb.DROP_TABLE: _drop_table,
    Verb.ALTER_TABLE: _alter_table,
    Verb.CREATE_INDEX: _create_index,
    Verb.DROP_INDEX: _drop_index,
    Verb.CREATE_VIEW: _create_view,
    Verb.DROP_VIEW: _drop_view,
    Verb.CREATE_TYPE: _create_type,
    Verb.ALTER_TYPE: _create_type,
    Verb.INSERT: _fill,
}
ACTIONS: dict[Act, Callable[[Schema, Table, Action], None]] = {
    Act.ADD_COLUMN: _add_column,
    Act.DROP_COLUMN: _drop_column,
    Act.RENAME_COLUMN: _rename_column,
    Act.RENAME_TABLE: _rename_table,
    Act.SET_TYPE: _set_type,
    Act.SET_DEFAULT: _set_default,
    Act.DROP_DEFAULT: _change(default=()),
    Act.SET_NOT_NULL: _change(is_not_null=True),
    Act.DROP_NOT_NULL: _change(is_not_null=False),
    Act.ADD_CONSTRAINT: _add_constraint,
    Act.VALIDATE: _validate,
    Act.DROP_CONSTRAINT: _drop_constraint,
    Act.ATTACH: _attach,
}
