"""What the rows must satisfy for an edit, asked before the first write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bacowr.dbops.sqlite.catalog import exists, load, read, read_one
from bacowr.dbops.sqlite.constraints import constraint_of
from bacowr.dbops.sqlite.conversions import misfits
from bacowr.dbops.sqlite.create_table import Clause, ClauseKind
from bacowr.dbops.sqlite.edits import (
    AddColumn,
    AddConstraint,
    AlterType,
    SetNullable,
    TextualEdit,
)
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse
from bacowr.dbops.sqlite.tokens import quote, same_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from bacowr.dbops.sqlite.create_table import CreateTable


class Preconditions:
    """The questions that the edits put to the rows, in terms of the columns' new names."""

    def __init__(
        self,
        connection: sa.Connection,
        stored: CreateTable,
        renamed: CreateTable,
        edits: Sequence[TextualEdit],
    ) -> None:
        self.connection = connection
        self.stored = stored
        self.renamed = renamed
        self.edits = edits

    def require(self) -> None:
        """Raise RefusedChange, with a count, if rows stand against an edit."""
        for edit in self.edits:
            if isinstance(edit, AlterType):
                self._require_convertible(edit)
            elif isinstance(edit, SetNullable) and not edit.nullable:
                self._require_no_nulls(edit)
            elif isinstance(edit, AddColumn):
                self._require_value(edit)
            elif isinstance(edit, AddConstraint):
                self._require_satisfied(constraint_of(edit.definition)[0])

    def _view(self) -> str:
        """Return a WITH clause that gives the rows under the table's name as the edits see them."""
        names = [column.name for column in self.renamed.columns]
        values = [quote(column.name) for column in self.stored.columns]
        for edit in self.edits:
            if isinstance(edit, AddColumn):
                column = parse(f"CREATE TABLE t ({edit.definition})").columns[0]
                generated = column.find(ClauseKind.GENERATED)
                default = generated or column.find(ClauseKind.DEFAULT)
                names.append(column.name)
                values.append(f"({default.body})" if default else "NULL")
        table = quote(self.stored.name)
        columns = ", ".join(map(quote, names))
        return f"WITH {table} ({columns}) AS (SELECT {', '.join(values)} FROM main.{table}) "

    def _count(self, condition: str) -> int:
        sql = f"SELECT count(*) FROM {quote(self.stored.name)} WHERE {condition}"
        return int(read_one(self.connection, self._view() + sql))

    def _sample(self, column: str, condition: str) -> str:
        sql = f"SELECT quote({column}) FROM {quote(self.stored.name)} WHERE {condition} LIMIT 3"
        return ", ".join(str(row[0]) for row in read(self.connection, self._view() + sql))

    def _require_convertible(self, edit: AlterType) -> None:
        column = self.renamed.find_column(edit.column)
        condition = column and misfits(quote(column.name), column.type, edit.type)
        wrong = self._count(condition) if condition else 0
        if column and condition and wrong:
            raise RefusedChange(
                f"Column {column.name!r} of {self.stored.name!r} cannot become {edit.type}: "
                f"{wrong} values would change or not fit, such as "
                f"{self._sample(quote(column.name), condition)}. "
                "Convert them with an UPDATE in this revision, before the change of type."
            )

    def _require_no_nulls(self, edit: SetNullable) -> None:
        if self.renamed.find_column(edit.column) is None:
            return
        wrong = self._count(f"{quote(edit.column)} IS NULL")
        if wrong:
            raise RefusedChange(
                f"Column {edit.column!r} of {self.stored.name!r} cannot become NOT NULL: {wrong} "
                "rows hold NULL. Give them a value with an UPDATE first."
            )

    def _require_value(self, edit: AddColumn) -> None:
        column = parse(f"CREATE TABLE t ({edit.definition})").columns[0]
        default = column.find(ClauseKind.DEFAULT)
        key = column.find(ClauseKind.FOREIGN_KEY)
        if key is not None and default is not None:
            self._require_satisfied(replace(key, columns=(column.name,)))
        has_value = (default and default.body.upper() != "NULL") or column.is_generated
        is_alias = column.find(ClauseKind.PRIMARY_KEY) and column.type.upper() == "INTEGER"
        if not column.find(ClauseKind.NOT_NULL) or has_value or is_alias:
            return
        rows = self._count("1")
        if rows:
            raise RefusedChange(
                f"Column {column.name!r} cannot be added to {self.stored.name!r}: it is NOT NULL "
                f"without a default, and there are {rows} rows. Give it a server_default, or add "
                "it nullable, fill it, and then make it NOT NULL."
            )

    def _require_satisfied(self, added: Clause) -> None:
        if added.kind is ClauseKind.CHECK:
            wrong = self._count(f"NOT ({added.body})")
            what = f"CHECK ({added.body})"
        elif added.kind is ClauseKind.FOREIGN_KEY:
            wrong = self._count(self._orphans(added))
            what = f"FOREIGN KEY to {added.parent}"
        else:
            wrong = self._duplicates(added)
            what = f"{added.kind.upper()} ({', '.join(added.columns)})"
        if wrong:
            raise RefusedChange(
                f"{what} cannot be added to {self.stored.name!r}: {wrong} rows break it. "
                "Mend them first."
            )

    def _duplicates(self, added: Clause) -> int:
        columns = ", ".join(map(quote, added.columns))
        filled = " AND ".join(f"{quote(name)} IS NOT NULL" for name in added.columns) or "1"
        sql = (
            f"SELECT coalesce(sum(n), 0) FROM (SELECT count(*) - 1 AS n "
            f"FROM {quote(self.stored.name)} WHERE {filled} GROUP BY {columns} HAVING n > 0)"
        )
        return int(read_one(self.connection, self._view() + sql))

    def _orphans(self, added: Clause) -> str:
        filled = " AND ".join(f"{quote(name)} IS NOT NULL" for name in added.columns)
        parent = str(added.parent)
        if not (exists(self.connection, parent) or same_name(parent, self.stored.name)):
            return filled
        keys = added.parent_columns or self._parent_key(parent)
        table = quote(self.stored.name)
        equal = " AND ".join(
            f"p.{quote(key)} = {table}.{quote(name)}"
            for key, name in zip(keys, added.columns, strict=False)
        )
        source = table if same_name(parent, self.stored.name) else f"main.{quote(parent)}"
        return f"{filled} AND NOT EXISTS (SELECT 1 FROM {source} AS p WHERE {equal})"

    def _parent_key(self, parent: str) -> tuple[str, ...]:
        if same_name(parent, self.stored.name):
            return self.renamed.primary_key()
        return load(self.connection, parent).create.primary_key()
