"""An exact index of the five-word sequences of many texts (domain 8).

A sequence is one whole number made of its words' numbers, so nothing is ever taken for another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bacowr.engine.originality.own_text import Token

SHINGLE_WORDS = 5

# Numbers of words are kept below this many bits; a million words is far more than a batch holds.
_WORD_BITS = 24
_KEEP = (1 << (_WORD_BITS * SHINGLE_WORDS)) - 1

Runs = Iterable[Sequence[Token]]
_Placed = tuple[int, tuple[int, int]]
_Text = tuple[Sequence[Sequence[Token]], Sequence[_Placed]]


@dataclass(frozen=True)
class Passage:
    """A passage of the new text that stands word for word in the other; its place is the new's."""

    words: int
    start: int
    end: int


@dataclass(frozen=True)
class Overlap:
    """What a text shares with another: the share of its sequences, and the passages.

    The longest passage comes first; where the share is too small to be asked for, none is listed.
    """

    key: str
    share: float
    passages: tuple[Passage, ...]


class ShingleIndex:
    """The sequences of many texts, and in which of them each stands."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._keys: list[str] = []
        self._found: dict[int, list[int]] = {}

    def add(self, key: str, runs: Runs) -> None:
        """Add a text under a name."""
        number = len(self._keys)
        self._keys.append(key)
        for shingle in {each for each, _ in self._shingles(runs, grow=True)}:
            self._found.setdefault(shingle, []).append(number)

    def overlaps(self, runs: Runs, least: float = 0.0) -> tuple[Overlap, ...]:
        """Compare a text with all others, the largest share first.

        Passages are listed for those that hold at least `least` of it.
        """
        every = list(runs)
        shingles = list(self._shingles(every, grow=False))
        known = {shingle for shingle, _ in shingles}
        held: Counter[int] = Counter()
        for shingle in known:
            held.update(self._found.get(shingle, ()))
        total = len(known) + self._unknown(every)
        shared = [
            self._overlap(number, count / total, (every, shingles), least)
            for number, count in held.items()
        ]
        return tuple(sorted(shared, key=lambda each: (-each.share, each.key)))

    def _overlap(self, number: int, share: float, of: _Text, least: float) -> Overlap:
        passages: tuple[Passage, ...] = ()
        if share >= least:
            runs, shingles = of
            held = [each for each in shingles if number in self._found.get(each[0], ())]
            passages = _joined(runs, held)
        return Overlap(self._keys[number], round(share, 4), passages)

    def _shingles(self, runs: Runs, *, grow: bool) -> Iterator[_Placed]:
        """Give each sequence with its run and first word; unknown words break it."""
        for at, run in enumerate(runs):
            value = length = 0
            for place, token in enumerate(run):
                number = self._number(token.word, grow=grow)
                if number is None:
                    value = length = 0
                    continue
                value = ((value << _WORD_BITS) | number) & _KEEP
                length += 1
                if length >= SHINGLE_WORDS:
                    yield value, (at, place - SHINGLE_WORDS + 1)

    def _number(self, word: str, *, grow: bool) -> int | None:
        if grow:
            return self._numbers.setdefault(word, len(self._numbers) + 1)
        return self._numbers.get(word)

    def _unknown(self, runs: Runs) -> int:
        """Count the different sequences of a text that hold a word of no other text."""
        return len(
            {
                words
                for run in runs
                for words in _windows([each.word for each in run])
                if any(word not in self._numbers for word in words)
            }
        )


def _windows(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(len(words) - SHINGLE_WORDS + 1):
        yield tuple(words[start : start + SHINGLE_WORDS])


def _joined(runs: Sequence[Sequence[Token]], held: Iterable[_Placed]) -> tuple[Passage, ...]:
    """Join sequences that overlap or touch to passages, the longest first."""
    spans: list[tuple[int, int, int]] = []
    for _, (at, first) in held:
        if spans and spans[-1][0] == at and first <= spans[-1][2]:
            spans[-1] = (at, spans[-1][1], first + SHINGLE_WORDS)
        else:
            spans.append((at, first, first + SHINGLE_WORDS))
    passages = [
        Passage(end - first, runs[at][first].start, runs[at][end - 1].end)
        for at, first, end in spans
    ]
    return tuple(sorted(passages, key=lambda each: (-each.words, each.start)))
