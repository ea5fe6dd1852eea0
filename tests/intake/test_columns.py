"""Which column is which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.intake.columns import (
    ORDERS,
    PLACEMENTS,
    Fields,
    heading_of,
    matched,
    missing,
    values_of,
)
from bacowr.intake.table import Row, Table

SYNONYMS = [
    (ORDERS, "Publication URL", "publisher_domain"),
    (ORDERS, "DOMAIN", "publisher_domain"),
    (ORDERS, "IsCustomer / Targeting URL", "target_url"),
    (ORDERS, "TargetPage", "target_url"),
    (ORDERS, "anchor__text", "anchor_text"),
    (ORDERS, "writing strategy", "writing_strategy"),
    (PLACEMENTS, "kund_canonical_url", "customer"),
    (PLACEMENTS, "Job Nummer", "external_ref"),
    (PLACEMENTS, "published article exact url", "publisher_url"),
]


@pytest.mark.parametrize(("fields", "heading", "name"), SYNONYMS)
def test_headings_are_known_by_their_names(fields: Fields, heading: str, name: str) -> None:
    assert matched([heading], fields) == {0: name}


@given(st.permutations(["Anchor", "Domain", "target", "Notes"]))
def test_the_order_of_columns_does_not_matter(headings: list[str]) -> None:
    names = {headings[place]: name for place, name in matched(headings, ORDERS).items()}
    assert names == {"Anchor": "anchor_text", "Domain": "publisher_domain", "target": "target_url"}


@given(
    st.lists(st.sampled_from(["Anchor", "Domain", "target", "x"]), max_size=6),
    st.dictionaries(
        st.integers(-1, 7), st.sampled_from(["anchor_text", "target_url", "", "nothing"])
    ),
)
def test_no_field_is_in_two_columns_and_a_person_is_obeyed(
    headings: list[str], override: dict[int, str]
) -> None:
    found = matched(headings, ORDERS, override)
    assert len(set(found.values())) == len(found)
    assert all(0 <= place < len(headings) for place in found)
    assert not any(place in found for place, name in override.items() if name in {"", "nothing"})


def test_what_is_needed_and_in_no_column_is_told() -> None:
    assert [each.name for each in missing({0: "anchor_text"}, ORDERS)] == [
        "publisher_domain",
        "target_url",
    ]


def test_empty_cells_say_nothing() -> None:
    table = Table(("A", "B"), (Row(2, ("", "x")),))
    mapping = {0: "anchor_text", 1: "target_url", 5: "language"}
    assert values_of(table.rows[0], mapping) == {"target_url": "x"}
    assert heading_of(table, {1: "target_url"}, "target_url") == "B"
    assert heading_of(table, {}, "target_url") is None
