"""Every generation of the older BACOWR is known by its tables and columns, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.takeover import generations
from bacowr.takeover.generations import Columns
from tests.takeover.older import GENERATIONS, tables_of

PLUS = ["Gx1+G2", "Gx2+G2", "Gx3+G2", "Gx4+G2"]
NAMES = [*GENERATIONS, "P1", "P2", *PLUS]


def found(name: str) -> dict[str, Columns]:
    return {table: frozenset(made["columns"]) for table, made in tables_of(name).items()}


@pytest.mark.parametrize("name", NAMES)
def test_each_generation_is_recognized(name: str) -> None:
    recognized = generations.recognize(found(name))
    assert recognized is not None
    assert recognized.name == name


@given(st.data())
def test_one_column_more_or_less_is_no_generation(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    tables = found(name)
    table = data.draw(st.sampled_from(sorted(tables)))
    column = data.draw(st.sampled_from([*sorted(tables[table]), "surplus"]))
    tables[table] ^= {column}
    recognized = generations.recognize(tables)
    if recognized is None:
        _, told = generations.nearest(tables)
        assert told
    else:  # Users with full_name or without differ by one column.
        assert (recognized.name[:3], name[:3]) in {("Gx1", "G0"), ("G0", "Gx1")} or "+" in name


def test_the_difference_is_told() -> None:
    tables = found("G2")
    tables["jobs"] = tables["jobs"] - {"metrics"} | {"color"}
    tables["notes"] = frozenset({"id"})
    nearest, told = generations.nearest(tables)
    assert nearest.name == "G2"
    assert told == ["- column jobs.metrics", "+ column jobs.color", "+ table notes"]
