"""How far a text covers what the pages at the top of a search speak of (domain 8).

A checklist: how often a word is used says little about a rank, and nothing is promised.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bacowr.engine.text.lexicon import lexicon
from bacowr.engine.text.stems import stem
from bacowr.engine.text.words import is_number, lowered

TITLE_WEIGHT, H2_WEIGHT, BODY_WEIGHT = 3, 2, 1
MIN_TOP = 5
MIN_SHARE = 0.4
MAX_TERMS = 25
MIN_LETTERS = 3
LOW, HIGH = 25, 95


@dataclass(frozen=True)
class Fields:
    """A text by its fields; the text of links is left out of them."""

    title: str
    h2: str
    body: str


@dataclass(frozen=True)
class Covered:
    """A term: how often it is used, how often the top pages do at least, and how many hold it."""

    term: str
    weight: float
    uses: int
    low: float
    high: float
    pages: int

    @property
    def is_met(self) -> bool:
        """Tell whether the term is used as often as three of four top pages do."""
        return self.uses >= self.low

    @property
    def is_stuffed(self) -> bool:
        """Tell whether the term is used more than nearly all top pages do."""
        return self.uses > self.high


@dataclass(frozen=True)
class Coverage:
    """The covered share, 0 to 1, and the terms it rests on, the weightiest first."""

    share: float
    terms: tuple[Covered, ...]


def coverage(
    text: Fields, top: Sequence[Fields], background: Sequence[Fields], language: str | None
) -> Coverage | None:
    """Measure a text against at least five top pages; None when there are fewer.

    The rarity of a term is that among the top pages and the background together, so that what
    every page says weighs little.
    """
    if len(top) < MIN_TOP:
        return None
    counts = [_counts(each, language) for each in top]
    every = [*counts, *(_counts(each, language) for each in background)]
    own = _counts(text, language)
    spelled = _spelled(top, language)
    found = [
        _covered(key, own, counts, _idf(key, every), spelled)
        for key in {word for each in counts for word in each}
        if sum(key in each for each in counts) >= max(2, MIN_SHARE * len(top))
    ]
    terms = sorted(found, key=lambda each: (-each.weight, each.term))[:MAX_TERMS]
    total = sum(each.weight for each in terms)
    if not total:
        return None
    held = sum(each.weight * min(1.0, each.uses / each.low) for each in terms)
    return Coverage(round(held / total, 3), tuple(terms))


def _covered(
    key: str,
    own: Counter[str],
    top: Sequence[Counter[str]],
    idf: float,
    spelled: Mapping[str, str],
) -> Covered:
    uses = sorted(each[key] for each in top if each[key])
    return Covered(
        term=spelled[key],
        weight=len(uses) / len(top) * idf,
        uses=own[key],
        low=_percentile(uses, LOW),
        high=_percentile(uses, HIGH),
        pages=len(uses),
    )


def _counts(text: Fields, language: str | None) -> Counter[str]:
    counts: Counter[str] = Counter()
    fields = ((text.title, TITLE_WEIGHT), (text.h2, H2_WEIGHT), (text.body, BODY_WEIGHT))
    for field, weight in fields:
        for word in _words(field, language):
            counts[stem(word, language)] += weight
    return counts


def _words(text: str, language: str | None) -> list[str]:
    stop = lexicon(language).stop
    return [
        each
        for each in lowered(text)
        if len(each) >= MIN_LETTERS and each not in stop and not is_number(each)
    ]


def _spelled(top: Sequence[Fields], language: str | None) -> dict[str, str]:
    """Give each stem the form in which the top pages use it most."""
    forms: Counter[str] = Counter()
    for each in top:
        for field in (each.title, each.h2, each.body):
            forms.update(_words(field, language))
    best: dict[str, str] = {}
    for word, _ in forms.most_common():
        best.setdefault(stem(word, language), word)
    return best


def _idf(key: str, every: Sequence[Counter[str]]) -> float:
    return math.log((len(every) + 1) / (sum(key in each for each in every) + 0.5))


def _percentile(ordered: Sequence[int], percent: int) -> float:
    """Interpolate between the two nearest values."""
    place = (len(ordered) - 1) * percent / 100
    below, above = ordered[math.floor(place)], ordered[math.ceil(place)]
    return below + (above - below) * (place - math.floor(place))
