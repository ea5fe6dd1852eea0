"""The comparison itself: what pairs with what, and how it is said."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bacowr.dbops.errors import Refused
from bacowr.dbops.schema.difference import Change, Difference, compare
from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.reading import read_schema


def sqlite(*statements: str) -> Schema:
    with sa.create_engine("sqlite://").connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        return read_schema(connection)


def lines(expected: Schema, found: Schema) -> list[str]:
    return [one.to_text() for one in compare(expected, found, order=True)]


def test_a_table_is_one_difference_with_its_parts() -> None:
    made = sqlite("CREATE TABLE t (a INTEGER CHECK (a > 0))", "CREATE INDEX i ON t (a)")
    found = compare(sqlite(), made)
    assert [one.change for one in found] == [Change.UNEXPECTED]
    assert [part.kind for part in found[0].parts] == [Kind.COLUMN, Kind.CHECK, Kind.INDEX]


def test_names_are_alike_in_any_case_on_sqlite() -> None:
    assert lines(sqlite("CREATE TABLE T (A INTEGER)"), sqlite("CREATE TABLE t (a INTEGER)")) == []


def test_the_order_of_columns_is_a_class_of_its_own() -> None:
    one, other = sqlite("CREATE TABLE t (a, b)"), sqlite("CREATE TABLE t (b, a)")
    assert compare(one, other) == []
    assert lines(one, other) == ["table t has its columns in another order"]


def test_an_unnamed_key_is_known_by_its_columns() -> None:
    one = sqlite("CREATE TABLE p (id INTEGER PRIMARY KEY)", "CREATE TABLE t (a REFERENCES p)")
    other = sqlite(
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (a REFERENCES p ON DELETE CASCADE)",
    )
    said = ["foreign key on t differs: on delete is CASCADE instead of none"]
    assert lines(one, other) == said


def test_two_alike_are_not_one() -> None:
    one = sqlite("CREATE TABLE t (a CHECK (a > 0), CHECK (a > 0))")
    other = sqlite("CREATE TABLE t (a CHECK (a > 0))")
    assert lines(one, other) == ["check on t is missing: expression a > 0"]


def test_a_deferrable_key_that_is_not_deferred() -> None:
    made = sqlite("CREATE TABLE t (a REFERENCES p (x) DEFERRABLE, b REFERENCES p (x) NOT "
                  "DEFERRABLE INITIALLY IMMEDIATE)")  # fmt: skip
    facts = [one.facts.get("deferrable") for one in made.of(Kind.FOREIGN_KEY, "t")]
    assert sorted(map(str, facts)) == ["None", "initially immediate"]


def test_a_difference_without_an_item_is_none() -> None:
    with pytest.raises(ValueError, match="without an item"):
        Difference(Change.MISSING, None, None).to_text()
    item = Item(Kind.TABLE, "t")
    assert list(Difference(Change.MISSING, item, None, ("name",)).values()) == []


def test_a_database_that_nobody_tested_is_refused() -> None:
    engine = sa.create_engine("sqlite://")
    engine.dialect.name = "other"
    with engine.connect() as connection, pytest.raises(Refused, match="not other"):
        read_schema(connection)
