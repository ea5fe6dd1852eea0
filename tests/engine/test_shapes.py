"""Dataclasses to JSON and back."""

import json
from dataclasses import dataclass
from enum import StrEnum

from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.shapes import from_json, to_json


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Part:
    name: str
    color: Color | None = None


@dataclass(frozen=True)
class Whole:
    part: Part | None
    parts: tuple[Part, ...]
    pair: tuple[str, int]
    counts: dict[Color, int]
    either: int | str | None = None


parts = st.builds(Part, st.text(max_size=3), st.none() | st.sampled_from(Color))
wholes = st.builds(
    Whole,
    st.none() | parts,
    st.lists(parts, max_size=3).map(tuple),
    st.tuples(st.text(max_size=2), st.integers()),
    st.dictionaries(st.sampled_from(Color), st.integers(), max_size=2),
    st.none() | st.integers() | st.text(max_size=2),
)


@given(wholes)
def test_a_dataclass_comes_back_from_json_as_it_was(whole: Whole) -> None:
    assert from_json(Whole, json.loads(json.dumps(to_json(whole)))) == whole


def test_a_key_of_a_later_version_is_left_out() -> None:
    assert from_json(Part, {"name": "a", "weight": 3}) == Part("a")
