"""What a claim and a passage have in common, as shares between 0 and 1 (domain 8)."""

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, fields

from bacowr.engine.grounding.figures import names, numbers
from bacowr.engine.grounding.passages import Line, Passages, content_stems
from bacowr.engine.text.stems import stem
from bacowr.engine.text.words import lowered


@dataclass(frozen=True)
class Features:
    """Shares of a claim that a window, and its whole page, hold; 1 where there is nothing to hold.

    `content` counts words alike, `weighted` by their rarity; `numbers_anywhere` is the share of the
    claim's numbers that stand on any page at all.
    """

    content: float
    weighted: float
    content_of_page: float
    bigrams: float
    numbers: float
    numbers_anywhere: float
    names: float

    @property
    def values(self) -> tuple[float, ...]:
        """Give the shares in the order of their names."""
        return astuple(self)


FEATURES = tuple(each.name for each in fields(Features))


@dataclass(frozen=True)
class Asked:
    """A claim in comparable form."""

    stems: tuple[str, ...]
    content: tuple[str, ...]
    numbers: frozenset[str]
    names: frozenset[str]

    @property
    def bigrams(self) -> frozenset[tuple[str, str]]:
        """Pair each word with the next."""
        return frozenset(zip(self.stems, self.stems[1:], strict=False))


def asked(text: str, passages: Passages) -> Asked:
    """Bring a claim into comparable form."""
    language = passages.language
    found = names(text, passages.names)
    return Asked(
        tuple(stem(each, language) for each in lowered(text)),
        tuple(dict.fromkeys(content_stems(text, language))),
        frozenset(each.value for each in numbers(text)),
        frozenset(stem(word, language) for each in found for word in each.value.split(" ")),
    )


def compare(claim: Asked, window: Sequence[Line], passages: Passages) -> Features:
    """Measure a claim against one window of sentences."""
    source = window[0].source
    content = frozenset().union(*(each.content for each in window))
    held = {each for each in claim.content if passages.kin(each) & content}
    on_page = {each for each in claim.content if passages.kin(each) & passages.content[source]}
    stems = frozenset(word for each in window for word in each.stems)
    figures = frozenset().union(*(each.numbers for each in window))
    bigrams = frozenset().union(*(each.bigrams for each in window))
    return Features(
        content=_share(claim.content, held),
        weighted=_weighted(claim.content, held, passages),
        content_of_page=_share(claim.content, on_page),
        bigrams=_share(claim.bigrams, bigrams),
        numbers=_share(claim.numbers, figures),
        numbers_anywhere=_share(claim.numbers, passages.numbered.keys()),
        names=_share(claim.names, stems),
    )


def _share(wanted: Collection[object], held: Collection[object]) -> float:
    return sum(each in held for each in wanted) / len(wanted) if wanted else 1.0


def _weighted(wanted: Collection[str], held: Collection[str], passages: Passages) -> float:
    total = sum(passages.weight(each) for each in wanted)
    if not total:
        return 1.0
    return sum(passages.weight(each) for each in wanted if each in held) / total
