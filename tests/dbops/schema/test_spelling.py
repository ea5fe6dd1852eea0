"""Texts that mean the same are spelled alike, and no others."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.spelling import (
    postgres_default,
    postgres_sense,
    spelled,
    sqlite_default,
    sqlite_sense,
    without_outer_parens,
)

NAMES = st.sampled_from(["a", "b_1", '"select"', '"x y"', "[c]", "`d`", "lower(a)", "a.b", "new.a"])
VALUES = st.sampled_from(["1", "-2", "'it''s (not) --'", "NULL", "x'ab'", "1.5e3"])
OPERATORS = st.sampled_from([" and ", "OR", " = ", "<>", "||", " is not ", " like ", "->>"])
GAPS = st.sampled_from([" ", "\n", " /* so */ ", "  -- why\n"])
EXPRESSIONS = st.recursive(
    NAMES | VALUES,
    lambda inner: st.one_of(
        st.builds("({}{}{}{})".format, inner, GAPS, OPERATORS, inner),
        st.builds("{} IN ({},{}{})".format, inner, inner, GAPS, inner),
        st.builds("coalesce({} , {})".format, inner, inner),
    ),
    max_leaves=6,
)


@given(EXPRESSIONS)
def test_a_spelling_means_the_same_and_is_the_last_word(text: str) -> None:
    once = spelled(text)
    assert spelled(once) == once
    assert sqlite_sense(once) == sqlite_sense(text)
    assert "\n" not in once


@given(st.lists(st.sampled_from(["a", "b", "'x'"]), min_size=1, max_size=3))
def test_what_sqlite_keeps_can_be_made_again(parts: list[str]) -> None:
    text = f'CREATE VIEW v AS select {", ".join(parts)} -- So.\n from "t" where (a)>0'
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (a, b)")
        connection.execute(spelled(text))
        connection.execute("SELECT * FROM v")


def test_what_cannot_be_read_is_only_set_on_one_line() -> None:
    assert spelled("a \x01\n b") == "a \x01 b"
    assert sqlite_sense("a \x01\n b") == "a \x01 b"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("((a))", "a"),
        ("(a) + (b)", "(a) + (b)"),
        ("(a = ')')", "a = ')'"),
        ('(")" = a)', '")" = a'),
        ("(a", "(a"),
        ("", ""),
    ],
)
def test_only_parentheses_around_everything_go(text: str, bare: str) -> None:
    assert without_outer_parens(text) == bare


@pytest.mark.parametrize(
    ("text", "declared", "value"),
    [
        ("NULL", "TEXT", ""),
        ("TRUE", "BOOLEAN", "1"),
        ("false", "BOOLEAN", "0"),
        ("'5'", "INTEGER", "5"),
        ("'5'", "TEXT", "'5'"),
        ("'5x'", "INTEGER", "'5x'"),
        ("- 1", "INTEGER", "-1"),
        ("((-1.5))", "REAL", "-1.5"),
        ("(current_timestamp)", "DATETIME", "CURRENT_TIMESTAMP"),
    ],
)
def test_a_default_is_what_sqlite_stores(text: str, declared: str, value: str) -> None:
    assert sqlite_default(text, declared) == value


ALIKE = [
    ("0", "'0'::bigint", "(0)::numeric", "('0'::integer)::bigint"),
    ("'-1'::integer", "-1", "(-1)", "('-1'::integer)::bigint"),
    ("'x'::character varying", "'x'::text", "('x'::character varying)::text"),
    ("'a(b'::character varying(10)", "'a(b'::text"),
    ("'2020-01-01 00:00:00'::timestamp without time zone", "'2020-01-01 00:00:00'::text"),
    ("'{}'::jsonb", "'{}'::json"),
    ("'low'::mood", "'low'::app.\"Mood\""),
    ("now()", "(now())"),
    ("date_trunc('day'::text, now())",),
    ("(now())::date",),
    ("'0x'::text",),
]


def test_defaults_differ_by_value_and_not_by_type() -> None:
    senses = [{postgres_default(text) for text in group} for group in ALIKE]
    assert [len(one) for one in senses] == [1] * len(ALIKE)
    assert len(set().union(*senses)) == len(ALIKE)


LISTS = [
    (
        "((s)::text = ANY ((ARRAY['a'::character varying, 'b,)'::character varying])::text[]))",
        "((s)::text = ANY (ARRAY[('a'::character varying)::text, 'b,)'::text]))",
        "((s)::text = ANY (ARRAY['a'::text, 'b,)'::text]))",
        "((s)::text = ANY (ARRAY['a'::character varying(9), 'b,)'::character varying]))",
    ),
    ("((s)::text = ANY (ARRAY['a'::text]))",),
    ("(s = ANY (ARRAY['a'::text]))",),
    ("(n = ANY (ARRAY[1, 2]))",),
]


def test_lists_differ_by_values_and_not_by_casts() -> None:
    senses = [{postgres_sense(text) for text in group} for group in LISTS]
    assert [len(one) for one in senses] == [1] * len(LISTS)
    assert len(set().union(*senses)) == len(LISTS)


def test_a_fingerprint_is_equal_for_equal_schemas() -> None:
    def schema(kind: str) -> Schema:
        return Schema("sqlite", (Item(Kind.COLUMN, "a", "t", {"type": kind}),))

    assert schema("TEXT").fingerprint() == schema("TEXT").fingerprint()
    assert schema("TEXT").fingerprint() != schema("BLOB").fingerprint()
