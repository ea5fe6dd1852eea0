"""Reading a file or pasted rows, whatever they came in."""

import hashlib

from bacowr.base.errors import Invalid
from bacowr.intake import delimited, listed, sheets
from bacowr.intake.table import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, TOO_MANY_ROWS, Table

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_table(data: bytes | str, name: str = "") -> Table:
    """Read CSV, XLSX, JSON or pasted rows into a table; the contents decide, not the name.

    Raise Invalid when it is no table, or beyond a limit. Faults of single rows are in the table.
    """
    raw = data.encode() if isinstance(data, str) else data
    if len(raw) > MOST_BYTES:
        raise refused(f"A file may hold {MOST_BYTES // 1024 // 1024} MB; this one is larger.")
    if raw.startswith(OLD_EXCEL):
        raise refused("This is Excel's older format. Save it as .xlsx or CSV.")
    if raw.startswith(ZIP):
        table = sheets.read(raw)
    else:
        text = _decoded(raw)
        is_json = name.lower().endswith(".json") or text.lstrip()[:1] in {"{", "["}
        table = listed.read(text) if is_json else delimited.read(text)
    return _within_limits(table)


def sha256_of(data: bytes | str) -> str:
    """Give the fingerprint by which a file is known again."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def refused(text: str) -> Invalid:
    """Make the error for a file that can't be taken."""
    return Invalid(text, fields={"file": [text]})


def _within_limits(table: Table) -> Table:
    if not table.headings:
        raise refused("There is nothing in it.")
    if not table.rows:
        raise refused("There are headings, but no rows below them.")
    if len(table.rows) > MOST_ROWS:
        raise refused(f"{TOO_MANY_ROWS} This one has {len(table.rows):,}.")
    if len(table.headings) > MOST_COLUMNS:
        raise refused(f"A file may have {MOST_COLUMNS} columns.")
    return table


def _decoded(raw: bytes) -> str:
    """Read UTF-8 with or without a mark, UTF-16 with one, else Windows-1252."""
    if raw.startswith(UTF_16):
        text = raw.decode("utf-16", errors="replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise refused("This is no text. Save it as .xlsx, CSV or JSON.")
    return text.removeprefix("\ufeff")
