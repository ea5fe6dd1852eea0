"""Figures as tables: what a page shows beneath a chart, and what can be taken out as CSV."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bacowr.backlinks.tables import BOM, safe

Cell = str | int | float | None


class Kind(StrEnum):
    """What stands in a column, and so how it is written."""

    TEXT = "text"
    COUNT = "count"
    USD = "usd"
    SHARE = "share"
    SCORE = "score"
    SECONDS = "seconds"


@dataclass(frozen=True)
class Column:
    """One column: its name in a file, its heading on a page, and its kind."""

    name: str
    heading: str
    kind: Kind = Kind.COUNT


@dataclass(frozen=True)
class Table:
    """Some figures, row by row; the first column says what a row is about."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    def highest(self, number: int) -> float:
        """Return the largest figure of a column; 0 when there is none."""
        return max((float(row[number] or 0) for row in self.rows), default=0.0)


def as_csv(table: Table) -> Iterator[str]:
    """Write a table as CSV, in which no cell can become a formula."""
    yield BOM + line([each.name for each in table.columns])
    for row in table.rows:
        yield line(row)


def line(cells: Sequence[Cell]) -> str:
    """Write one line of CSV."""
    found = io.StringIO()
    csv.writer(found).writerow([_written(each) for each in cells])
    return found.getvalue()


def _written(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return round(cell, 6)
    return safe(cell) if isinstance(cell, str) else cell
