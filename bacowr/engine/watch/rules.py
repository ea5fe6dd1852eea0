"""The figures and marks of link watch, read from `data/watch.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from bacowr.engine.shapes import from_json


@dataclass(frozen=True)
class Pace:
    """How often a link is looked at until it has been out for `until_day` days; 0: for good."""

    until_day: int
    every_days: int


@dataclass(frozen=True)
class Marks:
    """What gives away a page that shows its text only to a browser, in lower case."""

    script_roots: tuple[str, ...]
    script_words: tuple[str, ...]
    consent_words: tuple[str, ...]
    consent_hosts: tuple[str, ...]
    challenge_words: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """All figures of link watch (domain 9)."""

    checked_on: date
    containment_least: float
    confirm_after_hours: int
    expiry_warning_days: tuple[int, ...]
    fewest_words: int
    cadence: tuple[Pace, ...]
    marks: Marks


@cache
def rules() -> Rules:
    """Give the rules in force."""
    file = resources.files("bacowr.engine.data") / "watch.toml"
    return from_json(Rules, tomllib.loads(file.read_text(encoding="utf-8")))
