"""Rows for every table, which keep its types, keys, CHECKs and references."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.sqlite.tokens import literal as text_literal
from bacowr.dbops.sqlite.tokens import quote
from bacowr.dbops.verify.rows.checks import AS_WRITTEN, Checker
from bacowr.dbops.verify.rows.tables import quoted
from bacowr.dbops.verify.rows.values import NULL, Style, Wish, value_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bacowr.dbops.verify.rows.checks import Row
    from bacowr.dbops.verify.rows.shapes import Reference, TableShape

TRIES = 6
MOST_PARENTS = 50
USUAL_ROWS = 8


@dataclass
class Filled:
    """What filling a database came to."""

    rows: dict[str, int] = field(default_factory=dict)
    """How many rows each table got."""
    problems: dict[str, str] = field(default_factory=dict)
    """Why a table got none."""


def fill(
    connection: sa.Connection, tables: Sequence[TableShape], number: int = USUAL_ROWS
) -> Filled:
    """Add rows to each table, parents first; say which tables take none, and why.

    Works in the connection's transaction, each row in a savepoint.
    """
    filled = Filled()
    for table in tables:
        _fill(connection, table, number, filled)
    for table in tables:  # A circle's first table is filled once there are parents.
        if table.name in filled.problems and table.references:
            _fill(connection, table, number, filled)
    return filled


def spare_rows(
    connection: sa.Connection, tables: Sequence[TableShape], number: int = 1
) -> dict[str, Row]:
    """Return for each table a row that it takes, numbered beyond those there are; none is kept."""
    found = {}
    for table in tables:
        row = RowWriter(connection, table).spare(number)
        if row is not None:
            found[table.name] = row
    return found


def count(connection: sa.Connection, table: str) -> int:
    """Return the number of rows of a table."""
    counting = f"SELECT count(*) FROM {quoted(table)}"
    return int(connection.exec_driver_sql(counting, execution_options=AS_WRITTEN).scalar_one())


def _fill(connection: sa.Connection, table: TableShape, number: int, filled: Filled) -> None:
    writer = RowWriter(connection, table)
    written = 0
    for place in range(number):
        written += writer.write(place)
        if not written and place > Style.SPARSE:
            break
    filled.problems.pop(table.name, None)
    filled.rows[table.name] = written
    if not written and number:
        filled.problems[table.name] = writer.problem or "no row that keeps its CHECKs was found"


class RowWriter:
    """Writes rows to one table."""

    def __init__(self, connection: sa.Connection, table: TableShape) -> None:
        self.connection = connection
        self.table = table
        self.problem = ""
        self.before = count(connection, table.name)
        self.parents = {one: self._keys(one) for one in table.references}
        bound = {name for one in table.references for name in one.columns}
        slots = {name: self._choices(name) for name in bound}
        self.checker = Checker(connection, table, slots)

    def _ask(self, query: str) -> list[tuple[str, ...]]:
        rows = self.connection.exec_driver_sql(query, execution_options=AS_WRITTEN)
        return [tuple(row) for row in rows]

    def _keys(self, reference: Reference) -> list[tuple[str, ...]]:
        """Return keys of parents, as literals; a parent that is the table itself counts too."""
        names = [quote(name) for name in reference.parent_columns]
        is_sqlite = self.connection.dialect.name == "sqlite"
        cells = ", ".join(f"quote({n})" if is_sqlite else f"CAST({n} AS text)" for n in names)
        present = " AND ".join(f"{name} IS NOT NULL" for name in names)
        query = f"SELECT {cells} FROM {quoted(reference.parent)} WHERE {present or '1 = 1'}"
        try:
            with self.connection.begin_nested():
                rows = self._ask(f"{query} LIMIT {MOST_PARENTS}")
        except sa.exc.DBAPIError:
            return []  # A parent that isn't there binds nobody until it is.
        return rows if is_sqlite else [tuple(text_literal(one) for one in row) for row in rows]

    def _choices(self, name: str) -> tuple[str, ...]:
        """Return the values that a column bound to parents may take by itself."""
        values = [
            key[reference.columns.index(name)]
            for reference, keys in self.parents.items()
            if name in reference.columns and len(reference.columns) == 1
            for key in keys
        ]
        nothing = [] if self.table.column(name).is_required else [NULL]
        return tuple(dict.fromkeys([*values[:8], *nothing]))

    def write(self, place: int) -> bool:
        """Add a row, trying again with other values where it isn't taken; tell whether it was."""
        misses = 0
        for attempt in range(TRIES):
            # Numbers that no earlier row had, or values that must differ would meet again.
            number = self.before + place + attempt * 1009
            style = Style.of(place) if attempt < TRIES - 1 else Style.USUAL
            row = self.make(Wish(number, style, is_unique=False), attempt)
            if row is None:
                misses += 1
                if misses > 1:  # Looking for what keeps the CHECKs takes long where nothing does.
                    break
            elif self._insert(row):
                return True
        return False

    def spare(self, number: int) -> Row | None:
        """Return a row that the table takes, None where there is none; it isn't left there."""
        for attempt in range(TRIES):
            wish = Wish(self.before + number + attempt * 1009, Style.USUAL, is_unique=True)
            row = self.make(wish, attempt)
            if row is None:
                continue
            savepoint = self.connection.begin_nested()
            is_taken = self._insert(row)
            savepoint.rollback()
            if is_taken:
                return row
        return None

    def make(self, wish: Wish, attempt: int = 0) -> Row | None:
        """Return a row as literals by column, None where no values keep the CHECKs."""
        row: Row = {}
        for column in self.table.columns:
            if column.is_given or (column.has_default and self._leaves_default(wish)):
                continue
            unique = self.table.is_unique(column.name)
            row[column.name] = value_for(column, Wish(wish.number, wish.style, unique))
        chance = random.Random(f"{self.table.name}/{wish.number}/{attempt}")  # noqa: S311 - Chosen, not secret.
        for reference, keys in self.parents.items():
            row |= self._bound(reference, keys, wish, chance)
        for name in [one for one in row if self._is_default(row, one)]:
            del row[name]
        return self._mended(row, wish)

    def _mended(self, row: Row, wish: Wish) -> Row | None:
        """Mend a row; a column left to its default is given a value where it must be."""
        try:
            with self.connection.begin_nested():
                mended = self.checker.mend(row, wish)
                if mended is not None:
                    return mended
                usual = Wish(wish.number, Style.USUAL, is_unique=False)
                whole = {
                    one.name: value_for(one, Wish(wish.number, Style.USUAL, is_unique=True))
                    for one in self.table.columns
                    if not one.is_given
                }
                return self.checker.mend({**whole, **row}, usual)
        except sa.exc.DBAPIError as error:
            self.problem = f"its CHECKs can't be asked: {_said(error)}"
            return row  # The insert itself has the last word.

    def _leaves_default(self, wish: Wish) -> bool:
        """Tell whether the row leaves columns to their defaults: every other sparse one does."""
        return wish.style is Style.SPARSE

    def _is_default(self, row: Row, name: str) -> bool:
        return row[name] == NULL and self.table.column(name).has_default

    def _bound(
        self,
        reference: Reference,
        keys: Sequence[tuple[str, ...]],
        wish: Wish,
        chance: random.Random,
    ) -> Row:
        """Choose a parent, none where none is needed, or the row itself."""
        is_given = any(self.table.column(name).is_given for name in reference.columns)
        is_needed = self.table.needs(reference)
        if not is_needed and (wish.style is Style.SPARSE or not keys) and not is_given:
            free = [one for one in reference.columns if not self.table.column(one).is_required]
            return dict.fromkeys(free, NULL)
        if is_given or not keys:
            return {}
        unique = any(self.table.is_unique(name) for name in reference.columns)
        place = wish.number % len(keys) if unique else chance.randrange(len(keys))
        return dict(zip(reference.columns, keys[place], strict=True))

    def _insert(self, row: Row) -> bool:
        names = ", ".join(quote(name) for name in row)
        values = f"({names}) VALUES ({', '.join(row.values())})" if row else "DEFAULT VALUES"
        missing = [
            one.parent
            for one, keys in self.parents.items()
            if self.table.needs(one) and not keys and one.parent != self.table.name
        ]
        if missing:
            self.problem = f"it needs rows of {_listed(missing)}, which has none"
            return False
        try:
            with self.connection.begin_nested():
                self.connection.exec_driver_sql(
                    f"INSERT INTO {quoted(self.table.name)} {values}", execution_options=AS_WRITTEN
                )
        except sa.exc.DBAPIError as error:
            self.problem = _said(error)
            return False
        return True


def _said(error: sa.exc.DBAPIError) -> str:
    return str(error.orig).strip().split("\n", maxsplit=1)[0]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
