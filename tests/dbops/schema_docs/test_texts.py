"""A schema as Markdown and as a Mermaid diagram, whatever its names are."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from bacowr.dbops.schema.changes import changes, facts_of, lines_of, short_lines_of
from bacowr.dbops.schema.chart import chart_of
from bacowr.dbops.schema.comments import with_comments
from bacowr.dbops.schema.documents import Format, difference_document, document
from bacowr.dbops.schema.markdown import anchors, markdown
from bacowr.dbops.schema.mermaid import mermaid
from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.names import columns_in, keys_in, reference_in, split_list
from tests.dbops.schema_docs.drawn import schema, schemas, table

# From Mermaid's own grammar of erDiagram.
WORD = r"(?!(?i:pk|fk|uk)\b)[A-Za-z_\u00C0-\uFFFF][A-Za-z0-9\-_\[\]()\u00C0-\uFFFF]*"
ENTITY = r'(?:[A-Za-z_]\w*|"[^"%\r\n\v\b\\]+")'
MARKS = r"(?:PK|FK|UK)(?:, (?:PK|FK|UK))*"
ATTRIBUTE = re.compile(rf' {{8}}{WORD} {WORD}(?: {MARKS})?(?: "[^"]*")?')
OPENING = re.compile(rf" {{4}}{ENTITY} {{")
ALONE = re.compile(rf" {{4}}{ENTITY}")
RELATION = re.compile(rf' {{4}}{ENTITY} \|[o|]--o[{{|] {ENTITY} : "[^"]*"')
TAKEN_APART = re.compile(r"(?i)direction\s+(tb|bt|rl|lr)|%%")
RESERVED = {"one", "many", "to", "u", "class", "style", "title", "classdef", "erdiagram"}


@settings(max_examples=40)
@given(schemas())
def test_any_schema_is_a_mermaid_diagram(given: Schema) -> None:
    first, *lines = mermaid(given).removesuffix("\n").split("\n")
    assert first == "erDiagram"
    counts = dict.fromkeys(("attribute", "opening", "alone", "relation"), 0)
    for line in lines:
        kinds = {"attribute": ATTRIBUTE, "opening": OPENING, "alone": ALONE, "relation": RELATION}
        found = [kind for kind, rule in kinds.items() if rule.fullmatch(line)]
        assert found or line == "    }", line
        assert not TAKEN_APART.search(line) or found == ["attribute"], line
        assert line.strip().split(" ")[0].lower() not in RESERVED, line
        for kind in found[:1]:
            counts[kind] += 1
    chart = chart_of(given)
    assert counts["opening"] + counts["alone"] == len(chart.tables)
    assert counts["attribute"] == sum(len(one.columns) for one in chart.tables)
    assert counts["relation"] == len(chart.references)
    entities = [line.strip(" {") for line in lines if OPENING.fullmatch(line)]
    assert len(set(entities)) == len(entities)


def test_names_that_mermaid_cannot_tell_apart_stay_different() -> None:
    lines = mermaid(schema(table('a"'), table("a%"), table("a_"), table("direction LR")))
    assert [line.strip(" {") for line in lines.split("\n") if line.endswith("{")] == [
        "a_",
        '"a_ (2)"',
        '"a_ (3)"',
        "direction_LR",
    ]


def test_a_mermaid_diagram_tells_keys_rules_and_comments() -> None:
    people = [
        *table("people", "größe", "PK", "boss->people"),
        Item(Kind.COLUMN, "a b", "people", {"type": "NUMERIC(10, 2)", "comment": 'The "sum".'}),
    ]
    assert mermaid(schema(people)).split("\n")[1:] == [
        "    people {",
        "        INTEGER id PK",
        '        TEXT größe "may be NULL"',
        '        TEXT _PK "PK; may be NULL"',
        '        TEXT boss FK "may be NULL"',
        "        NUMERIC(10_2) a_b \"a b; The 'sum'; may be NULL\"",
        "    }",
        '    people |o--o{ people : "boss"',
        "",
    ]


@settings(max_examples=40)
@given(schemas())
def test_any_schema_is_a_page(given: Schema) -> None:
    page = markdown(given)
    assert page == markdown(given)
    assert page.endswith("\n")
    heads: list[str] = []
    fenced = ""
    for line in page.split("\n"):
        fence = re.match(r"`{3,}", line)
        if fence and not fenced:
            fenced = fence[0]
        elif fenced and line == fenced:
            fenced = ""
        elif line.startswith("|") and not fenced:
            bars = len(re.findall(r"(?<!\\)\|", line.replace("\\\\", "")))
            heads = heads or [str(bars)]
            assert str(bars) == heads[0], line
        else:
            heads = []
    assert not fenced
    names = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert len(names) >= len(chart_of(given).tables)


def test_a_page_tells_all_that_a_table_has() -> None:
    items = [
        *table("users", "boss->users", comment="People *here*."),
        Item(
            Kind.COLUMN,
            "_mail_",
            "users",
            {"type": "VARCHAR(9)", "default": "'a|b'", "comment": "Where to write."},
        ),
        Item(Kind.COLUMN, "upper", "users", {"generated": "upper(mail) STORED"}),
        Item(Kind.CHECK, "", "users", {"expression": "mail <> '`'"}),
        Item(Kind.INDEX, "ix", "users", {"unique": "yes", "keys": "mail", "where": "id > 1"}),
        Item(Kind.TRIGGER, "tr", "users", {"definition": "CREATE TRIGGER tr …", "enabled": "no"}),
        Item(Kind.VIEW, "v", "", {"definition": "SELECT 1", "materialized": "yes", "comment": "V"}),
        Item(Kind.ENUM, "mood", "", {"values": "'a', 'b'", "comment": "How."}),
        Item(Kind.FUNCTION, "f()", "", {"definition": "CREATE FUNCTION f() …"}),
        Item(Kind.TABLE, "kept", "", {"options": "STRICT"}),
    ]
    page = markdown(schema(items), title="Ours", intro="Hello.\n")
    for line in (
        "# Ours\n\nHello.\n",
        "As on SQLite: 2 tables, 1 reference, 1 view.",
        r"| [users](#users) | People \*here\*. | 4 |",
        "\nPeople \\*here\\*.\n",
        "| Column | Type | Key | NULL | Default | Holds |",
        "| id | `INTEGER` | PK | | | |",
        "| boss | `TEXT` | FK | yes | | |",
        r"| \_mail\_ | `VARCHAR(9)` | | yes | `'a\|b'` | Where to write. |",
        "| upper | | | yes | = `upper(mail) STORED` | |",
        "| fk_users_boss | foreign key | `(boss) → users (id)` |",
        "| unnamed | check | `` mail <> '`' `` |",
        "| ix | `(mail) unique where id > 1` |",
        "| tr | `CREATE TRIGGER tr … enabled no` |",
        "## v (view)\n\nV\n\nMaterialized: `yes`.\n\n```sql\nSELECT 1\n```",
        "| mood | `'a', 'b'` | How. |",
        "### f()\n\n```sql\nCREATE FUNCTION f() …\n```",
        "## kept\n\nOptions: `STRICT`.",
    ):
        assert line in page, line
    assert "As on SQLite: nothing." in markdown(schema())


def test_links_lead_to_the_headings_as_github_names_them() -> None:
    assert anchors(["The Base", "a b", "a-b", "größe", "a.b!", "a b"]) == [
        "the-base",
        "a-b",
        "a-b-1",
        "größe",
        "ab",
        "a-b-2",
    ]


def test_comments_come_from_the_models_where_the_database_has_none() -> None:
    metadata = sa.MetaData()
    sa.Table(
        "a",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True, comment="The key."),
        sa.Column("x", sa.Text, doc="From its doc."),
        comment="All of them.",
    )
    sa.Table("b", metadata, sa.Column("id", sa.Integer, comment="Far."), schema="far")
    given = schema(table("a", "x", "y"), table("far.b"), table("c", comment="Its own."))
    told = {
        (one.table, one.name): one.facts.get("comment")
        for one in with_comments(given, [metadata]).items
        if one.kind in {Kind.TABLE, Kind.COLUMN}
    }
    assert told["", "a"] == "All of them."
    assert told["a", "id"] == "The key."
    assert told["a", "x"] == "From its doc."
    assert told["a", "y"] is None
    assert told["far.b", "id"] == "Far."
    assert told["", "c"] == "Its own."
    assert "The key." not in document(given, Format.SQL, [metadata])
    assert "The key." in document(given, Format.SVG, [metadata])


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("a, b", ["a", "b"], [("a", ""), ("b", "")]),
        ("a, b", ["a, b", "b"], [("a, b", "")]),
        ('"a""b", c', ['a"b', "c"], [('a"b', ""), ("c", "")]),
        ("A DESC, b COLLATE NOCASE", ["a", "b"], [("a", "DESC"), ("b", "COLLATE NOCASE")]),
        ("lower(a, ','), b", ["a", "b"], [("lower(a, ',')", ""), ("b", "")]),
        ("ab", ["a", "ab"], [("ab", "")]),
        ("", ["a"], []),
    ],
)
def test_lists_of_names_are_read(
    text: str, known: list[str], expected: list[tuple[str, str]]
) -> None:
    assert keys_in(text, known) == expected
    assert columns_in(text, known) == tuple(name for name, _ in expected)


def test_references_are_read() -> None:
    assert reference_in("a (b) (c)", ["a", "a (b)"]) == ("a (b)", "c")
    assert reference_in("A (id)", ["a"]) == ("a", "id")
    assert reference_in("A (id)", ["a", "A"]) == ("A", "id")
    assert reference_in("gone (id)", ["a"]) == ("gone", "id")
    assert split_list("a, \"b, c\", f(d, 'e,')") == ["a", '"b, c"', "f(d, 'e,')"]


BEFORE = schema(table("a", "x", "y"), table("old"))
AFTER = replace(
    BEFORE,
    items=(
        *(one for one in BEFORE.items if "old" not in {one.name, one.table} and one.name != "y"),
        Item(Kind.COLUMN, "z", "a", {"type": "TEXT"}),
        *sorted(table("new", "x->a"), key=lambda one: list(Kind).index(one.kind)),
    ),
)


def test_a_difference_is_told_forward() -> None:
    assert list(lines_of(changes(BEFORE, AFTER))) == [
        "+ table new",
        "+   column new.id: type INTEGER, not null yes",
        "+   column new.x: type TEXT",
        "+   primary key pk_new on new: columns id",
        "+   foreign key fk_new_x on new: columns x, references a (id)",
        "- table old",
        "-   column old.id: type INTEGER, not null yes",
        "-   primary key pk_old on old: columns id",
        "- column a.y: type TEXT",
        "+ column a.z: type TEXT",
    ]
    assert list(short_lines_of(changes(BEFORE, AFTER)))[:2] == [
        "+ table new (id, x)",
        "- table old (id)",
    ]
    told = facts_of(changes(BEFORE, AFTER))
    assert [(one["change"], one["name"]) for one in told][:2] == [
        ("added", "new"),
        ("removed", "old"),
    ]
    page = difference_document(changes(BEFORE, AFTER), Format.MARKDOWN, "From 1 to 2")
    assert page.startswith("# From 1 to 2\n\n| Change | What | How |\n")
    assert "| added | column a.z | `type TEXT` |" in page


def test_a_changed_column_and_another_order_are_told() -> None:
    first, second = (one for one in BEFORE.items if one.name in {"x", "y"})
    rest = tuple(one for one in BEFORE.items if one not in (first, second))
    changed = Schema("sqlite", (*rest, second, replace(first, facts={"type": "INT"})))
    found = changes(BEFORE, changed)
    assert list(lines_of(found)) == [
        "~ column a.x: type TEXT → INT",
        "~ table a: its columns stand in another order",
    ]
    page = difference_document(found, Format.MARKDOWN, "T")
    assert "| changed | column a.x | `type TEXT → INT` |" in page
    assert "| reordered | table a | |" in page
    assert difference_document([], Format.SQL, "T") == "T\nNothing differs.\n"
    assert difference_document([], Format.MARKDOWN, "T") == "# T\n\nNothing differs.\n"
