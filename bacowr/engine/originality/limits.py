"""The limits of originality, read from `data/originality.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Limits:
    """From which shares copied text warns and blocks, and from when a build is the same."""

    checked_on: date
    warning: float
    blocked: float
    most_passages: int
    headings_alike: float
    fewest_headings: int
    opening_words: int
    skeleton_words: int
    fewest_domains: int


@cache
def limits() -> Limits:
    """Give the limits in force."""
    file = resources.files("bacowr.engine.data") / "originality.toml"
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return Limits(**{name: value for name, value in data.items() if name != "source"})
