"""The library as a table to take out: CSV and Excel, in which no cell can become a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bacowr.backlinks.columns import FIELDS
from bacowr.backlinks.models import Backlink

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"
CENTS = 100
EXTRA = ("policy_rel", "needs_reason", "id")
HEADINGS = (*(each.name for each in FIELDS), *EXTRA)

Cell = str | int | None

_unprintable = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # No XML holds these.


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (domain 10)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def unguarded(text: str) -> str:
    """Return what `safe` was given, so that a file that was taken out can be brought in again."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def row_of(backlink: Backlink) -> list[Cell]:
    """Return a deal record's cells, in the order of `HEADINGS`."""
    values = {name: getattr(backlink, name) for name in HEADINGS if hasattr(backlink, name)}
    cents = backlink.price_cents
    values |= {
        "price": None if cents is None else f"{cents // CENTS}.{cents % CENTS:02}",
        "tags": ", ".join(backlink.tags),
        "needs_reason": "yes" if backlink.is_red else "",
    }
    return [_cell(values[name]) for name in HEADINGS]


def as_csv(backlinks: Iterable[Backlink]) -> Iterator[str]:
    """Write the records as CSV, a record at a time; begins with the mark that Excel looks for."""
    yield BOM + _line(HEADINGS)
    for each in backlinks:
        yield _line(row_of(each))


def as_xlsx(backlinks: Iterable[Backlink]) -> bytes:
    """Write the records as a workbook, whose every cell holds plain text or a number."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Placements")
    sheet.freeze_panes = "A2"
    sheet.append(HEADINGS)
    for each in backlinks:
        sheet.append([_typed(sheet, cell) for cell in row_of(each)])
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return safe(_unprintable.sub(" ", str(value)))


def _line(cells: Iterable[Cell]) -> str:
    found = io.StringIO()
    csv.writer(found).writerow(["" if cell is None else cell for cell in cells])
    return found.getvalue()


def _typed(sheet: object, value: Cell) -> object:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    return cell
