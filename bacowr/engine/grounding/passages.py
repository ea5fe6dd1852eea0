"""The read pages, cut into sentences and indexed by their words, once for all claims."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from bacowr.engine.grounding.figures import names, numbers
from bacowr.engine.page.reading import Reading
from bacowr.engine.text.lexicon import lexicon
from bacowr.engine.text.sentences import Sentence, sentences
from bacowr.engine.text.stems import stem
from bacowr.engine.text.words import is_number, lowered

WINDOW_SENTENCES = 3
MAX_PASSAGE_CHARACTERS = 700
# A word that stands in more sentences than this finds nothing that rarer ones don't.
MAX_POSTINGS = 600
MIN_ASKED = 3

# These languages write compounds as one word, whose last part names the thing: `luftvärmepump` is
# a `värmepump`. Shorter last parts are found inside too many other words.
COMPOUNDING = frozenset({"sv", "da", "nb", "nn", "fi"})
MIN_HEAD_LETTERS = 6
MIN_MODIFIER_LETTERS = 3


@dataclass(frozen=True)
class SourceText:
    """A page's address and its running text."""

    url: str
    text: str


@dataclass(frozen=True)
class Line:
    """A sentence of a page in comparable form; `source` is the page's place in the index."""

    source: int
    sentence: Sentence
    stems: tuple[str, ...]
    content: frozenset[str]
    numbers: frozenset[str]

    @cached_property
    def bigrams(self) -> frozenset[tuple[str, str]]:
        """Pair each word with the next."""
        return frozenset(zip(self.stems, self.stems[1:], strict=False))


class Passages:
    """Pages indexed for one language; reading them all takes the time, asking does not."""

    def __init__(self, sources: Sequence[SourceText], language: str | None) -> None:
        self.sources = tuple(sources)
        self.language = language
        self.lines: list[Line] = []
        self.postings: dict[str, list[int]] = defaultdict(list)
        self.numbered: dict[str, list[int]] = defaultdict(list)
        self.content: list[frozenset[str]] = []
        self.figures: list[frozenset[str]] = []
        for number, source in enumerate(self.sources):
            self._add(number, source)
        self._kin: dict[str, frozenset[str]] = {}
        self._backward = sorted(each[::-1] for each in self.postings)
        self.names = frozenset(
            word
            for line in self.lines
            for each in names(line.sentence.text)
            for word in each.value.split(" ")
        )

    def kin(self, word: str) -> frozenset[str]:
        """List the stems of the pages that say the same: itself, and compounds of one head."""
        if word not in self._kin:
            self._kin[word] = frozenset({word, *self._compounds(word)})
        return self._kin[word]

    def weight(self, word: str) -> float:
        """Weigh a stem by its rarity among the sentences; one that is nowhere weighs most."""
        return math.log(1 + (len(self.lines) + 1) / (1 + len(self.postings.get(word, ()))))

    def windows(self, stems: Iterable[str], figures: Iterable[str], limit: int = 8) -> list[int]:
        """List the likeliest passages: the places of their first sentences, best first."""
        scores: dict[int, float] = defaultdict(float)
        asked = [
            (self.weight(each), self.postings.get(kin, []))
            for each in stems
            for kin in self.kin(each)
        ]
        asked += [(1 + self.weight(each), self.numbered.get(each, [])) for each in figures]
        asked.sort(key=lambda each: len(each[1]))
        found = [each for each in asked if each[1]]
        for number, (weight, places) in enumerate(found):
            if number < MIN_ASKED or len(places) <= MAX_POSTINGS:
                for start in self._starts(places):
                    scores[start] += weight
        return sorted(scores, key=lambda each: (-scores[each], each))[:limit]

    def window(self, start: int) -> list[Line]:
        """Give up to three sentences in a row of one page."""
        source = self.lines[start].source
        following = self.lines[start : start + WINDOW_SENTENCES]
        return [each for each in following if each.source == source]

    def passage(self, window: Sequence[Line]) -> str:
        """Give a window as it stands on its page."""
        text = self.sources[window[0].source].text
        cut = text[window[0].sentence.start : window[-1].sentence.end]
        if len(cut) <= MAX_PASSAGE_CHARACTERS:
            return cut
        return cut[:MAX_PASSAGE_CHARACTERS].rpartition(" ")[0] + " \u2026"

    def _starts(self, places: list[int]) -> set[int]:
        """List where windows that hold one of the sentences begin."""
        starts: set[int] = set()
        for place in places:
            source = self.lines[place].source
            for start in range(max(0, place - WINDOW_SENTENCES + 1), place + 1):
                if self.lines[start].source == source:
                    starts.add(start)
        return starts

    def _compounds(self, word: str) -> Iterator[str]:
        if self.language not in COMPOUNDING or len(word) < MIN_HEAD_LETTERS:
            return
        for start in range(MIN_MODIFIER_LETTERS, len(word) - MIN_HEAD_LETTERS + 1):
            if word[start:] in self.postings:
                yield word[start:]
        head = word[::-1]
        for each in islice(self._backward, bisect_left(self._backward, head), None):
            if not each.startswith(head):
                return
            if len(each) >= len(head) + MIN_MODIFIER_LETTERS:
                yield each[::-1]

    def _add(self, number: int, source: SourceText) -> None:
        content: set[str] = set()
        figures: set[str] = set()
        for sentence in sentences(source.text):
            line = _line(number, sentence, self.language)
            place = len(self.lines)
            self.lines.append(line)
            for word in line.content:
                self.postings[word].append(place)
            for figure in line.numbers:
                self.numbered[figure].append(place)
            content |= line.content
            figures |= line.numbers
        self.content.append(frozenset(content))
        self.figures.append(frozenset(figures))


@lru_cache(maxsize=4)
def passages_of(sources: tuple[SourceText, ...], language: str | None) -> Passages:
    """Index pages; the last few indexes are kept, because a text is checked again and again."""
    return Passages(sources, language)


def source_texts(readings: Iterable[Reading]) -> tuple[SourceText, ...]:
    """Take the pages that hold text, with their titles and descriptions."""
    return tuple(
        SourceText(each.url, "\n".join(filter(None, (each.title, each.description, each.text))))
        for each in readings
        if each.text.strip()
    )


def content_stems(text: str, language: str | None) -> list[str]:
    """List the stems of the words that carry meaning, in their order."""
    stop = lexicon(language).stop
    return [
        stem(each, language)
        for each in lowered(text)
        if len(each) > 1 and each not in stop and not is_number(each)
    ]


def _line(source: int, sentence: Sentence, language: str | None) -> Line:
    stems = tuple(stem(each, language) for each in lowered(sentence.text))
    return Line(
        source,
        sentence,
        stems,
        frozenset(content_stems(sentence.text, language)),
        frozenset(each.value for each in numbers(sentence.text)),
    )
