"""A table as somebody brought it, whatever it came in: headings, rows of text, and faults."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 6_000
MOST_COLUMNS = 100
LONGEST_CELL = 10_000
TOO_MANY_ROWS = f"A file may hold {MOST_ROWS:,} rows."


@dataclass(frozen=True)
class Fault:
    """Something wrong with a table or one of its cells, and what to do about it.

    `row` is the number that a spreadsheet or an editor shows; None for the table as a whole.
    """

    row: int | None
    column: str | None
    value: str
    fault: str
    fix: str


@dataclass(frozen=True)
class Row:
    """One row that holds something: its number in the file, and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The headings, the rows below them, and what was wrong while reading."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()


def spelled(heading: str) -> str:
    """Spell a heading for comparing: case, spaces and underscores don't count (domain 1.4)."""
    return "".join(heading.replace("_", " ").casefold().split())


def assembled(rows: Sequence[Row], faults: Sequence[Fault] = ()) -> Table:
    """Make a table of rows whose first one that isn't blank holds the headings.

    Blank rows and repeated headings are left out; every row gets as many cells as there are
    headings, and what stands beyond them is told as a fault.
    """
    filled = [each for each in rows if any(cell.strip() for cell in each.cells)]
    if not filled:
        return Table((), (), tuple(faults))
    headings = _headings(filled[0])
    same = [spelled(each) for each in headings]
    found: list[Row] = []
    told = [*faults, *_repeated(headings)]
    for row in filled[1:]:
        cells = tuple(cell.strip() for cell in row.cells)
        if [spelled(cell) for cell in cells[: len(same)]] == same:
            continue
        told.extend(_faults(row.number, cells, headings))
        padding = ("",) * (len(headings) - len(cells))
        found.append(Row(row.number, (*cells[: len(headings)], *padding)))
    return Table(headings, tuple(found), tuple(told))


def _headings(row: Row) -> tuple[str, ...]:
    cells = [" ".join(each.split()) for each in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(each or f"Column {number}" for number, each in enumerate(cells, 1))


def _repeated(headings: Sequence[str]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for each in headings:
        if spelled(each) in seen:
            fix = "Rename one of them, or choose below which column is meant."
            faults.append(Fault(None, each, each, "Two columns have this heading.", fix))
        seen.add(spelled(each))
    return faults


def _faults(number: int, cells: Sequence[str], headings: Sequence[str]) -> list[Fault]:
    faults = []
    beyond = [each for each in cells[len(headings) :] if each]
    if beyond:
        faults.append(
            Fault(
                number,
                None,
                beyond[0][:80],
                f"The row has {len(beyond)} more filled cells than there are headings.",
                "Put text that holds the delimiter between double quotes.",
            )
        )
    for heading, cell in zip(headings, cells, strict=False):
        if len(cell) > LONGEST_CELL:
            text = f"The cell holds {len(cell):,} characters; {LONGEST_CELL:,} are the most."
            faults.append(Fault(number, heading, cell[:80], text, "Shorten it."))
    return faults
