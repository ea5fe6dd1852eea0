"""Tables as one who writes rows sees them: what each column takes, and what rows must keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.record import PREFIX
from bacowr.dbops.sqlite.tokens import quote
from bacowr.dbops.verify.rows import postgres_tables, sqlite_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.verify.rows.shapes import TableShape


@dataclass(frozen=True)
class Bookkeeping:
    """The tables that are Alembic's and dbops' own."""

    version_table: str = "alembic_version"

    def holds(self, name: str) -> bool:
        """Tell whether a table, its schema maybe in front, is one of them."""
        last = name.rpartition(".")[2]
        return last == self.version_table or last.startswith(PREFIX)


def read_tables(
    connection: sa.Connection, bookkeeping: Bookkeeping | None = None
) -> tuple[TableShape, ...]:
    """Return the tables that rows can be written to, parents before children.

    Tables that refer to each other in a circle stand where their names put them.
    """
    ours = bookkeeping or Bookkeeping()
    reader = sqlite_tables if connection.dialect.name == "sqlite" else postgres_tables
    shapes = {one.name: one for one in reader.read(connection) if not ours.holds(one.name)}
    return tuple(_in_order(shapes))


def _in_order(shapes: dict[str, TableShape]) -> Iterator[TableShape]:
    waiting = {
        name: {ref.parent for ref in one.references} & shapes.keys() - {name}
        for name, one in sorted(shapes.items())
    }
    while waiting:
        ready = [name for name, parents in waiting.items() if not parents & waiting.keys()]
        for name in ready or [_least_bound(shapes, waiting)]:
            yield shapes[name]
            del waiting[name]


def _least_bound(shapes: dict[str, TableShape], waiting: dict[str, set[str]]) -> str:
    """Return the table of a circle whose keys to the others may best stay empty."""

    def bonds(name: str) -> int:
        open_parents = waiting[name] & waiting.keys()
        return sum(
            shapes[name].needs(ref) for ref in shapes[name].references if ref.parent in open_parents
        )

    return min(waiting, key=bonds)


def quoted(name: str) -> str:
    """Return a table's name for a statement, its schema quoted by itself."""
    schema, _, table = name.rpartition(".")
    return f"{quote(schema)}.{quote(table)}" if schema else quote(table)
