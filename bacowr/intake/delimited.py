"""Rows of text between delimiters: CSV of any kind, and what is copied from a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from bacowr.base.errors import Invalid
from bacowr.intake.columns import known_headings
from bacowr.intake.table import MOST_ROWS, TOO_MANY_ROWS, Row, Table, assembled

DELIMITERS = (",", ";", "\t", "|")
SAMPLED = 50
MOST_LINES = 4 * MOST_ROWS
"""With blank rows and repeated headings among them."""

_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)


def read(text: str) -> Table:
    """Read delimited rows; raise Invalid when they can't be told apart."""
    named = _SEPARATOR_LINE.match(text)
    delimiter = named[1] if named else found_delimiter(text)
    body, before = (text[named.end() :], 1) if named else (text, 0)
    rows = []
    for row in _records(body, delimiter, before):
        rows.append(row)
        if len(rows) > MOST_LINES:
            raise Invalid(TOO_MANY_ROWS, fields={"file": [TOO_MANY_ROWS]})
    return assembled(rows)


def found_delimiter(text: str) -> str:
    """Find the delimiter: the one that shows the most known headings, then the most even rows."""
    return max(DELIMITERS, key=lambda each: _score(text, each))


def _score(text: str, delimiter: str) -> tuple[int, int]:
    try:
        rows = list(islice(_records(text, delimiter, 0), SAMPLED))
    except Invalid:
        return 0, 0
    filled = [each.cells for each in rows if any(each.cells)]
    if not filled:
        return 0, 0
    width = len(filled[0])
    even = sum(len(cells) == width for cells in filled) if width > 1 else 0
    return known_headings(filled[0]), even * width


def _records(text: str, delimiter: str, before: int) -> Iterator[Row]:
    """Give each record with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    try:
        for cells in reader:
            yield Row(begins + before, tuple(cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        said = f"Line {reader.line_num + before} can't be read: {error}."
        raise Invalid(said, fields={"file": [said]}) from error
