"""A publisher's house style, measured on its articles (domain 3.3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from bacowr.engine.page.entities import without_suffix
from bacowr.engine.page.reading import Reading
from bacowr.engine.text import words
from bacowr.engine.text.lexicon import hits, lexicon
from bacowr.engine.text.lix import lix
from bacowr.engine.text.sentences import mean_words

MIN_ADDRESS_HITS = 3


class Address(StrEnum):
    """How the reader is spoken to."""

    DU = "du"
    NI = "ni"
    NONE = "none"


class TitleShape(StrEnum):
    """How a title is built."""

    QUESTION = "question"
    HOW = "how"
    NUMBER = "number"
    COLON = "colon"
    GUIDE = "guide"
    PLAIN = "plain"


@dataclass(frozen=True)
class TitlePattern:
    """A shape that titles of this publisher have, how many do, and one of them."""

    shape: TitleShape
    count: int
    example: str


@dataclass(frozen=True)
class HouseStyle:
    """How a publisher writes; densities are per thousand words, None means not measurable."""

    articles: int
    lix_low: float | None
    lix_median: float | None
    lix_high: float | None
    sentence_words: float | None
    words_median: int
    headings_per_1000: float
    links_per_1000: float
    address: Address
    title_patterns: tuple[TitlePattern, ...]


_SHAPES: tuple[tuple[TitleShape, re.Pattern[str]], ...] = (
    (TitleShape.QUESTION, re.compile(r"\?\s*$")),
    (TitleShape.HOW, re.compile(r"^(?:så|hur|how|when|när)\b", re.IGNORECASE)),
    (
        TitleShape.NUMBER,
        re.compile(r"^(?:\d+|tre|fyra|fem|sju|tio|three|five|seven|ten)\s\w", re.IGNORECASE),
    ),
    (TitleShape.GUIDE, re.compile(r"\bguide(?:n)?\b", re.IGNORECASE)),
    (TitleShape.COLON, re.compile(r"\w:\s\w")),
)


def house_style(articles: Sequence[Reading]) -> HouseStyle | None:
    """Measure how articles are written; None when none could be read."""
    if not articles:
        return None
    measured = [value for each in articles if (value := lix(each.text)) is not None]
    lengths = [value for each in articles if (value := mean_words(each.text)) is not None]
    total = max(1, sum(each.word_count for each in articles))
    headings = sum(len(each.headings_of(2)) + len(each.headings_of(3)) for each in articles)
    links = sum(each.text_link_count for each in articles)
    return HouseStyle(
        articles=len(articles),
        lix_low=min(measured, default=None),
        lix_median=round(median(measured), 1) if measured else None,
        lix_high=max(measured, default=None),
        sentence_words=round(median(lengths), 1) if lengths else None,
        words_median=round(median(each.word_count for each in articles)),
        headings_per_1000=round(1000 * headings / total, 1),
        links_per_1000=round(1000 * links / total, 1),
        address=_address(articles),
        title_patterns=title_patterns([each.title for each in articles if each.title]),
    )


def title_shape(title: str) -> TitleShape:
    """Tell how a title is built; the first shape that fits."""
    bare = without_suffix(title)
    return next((shape for shape, sign in _SHAPES if sign.search(bare)), TitleShape.PLAIN)


def title_patterns(titles: Sequence[str]) -> tuple[TitlePattern, ...]:
    """Count the shapes of titles, most frequent first."""
    examples: dict[TitleShape, list[str]] = {}
    for title in titles:
        examples.setdefault(title_shape(title), []).append(without_suffix(title))
    order = sorted(examples, key=lambda shape: -len(examples[shape]))
    return tuple(TitlePattern(each, len(examples[each]), examples[each][0]) for each in order)


def _address(articles: Sequence[Reading]) -> Address:
    text = "\n".join(each.text for each in articles if each.language == "sv")
    lists = lexicon("sv").group("address")
    du, ni = len(hits(text, lists["du"])), len(hits(text, lists["ni"]))
    if max(du, ni) < MIN_ADDRESS_HITS or not words.count(text):
        return Address.NONE
    return Address.DU if du >= ni else Address.NI
