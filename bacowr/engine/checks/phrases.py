"""The phrase lists of the checks, read from `data/phrases.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bacowr.engine.shapes import from_json


@dataclass(frozen=True)
class Telltale:
    """A phrase that gives a text away; `swap` is what may stand in its place, None for nothing."""

    phrase: str
    swap: str | None = None


@dataclass(frozen=True)
class TelltaleList:
    """One language's tell-tale phrases."""

    phrases: tuple[Telltale, ...]


@dataclass(frozen=True)
class Placeholders:
    """Text that stands where an article's own should: how each kind is matched, the data says."""

    words: tuple[str, ...]
    exact: tuple[str, ...]
    whole: tuple[str, ...]
    bracketed: tuple[str, ...]


@dataclass(frozen=True)
class Phrases:
    """All phrase lists of one dated version.

    A sentence with a `leaning` opening rests on the one before it, unless the opening is `free`;
    after the words of `before_name` a name can stand.
    """

    version: str
    placeholders: Placeholders
    telltale: dict[str, TelltaleList]
    leaning: dict[str, tuple[str, ...]]
    free: dict[str, tuple[str, ...]]
    before_name: dict[str, tuple[str, ...]]


@cache
def phrases() -> Phrases:
    """Give the phrase lists in force."""
    file = resources.files("bacowr.engine.data") / "phrases.toml"
    return from_json(Phrases, tomllib.loads(file.read_text(encoding="utf-8")))
