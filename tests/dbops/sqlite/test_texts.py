"""The tokenizer and the reader of CREATE TABLE texts, and edits that touch only their target."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bacowr.dbops.sqlite.alter_text import alter
from bacowr.dbops.sqlite.create_table import ClauseKind
from bacowr.dbops.sqlite.edits import (
    AddColumn,
    AddConstraint,
    AlterType,
    CreateIndex,
    DropColumn,
    DropConstraint,
    Edit,
    NameConstraint,
    ReorderColumns,
    SetDefault,
    SetNullable,
)
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse
from bacowr.dbops.sqlite.tokens import literal, mentions, normalized, quote, tokenize, unquote
from tests.dbops.sqlite.random_schemas import NAMES, table_text

PIECES = st.sampled_from(
    [
        "a",
        "'it''s'",
        '"q""q"',
        "[b c]",
        "`d``e`",
        "x'0A'",
        "1.5e-3",
        "0xFF",
        "-- c\n",
        "/* , */",
        " ",
        "\n",
        "(",
        ")",
        ",",
        ".",
        ";",
        "->>",
        "?1",
        ":name",
        "état",
    ]
)


@given(st.lists(PIECES))
def test_tokens_joined_are_the_text(pieces: list[str]) -> None:
    sql = " ".join(pieces)
    assert "".join(token.text for token in tokenize(sql)) == sql


@given(st.text())
def test_any_text_is_read_or_refused(sql: str) -> None:
    try:
        tokens = tokenize(sql)
    except RefusedChange:
        return
    assert "".join(token.text for token in tokens) == sql


@given(st.text())
def test_names_and_strings_come_back(text: str) -> None:
    assert unquote(quote(text)) == text
    assert unquote(literal(text)) == text


@settings(deadline=None)
@given(table_text(list(NAMES)))
def test_the_reader_finds_what_sqlite_finds(sql: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(sql)
    table = parse(sql)
    rows = connection.execute("PRAGMA table_xinfo(t)").fetchall()
    assert [column.name for column in table.columns] == [row[1] for row in rows]
    assert [normalized(column.type) for column in table.columns if not column.is_generated] == [
        normalized(row[2]) for row in rows if not row[6]
    ]
    keys = [row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5]]
    assert list(table.primary_key()) == keys
    references = {row[2] for row in connection.execute("PRAGMA foreign_key_list(t)")}
    found = {c.parent for c in table.clauses() if c.kind is ClauseKind.FOREIGN_KEY}
    assert found == references
    connection.close()


ODD = (
    "CREATE TABLE t (a INTEGER PRIMARY KEY ASC ON CONFLICT FAIL AUTOINCREMENT, "
    "b CONSTRAINT one CONSTRAINT two NOT NULL, c NOT DEFERRABLE INITIALLY DEFERRED NULL, "
    "d REFERENCES p MATCH FULL ON DELETE NO ACTION, e CONSTRAINT alone, CONSTRAINT lonely, "
    "PRIMARY KEY (a))"
)


def test_odd_but_legal_texts_are_read() -> None:
    table = parse("CREATE TABLE IF NOT EXISTS main.[t t] (a, b)")
    assert (table.name, [c.name for c in table.columns]) == ("t t", ["a", "b"])
    odd = parse(ODD)
    assert [clause.kind for clause in odd.column("b").clauses] == ["constraint", "not null"]
    assert [clause.kind for clause in odd.column("c").clauses] == ["deferrable", "null"]
    assert odd.constraints[0].name == "lonely"
    assert odd.has_autoincrement


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW v AS SELECT 1",
        "DROP TABLE t",
        "CREATE TABLE t",
        "CREATE TABLE t (a",
        "CREATE TABLE t (a) SIDEWAYS",
        "CREATE TABLE t (a UNIQUE FOO)",
        "CREATE TABLE t (a, FOREIGN KEY (a))",
        "CREATE TABLE 5 (a)",
        "CREATE TABLE t a (b)",
        "CREATE TABLE t (5 a)",
        "CREATE TABLE t [a",
    ],
)
def test_what_is_no_table_is_refused(sql: str) -> None:
    with pytest.raises(RefusedChange, match="cannot be read"):
        parse(sql)


BEFORE = "CREATE TABLE t (\n  a TEXT, -- one\n  b, -- two\n  c INT -- three\n)"
EDITS: list[tuple[str, Edit, str]] = [
    (BEFORE, DropColumn("b"), "(\n  a TEXT, -- one\n   -- two\n  c INT -- three\n)"),
    (BEFORE, DropColumn("c"), "(\n  a TEXT, -- one\n  b -- two\n   -- three\n)"),
    (BEFORE, AddColumn("d", "d INT"), "  c INT -- three\n, d INT)"),
    (BEFORE, AlterType("b", "INT"), "  b INT, -- two\n"),
    (BEFORE, AlterType("b", "TEXT", "NOCASE"), '  b TEXT COLLATE "NOCASE", -- two\n'),
    (BEFORE, SetNullable("b", nullable=False), "  b NOT NULL, -- two\n"),
    (BEFORE, SetDefault("b", "1"), "  b DEFAULT 1, -- two\n"),
    (BEFORE, AddConstraint("UNIQUE (a)"), "  c INT, \n\tUNIQUE (a) -- three\n)"),
    (BEFORE, ReorderColumns(("c", "a", "b")), "(\n  c INT, -- one\n  a TEXT, -- two\n  b --"),
    ("CREATE TABLE t (a, b)", DropColumn("b"), "(a)"),
    ("CREATE TABLE t (a, b)", DropColumn("a"), "(b)"),
    ("CREATE TABLE t (a, b, UNIQUE (b))", DropColumn("b"), "(a)"),
    (
        "CREATE TABLE t (a, b, UNIQUE (a) CHECK (b))",
        DropConstraint(None, None, "CHECK (b)"),
        "(a))",
    ),
    (
        "CREATE TABLE t (a, b, /* x */ UNIQUE (a))",
        DropConstraint(None, None, "UNIQUE (A)"),
        "x */ )",
    ),
    ("CREATE TABLE t (a CHECK ((a)), b)", DropConstraint(None, None, "CHECK (a)"), "(a, b)"),
    ("CREATE TABLE t (a NOT NULL NOT NULL)", SetNullable("a", nullable=True), "(a)"),
    ("CREATE TABLE t (a -- c\n  NOT NULL)", SetNullable("a", nullable=True), "(a -- c\n)"),
    (
        "CREATE TABLE t (a CHECK ((a) OR (1)))",
        DropConstraint(None, None, "CHECK ((a) OR (1))"),
        "(a)",
    ),
    ("CREATE TABLE t (a NULL)", SetNullable("a", nullable=False), "(a NOT NULL)"),
    ("CREATE TABLE t (a COLLATE binary)", AlterType("a", "", "BINARY"), "(a COLLATE binary)"),
    ("CREATE TABLE t (a COLLATE nocase)", AlterType("a", "", "rtrim"), '(a COLLATE "rtrim")'),
    ("CREATE TABLE t (a DEFAULT (1) NOT NULL)", SetDefault("a", None), "(a NOT NULL)"),
    ("CREATE TABLE t (a PRIMARY KEY, b)", AddConstraint("PRIMARY KEY (b)"), "(a, b, PRIMARY"),
    ("CREATE TABLE t (a UNIQUE)", NameConstraint("UNIQUE (a)", "u"), '(a CONSTRAINT "u" UNIQUE)'),
    ("CREATE TABLE t (a)", NameConstraint("UNIQUE (a)", "u"), "(a)"),
]


@pytest.mark.parametrize(("sql", "edit", "expected"), EDITS, ids=str)
def test_an_edit_touches_only_its_target(sql: str, edit: Edit, expected: str) -> None:
    after = alter(edit, parse(sql)).sql  # type: ignore[arg-type]
    assert expected in after
    assert after.count("--") == sql.count("--")
    sqlite3.connect(":memory:").execute(after)


def test_only_edits_of_texts_are_made_in_texts() -> None:
    with pytest.raises(TypeError, match="CreateIndex"):
        alter(CreateIndex("CREATE INDEX i ON t (a)"), parse("CREATE TABLE t (a)"))  # type: ignore[arg-type]


def test_an_order_must_name_all_columns() -> None:
    with pytest.raises(RefusedChange, match="each column once"):
        alter(ReorderColumns(("a",)), parse("CREATE TABLE t (a, b)"))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [("a > 1", True), ('"A"', True), ("'a'", False), ("a(1)", False), ("ab", False), ("t.a", True)],
)
def test_a_name_is_told_from_a_string_and_a_function(sql: str, expected: bool) -> None:  # noqa: FBT001 - A table's column.
    assert mentions(sql, "a") is expected
