"""The words by which figures, dates and citations are told, read from `data/grounding.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Wording:
    """Word lists of all languages together: a text may quote another language.

    `numerals` and `scales` give a word's value (`seven` 7, `miljon` 1000000).
    """

    numerals: dict[str, int]
    scales: dict[str, int]
    months: frozenset[str]
    citing: tuple[str, ...]


@cache
def wording() -> Wording:
    """Give the word lists."""
    file = resources.files("bacowr.engine.data") / "grounding.toml"
    data = tomllib.loads(file.read_text(encoding="utf-8"))["wording"]
    return Wording(
        numerals=_valued(data["numerals"]),
        scales=_valued(data["scales"]),
        months=frozenset(data["months"].split()),
        citing=tuple(data["citing"]),
    )


def _valued(lists: dict[str, str]) -> dict[str, int]:
    return {word: int(value) for value, listed in lists.items() for word in listed.split()}
