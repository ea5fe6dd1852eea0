"""Claims held against the read pages: how likely they are borne out, where, and by which words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bacowr.engine.grounding.features import Asked, Features, asked, compare
from bacowr.engine.grounding.figures import numbers
from bacowr.engine.grounding.passages import Line, Passages, content_stems
from bacowr.engine.grounding.weighing import models
from bacowr.engine.text.words import WORD, is_number

_NOTHING = Features(0, 0, 0, 0, 0, 0, 0)


class Support(StrEnum):
    """What the pages seem to say to a claim."""

    SUPPORTED = "supported"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True)
class Grounded:
    """One claim, and what the pages say to it.

    `probability` is that of being borne out wholly, `unsupported` that of not being borne out at
    all; `url` and `passage` are the likeliest place; `marked` are the claim's words that stand
    nowhere on that page, and its numbers that don't stand in that passage.
    """

    claim: str
    support: Support
    probability: float
    unsupported: float
    url: str | None
    passage: str | None
    marked: tuple[str, ...]
    share: float


def ground(claims: Iterable[str], passages: Passages) -> tuple[Grounded, ...]:
    """Hold claims against pages."""
    return tuple(_grounded(each, passages) for each in claims)


def best(claim: str, passages: Passages) -> tuple[Features, Sequence[Line]]:
    """Find the window that is most like a claim; no lines when nothing is."""
    query = asked(claim, passages)
    measured = [
        (compare(query, window, passages), window)
        for window in map(passages.window, _candidates(query, passages))
    ]
    return max(measured, key=lambda each: _closeness(each[0]), default=(_NOTHING, ()))


def _candidates(query: Asked, passages: Passages) -> list[int]:
    return passages.windows((*query.content, *query.names), query.numbers)


def _closeness(features: Features) -> float:
    return 2 * features.weighted + features.content + features.numbers + features.names


def _grounded(claim: str, passages: Passages) -> Grounded:
    features, window = best(claim, passages)
    held = models()
    supported = held.supported.probability(features)
    unsupported = held.unsupported.probability(features)
    return Grounded(
        claim=claim,
        support=_support(supported, unsupported),
        probability=round(supported, 3),
        unsupported=round(unsupported, 3),
        url=passages.sources[window[0].source].url if window else None,
        passage=passages.passage(window) if window else None,
        marked=tuple(claim[start:end] for start, end in marks(claim, window, passages)),
        share=round(features.content, 3),
    )


def _support(supported: float, unsupported: float) -> Support:
    if unsupported >= models().unsupported.threshold:
        return Support.NONE
    return Support.SUPPORTED if supported >= models().supported.threshold else Support.PARTIAL


def marks(claim: str, window: Sequence[Line], passages: Passages) -> list[tuple[int, int]]:
    """List the places of a claim's words that its page does not hold."""
    held = passages.content[window[0].source] if window else frozenset()
    figures = frozenset().union(*(each.numbers for each in window))
    wanting = [each for each in numbers(claim) if each.value not in figures]
    counted = {(each.start, each.end) for each in numbers(claim)}
    found = [(each.start, each.end) for each in wanting]
    for match in WORD.finditer(claim):
        inside = any(start <= match.start() < end for start, end in counted)
        if not inside and not is_number(match[0]) and _is_absent(match[0], held, passages):
            found.append(match.span())
    return sorted(found)


def _is_absent(word: str, held: frozenset[str], passages: Passages) -> bool:
    stems = content_stems(word, passages.language)
    return bool(stems) and not passages.kin(stems[0]) & held
