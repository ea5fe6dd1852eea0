"""What the rows of a database come to, column by column, so that two moments can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from bacowr.dbops.postgres.digest import PINNED
from bacowr.dbops.sqlite.tokens import quote
from bacowr.dbops.verify.rows.checks import AS_WRITTEN
from bacowr.dbops.verify.rows.tables import quoted

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bacowr.dbops.verify.rows.shapes import TableShape

KEPT_ROWS = 500
"""Up to how many rows of a table are kept as they are, so that differences can be shown."""
BATCH = 1000
NOTHING = "NULL"


@dataclass(frozen=True)
class ColumnContents:
    """The values of a column: how many there are, and sums of hashes that tell them."""

    type: str
    filled: int
    keyed: int
    """With each row's key, so that values that changed places are seen."""
    plain: int
    """Without, for tables whose key is another one."""


@dataclass(frozen=True)
class TableContents:
    """The rows of a table."""

    rows: int
    key: tuple[str, ...]
    columns: Mapping[str, ColumnContents]
    kept: Mapping[tuple[str, ...], Mapping[str, str]] = field(default_factory=dict)
    """The rows themselves by their key, where the table has one and not too many of them."""

    def tells(self, name: str, other: TableContents, theirs: str | None = None) -> bool:
        """Tell whether a column holds the same values as one of another moment."""
        mine, found = self.columns[name], other.columns[theirs or name]
        if self.key == other.key and self.key:
            return mine.keyed == found.keyed and self.rows == other.rows
        return mine.plain == found.plain and self.rows == other.rows


Contents = Mapping[str, TableContents]


def read_contents(
    connection: sa.Connection, tables: Sequence[TableShape]
) -> dict[str, TableContents]:
    """Read all rows of these tables. Sums of two runs can't be compared, only within a process."""
    if connection.dialect.name == "postgresql":
        for name, value in PINNED.items():
            if name != "search_path":
                connection.exec_driver_sql(f"SELECT set_config('{name}', '{value}', true)")
    return {one.name: _read(connection, one) for one in tables}


def _read(connection: sa.Connection, table: TableShape) -> TableContents:
    names = [one.name for one in table.columns]
    is_sqlite = connection.dialect.name == "sqlite"
    cells = [
        f"iif({quote(name)} IS NULL, NULL, quote({quote(name)}))"
        if is_sqlite
        else f"CAST({quote(name)} AS text)"
        for name in names
    ]
    query = f"SELECT {', '.join(cells) or '1'} FROM {quoted(table.name)}"
    sums = _Sums(names, [names.index(name) for name in table.key])
    result = connection.exec_driver_sql(
        query, execution_options={**AS_WRITTEN, "stream_results": True, "yield_per": BATCH}
    )
    for batch in _batches(iter(result)):
        sums.add(batch)
    columns = {
        one.name: ColumnContents(one.type, *sums.of(place))
        for place, one in enumerate(table.columns)
    }
    return TableContents(sums.rows, table.key, columns, sums.kept if sums.is_small else {})


def _batches(rows: Iterator[Sequence[str | None]]) -> Iterator[list[Sequence[str | None]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


class _Sums:
    def __init__(self, names: list[str], key: list[int]) -> None:
        self.names = names
        self.key = key
        self.rows = 0
        self.filled = [0] * len(names)
        self.keyed = [0] * len(names)
        self.plain = [0] * len(names)
        self.kept: dict[tuple[str, ...], dict[str, str]] = {}

    @property
    def is_small(self) -> bool:
        return bool(self.key) and self.rows <= KEPT_ROWS

    def add(self, batch: list[Sequence[str | None]]) -> None:
        for row in batch:
            self.rows += 1
            key = tuple(str(row[place]) for place in self.key)
            if self.is_small:
                values = zip(self.names, row, strict=True)
                self.kept[key] = {name: NOTHING if one is None else one for name, one in values}
            for place in range(len(self.names)):
                value = row[place]
                # Text is hashed with a secret of the process, numbers are not: -1 is -2 there.
                self.keyed[place] += hash((key, value))
                self.plain[place] += hash(value)
                self.filled[place] += value is not None

    def of(self, place: int) -> tuple[int, int, int]:
        return self.filled[place], self.keyed[place], self.plain[place]
