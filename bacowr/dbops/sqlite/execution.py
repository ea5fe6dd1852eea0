"""The doing of a plan, alike on the database and on its empty twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bacowr.dbops.sqlite.alter_text import alter, loosen, with_column
from bacowr.dbops.sqlite.catalog import create_of, load, read_one, text_of, write
from bacowr.dbops.sqlite.edits import AddColumn, CreateIndex, DropIndex, Edit, RenameTable
from bacowr.dbops.sqlite.native import add_column, drop_column, rename_columns, rename_table
from bacowr.dbops.sqlite.planner import Path, Plan
from bacowr.dbops.sqlite.proof import LostSomethingError
from bacowr.dbops.sqlite.rebuild import rebuild
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse
from bacowr.dbops.sqlite.text_edit import TextEditFailedError, edit_text
from bacowr.dbops.sqlite.tokens import fold, literal, normalized, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from bacowr.dbops.sqlite.copying import Progress
    from bacowr.dbops.sqlite.create_table import CreateTable
    from bacowr.dbops.sqlite.edits import RenameColumn


@dataclass(frozen=True)
class Work:
    """One table on one connection, and what was done to it so far."""

    connection: sa.Connection
    table: str
    done: list[str]
    progress: Progress | None = None

    def prepare(self, edits: Sequence[Edit], renames: tuple[RenameColumn, ...]) -> CreateTable:
        """Drop indexes and rename columns; returns the table as the other edits find it."""
        for edit in edits:
            if isinstance(edit, DropIndex):
                self._drop_index(edit)
        if renames:
            rename_columns(self.connection, self.table, renames)
            names = ", ".join(f"{edit.column} to {edit.new}" for edit in renames)
            self.done.append(f"{self.table}: renamed {names} (native)")
        return create_of(self.connection, self.table)

    def carry_out(self, plan: Plan, start: CreateTable) -> None:
        """Make the edits of the table's text; ends at the same text on every path."""
        target = start
        for edit in plan.all():
            target = alter(edit, target)
        if target.sql == start.sql:
            return
        if plan.path is Path.REBUILD:
            self._rebuild(plan)
        else:
            self._edit(plan)
        self._require_stored(target.sql)

    def add(self, start: CreateTable, adds: Sequence[AddColumn]) -> None:
        """Add columns by SQLite's own ADD COLUMN; the text that it stores is foretold."""
        sql = start.sql
        for add in adds:
            sql = with_column(add, parse(sql))
        for add in adds:
            add_column(self.connection, self.table, add)
            self.done.append(f"{self.table}: added {add.column} (native)")
        self._require_stored(sql)

    def _require_stored(self, sql: str) -> None:
        """Raise LostSomethingError unless the table's stored text means the same as this one."""
        stored = text_of(self.connection, self.table)
        if stored != sql and normalized(stored) != normalized(sql):
            raise LostSomethingError(f"{self.table} ended as {stored} and not as {sql}.")

    def finish(self, edits: Sequence[Edit]) -> None:
        """Create indexes, and rename the table."""
        for edit in edits:
            if isinstance(edit, CreateIndex):
                write(self.connection, edit.statement)
                self.done.append(f"{self.table}: created an index")
        for edit in edits:
            if isinstance(edit, RenameTable):
                rename_table(self.connection, self.table, edit.new)
                self.done.append(f"{self.table}: renamed to {edit.new} (native)")

    def _edit(self, plan: Plan) -> None:
        for add in plan.adds:
            add_column(self.connection, self.table, add)
            self.done.append(f"{self.table}: added {add.column} (native)")
        if not (plan.edits or plan.drops):
            return
        before = create_of(self.connection, self.table)
        after = before
        for edit in plan.edits:
            after = alter(edit, after)
        for drop in plan.drops:
            after = loosen(after, drop.column)
        if after.sql != before.sql and not self._edit_text(before, after):
            self._rebuild(Plan(Path.REBUILD, (), plan.edits, plan.drops))
            return
        for drop in plan.drops:
            drop_column(self.connection, self.table, drop)
            self.done.append(f"{self.table}: dropped {drop.column} (native)")

    def _edit_text(self, before: CreateTable, after: CreateTable) -> bool:
        try:
            edit_text(self.connection, before, after)
        except TextEditFailedError:
            return False
        self.done.append(f"{self.table}: edited the stored text, no row touched")
        return True

    def _rebuild(self, plan: Plan) -> None:
        table = load(self.connection, self.table)
        target = table.create
        for edit in plan.all():
            target = alter(edit, target)
        added = frozenset(fold(e.column) for e in plan.all() if isinstance(e, AddColumn))
        rows = rebuild(self.connection, table, target, added, self.progress)
        self.done.append(f"{self.table}: rebuilt, {rows} rows copied")

    def _drop_index(self, edit: DropIndex) -> None:
        found = read_one(
            self.connection,
            "SELECT count(*) FROM sqlite_master WHERE type = 'index' "
            f"AND lower(name) = lower({literal(edit.name)})",
        )
        if found:
            write(self.connection, f"DROP INDEX {quote(edit.name)}")
            self.done.append(f"{self.table}: dropped the index {edit.name}")
        elif not edit.if_exists:
            raise RefusedChange(f"No such index: {edit.name!r} on table {self.table!r}.")
