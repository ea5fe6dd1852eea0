"""The thresholds and points of the checks, read from `data/thresholds.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bacowr.engine.checks.model import CheckName
from bacowr.engine.order import WritingProfile
from bacowr.engine.shapes import from_json


@dataclass(frozen=True)
class Range:
    """A least and a most, both allowed."""

    least: int
    most: int

    def __contains__(self, value: float) -> bool:
        return self.least <= value <= self.most

    def __str__(self) -> str:
        return f"{self.least:,} to {self.most:,}"


@dataclass(frozen=True)
class ProfileRules:
    """The rules of one writing profile (domain 3.9); a limit that it does not set is out of reach.

    `link_words` is the place of the link, counted in words of running text; `link_paragraph` the
    last paragraph of a section that may carry it.
    """

    words: Range
    hard_words: Range
    h1: Range
    h2: Range
    headings: Range
    lists: bool
    paragraphs: int
    paragraph_characters: Range
    paragraph_words: Range
    link_words: Range
    link_in_middle_section: bool
    link_paragraph: int
    context_sentences: int
    trust_links: Range
    trust_before_link: bool
    serp_entities: int


@dataclass(frozen=True)
class LinkRules:
    """How often the target may be linked, and how many links a paragraph may hold."""

    uses: int
    most_uses: int
    links_in_paragraph: int
    middle_from_sections: int


@dataclass(frozen=True)
class TermRules:
    """How many related terms are wanted, and how far the window around the link reaches."""

    in_article: int
    weak_window: int
    window: Range
    diversity: float
    sentences_around: int
    most_listed: int


@dataclass(frozen=True)
class SourceRules:
    """How many approved sources an article needs, in all and by its bridge."""

    enough: int
    strong: int
    pivot: int
    wrapper: int


@dataclass(frozen=True)
class FitRules:
    """When a text's language and wording are judged, and by what limits."""

    language_words: int
    one_word_words: int
    one_word_letters: int
    one_word_share: float
    sentence_words: Range


@dataclass(frozen=True)
class RepairRules:
    """When a source supports a sentence, and how much one repair may do."""

    support: float
    support_words: int
    most_sources: int
    most_terms: int


@dataclass(frozen=True)
class Thresholds:
    """All limits of one dated version."""

    version: str
    weights: dict[CheckName, float]
    points: dict[CheckName, dict[str, float]]
    profiles: dict[WritingProfile, ProfileRules]
    link: LinkRules
    terms: TermRules
    sources: SourceRules
    fit: FitRules
    repair: RepairRules


@cache
def thresholds() -> Thresholds:
    """Give the thresholds in force."""
    file = resources.files("bacowr.engine.data") / "thresholds.toml"
    return from_json(Thresholds, tomllib.loads(file.read_text(encoding="utf-8")))


def points(check: CheckName, name: str) -> float:
    """Give what one fault costs a check."""
    return thresholds().points[check][name]
