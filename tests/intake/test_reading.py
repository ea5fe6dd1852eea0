"""Tables in every shape that people bring them in."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.base.errors import Invalid
from bacowr.intake import sheets
from bacowr.intake.reading import read_table, sha256_of
from bacowr.intake.table import LONGEST_CELL, MOST_BYTES, MOST_ROWS, Table

HEADINGS = ("Publisher", "Targeting URL", "Anchor")
plain = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20
)
filled = plain.filter(lambda text: bool(text.strip()))
rows = st.lists(st.tuples(filled, filled, filled), min_size=1, max_size=8)


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


def stripped(found: list[tuple[str, str, str]]) -> list[tuple[str, ...]]:
    return [tuple(each.strip() for each in row) for row in found]


def workbook(*lines: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@given(rows, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_was_written_is_read(
    found: list[tuple[str, str, str]], delimiter: str, encoding: str
) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([HEADINGS, *found])
    table = read_table(out.getvalue().encode(encoding))
    assert table.headings == HEADINGS
    assert cells(table) == stripped(found)
    assert not table.faults


@given(rows)
def test_json_says_the_same_as_a_sheet(found: list[tuple[str, str, str]]) -> None:
    objects = [dict(zip(HEADINGS, row, strict=True)) for row in found]
    for data in ({"jobs": objects}, objects):
        table = read_table(json.dumps(data), "orders.json")
        assert (table.headings, cells(table)) == (HEADINGS, stripped(found))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_told_to_be_none(data: bytes) -> None:
    try:
        table = read_table(data)
    except Invalid as told:
        assert told.fields["file"]  # noqa: PT017  # Both endings are right.
    else:
        assert table.rows
        assert all(len(row.cells) == len(table.headings) for row in table.rows)


@given(st.binary(max_size=200))
def test_any_archive_is_a_workbook_or_told_to_be_none(data: bytes) -> None:
    with pytest.raises(Invalid):
        read_table(b"PK\x03\x04" + data)


def test_older_windows_letters_are_read() -> None:
    table = read_table("publisher;anchor\nå.se;köp nu\n".encode("cp1252"))
    assert cells(table) == [("å.se", "köp nu")]


def test_rows_carry_the_numbers_that_an_editor_shows() -> None:
    text = 'sep=;\npublisher;anchor\n\n"two\nlines";b\nPublisher;ANCHOR\n;\nc;d\n'
    table = read_table(text)
    assert [row.number for row in table.rows] == [4, 8]
    assert table.rows[0].cells == ("two\nlines", "b")


def test_known_headings_beat_more_delimiters() -> None:
    table = read_table("publisher|anchor\na, b, c|d, e, f\ng, h, i|j, k, l\n")
    assert table.headings == ("publisher", "anchor")


def test_cells_beyond_the_headings_are_told() -> None:
    table = read_table("publisher,anchor\na.se,b,c,\n")
    assert [(each.row, each.value) for each in table.faults] == [(2, "c")]


def test_headings_that_come_twice_and_long_cells_are_told() -> None:
    table = read_table(f"anchor,Anchor,x\na,b,{'c' * (LONGEST_CELL + 1)}\n")
    assert [(each.row, each.column) for each in table.faults] == [(None, "Anchor"), (2, "x")]


def test_a_workbook_is_read_as_its_cells_show() -> None:
    data = workbook(
        ["Domain", "target", "Anchor Text", "n"],
        ["x.se", "https://y.se/", "köp", 3.0],
        [None, None],
        ["domain", "TARGET", "anchor_text", "N"],
        ["=1+1", "#REF!", "k", True],
    )
    table = read_table(data)
    assert table.rows[0].cells == ("x.se", "https://y.se/", "köp", "3")
    assert table.rows[1].cells == ("", "", "k", "true"), "No formula is worked out."
    assert [(each.row, each.value) for each in table.faults] == [(5, "#REF!")]


def test_the_sheet_with_known_headings_is_taken() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Notes", "of", "last", "week"])
    book.active.append(["a", "b", "c", "d"])
    book.create_sheet("Orders").append(["publisher", "target", "anchor"])
    book["Orders"].append(["a.se", "https://b.se", "c"])
    out = io.BytesIO()
    book.save(out)
    assert read_table(out.getvalue()).headings == ("publisher", "target", "anchor")


def altered(name: str, text: bytes) -> bytes:
    """Give a workbook with one part replaced."""
    source = zipfile.ZipFile(io.BytesIO(workbook(["publisher"], ["a"])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.namelist():
            archive.writestr(part, text if part == name else source.read(part))
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        altered("xl/worksheets/sheet1.xml", b" " * (sheets.MOST_UNPACKED_BYTES + 1)),
        altered("xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        altered("xl/worksheets/sheet1.xml", "<a/>".encode("utf-16")),
        altered("xl/workbook.xml", b"<broken"),
        b"\xd0\xcf\x11\xe0 an older workbook",
        b"PK\x03\x04 cut off",
    ],
)
def test_workbooks_that_would_harm_or_are_none_are_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_table(data)
    assert refused.value.fields["file"]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "publisher,anchor\n",
        "a\x00b",
        "x" * (MOST_BYTES + 1),
        "publisher\n" + "a\n" * (MOST_ROWS + 1),
        "publisher\n" + "\n" * (4 * MOST_ROWS + 1),
        ",".join(f"c{n}" for n in range(101)) + "\n" + ",".join("x" * 101),
        '{"jobs": 1}',
        '["a"]',
        "{",
        "[" * 100_000,
        json.dumps([{"a": 1}] * (MOST_ROWS + 1)),
        f'publisher,anchor\n"{"a" * 140_000}",b\n',
    ],
)
def test_what_is_beyond_a_limit_is_refused(data: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_table(data)
    assert refused.value.fields["file"]


def test_a_value_in_json_that_is_none_is_told() -> None:
    table = read_table('{"jobs": [{"anchor": {"a": 1}, "n": 2, "t": true, "x": null}]}')
    assert table.rows[0].cells == ("", "2", "true", "")
    assert [(each.row, each.column) for each in table.faults] == [(1, "anchor")]


def test_the_same_bytes_have_the_same_fingerprint() -> None:
    assert sha256_of("å") == sha256_of("å".encode()) != sha256_of("a")
