"""Excel workbooks: read only, within limits, and no formula is ever worked out."""

import io
import warnings
import zipfile
from collections.abc import Iterable
from datetime import datetime, time
from itertools import islice
from typing import Any

import openpyxl

from bacowr.base.errors import Invalid
from bacowr.intake.columns import known_headings
from bacowr.intake.table import MOST_COLUMNS, MOST_ROWS, Fault, Row, Table, assembled

MOST_UNPACKED_BYTES = 24 * 1024 * 1024
MOST_PARTS = 1_000
MOST_SHEETS = 10
MOST_LINES = 4 * MOST_ROWS
"""With blank rows and repeated headings among them."""
DECLARATION = 512
ERRORS = frozenset({"#REF!", "#NAME?", "#VALUE!", "#N/A", "#DIV/0!", "#NULL!", "#NUM!"})


def read(raw: bytes) -> Table:
    """Read the sheet whose first row shows the most known headings; Invalid for no workbook.

    Where a formula stands, the value that Excel last kept counts.
    """
    _unpack(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # What the workbook lacks beyond its cells.
            tables = _sheets(raw)
    except Invalid:
        raise
    except Exception as error:  # A broken workbook raises anything at all.
        raise _refused("This workbook can't be read. Save it again, or as CSV.") from error
    return max(tables, key=lambda each: known_headings(each.headings), default=Table((), ()))


def _unpack(raw: bytes) -> None:
    """Refuse archives that grow beyond measure, and XML that declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            size = sum(each.file_size for each in parts)
            if len(parts) > MOST_PARTS or size > MOST_UNPACKED_BYTES:
                raise _refused("This workbook is too large when unpacked.")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _look_at(archive.read(part))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise _refused("This workbook is damaged or locked with a password.") from error


def _look_at(xml: bytes) -> None:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"\x00" in xml[:DECLARATION]:
        raise _refused("This workbook declares what no spreadsheet needs, so it isn't opened.")


def _sheets(raw: bytes) -> list[Table]:
    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    try:
        return [_table(sheet) for sheet in book.worksheets[:MOST_SHEETS]]
    finally:
        book.close()


def _table(sheet: Any) -> Table:  # noqa: ANN401  # openpyxl has no types.
    sheet.reset_dimensions()  # What a file says of its own size can't be trusted.
    faults: list[Fault] = []
    lines: Iterable[Any] = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    rows = [
        Row(number, tuple(_cell(number, value, faults) for value in line))
        for number, line in enumerate(islice(lines, MOST_LINES), 1)
    ]
    return assembled(rows, faults)


def _cell(number: int, value: object, faults: list[Fault]) -> str:
    text = _text(value)
    if text not in ERRORS:
        return text
    told = "The cell holds an error of Excel's."
    faults.append(Fault(number, None, text, told, "Mend the formula, or write the value."))
    return ""


def _text(value: object) -> str:
    """Write a value as a person would: whole numbers without a point, days as days."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _refused(text: str) -> Invalid:
    return Invalid(text, fields={"file": [text]})
