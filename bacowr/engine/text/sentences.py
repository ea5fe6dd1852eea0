"""Sentences in running text, with the place where each begins and ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bacowr.engine.text import words

# Followed by a space and something that may begin a sentence.
_END = re.compile(
    r"[.!?…]+[\"'\u201d\u2019»)\]]*"
    r"(?=\s+[\"'\u201c\u201d\u2018\u2019«(\[\u2013\u2014-]*[A-ZÅÄÖÆØÜÉ0-9])|\n+"
)
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:t\.ex|bl\.a|m\.fl|m\.m|d\.v\.s|dvs|s\.k|f\.d|ca|kap|nr|resp|st|kl|tel|"
    r"e\.g|i\.e|etc|vs|dr|mr|mrs|ms|prof|st|no|fig|approx|jan|feb|aug|sept?|oct|okt|nov|dec|"
    r"[A-ZÅÄÖ])\.$",
    re.IGNORECASE,
)
_LOOK_BACK = 12


@dataclass(frozen=True)
class Sentence:
    """A sentence and its offsets in the text it stands in: `text[start:end]`."""

    text: str
    start: int
    end: int

    @property
    def words(self) -> int:
        """Count the sentence's words."""
        return words.count(self.text)


def sentences(text: str) -> list[Sentence]:
    """Split a text; a line break always ends a sentence, an abbreviation does not."""
    return list(_split(text))


def mean_words(text: str) -> float | None:
    """Give the mean number of words in a text's sentences; None when it has none."""
    found = [each.words for each in sentences(text) if each.words]
    return round(sum(found) / len(found), 1) if found else None


def _split(text: str) -> Iterator[Sentence]:
    start = 0
    for end in _ends(text):
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            begin = start + len(piece) - len(piece.lstrip())
            yield Sentence(stripped, begin, begin + len(stripped))
        start = end


def _ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        before = text[max(0, match.end() - _LOOK_BACK) : match.end()]
        if "\n" in match[0] or not _ABBREVIATED.search(before):
            yield match.end()
    yield len(text)
