"""Sentences in running text, with the place where each begins and ends."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bacowr.engine.text import words
from bacowr.engine.text.lexicon import lexicon

# Fewer words before a colon are a label (`Källa: SCB`), not a sentence of their own.
COLON_WORDS = 3

_QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb"
_END = re.compile(
    rf"(?P<mark>[.!?\u2026]+|:)(?:[{_QUOTES})\]]|\[\d+\])*"
    rf"(?=\s+[{_QUOTES}(\[\u2013\u2014\u2022\u00a1\u00bf-]*\s?(?P<next>[^\W_][\w'-]*))|\n+"
)
_LAST_TOKEN = re.compile(r"(?:[^\W_]|§)[\w.§]*$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_LOOK_BACK = 16


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
    """Split a text; a line break always ends a sentence, an abbreviation does not.

    A colon ends one when a clause stands before it and a capital letter follows.
    """
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
    start = 0
    for match in _END.finditer(text):
        if match["mark"] is None or _is_end(text, start, match):
            start = match.end()
            yield start
    yield len(text)


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    mark, following = match["mark"], match["next"]
    begins = following[0].isupper() or (following[0].isdigit() and mark != ":")
    if not begins:
        return False
    before = text[start : match.start()]
    if mark == ":":
        return words.count(before) >= COLON_WORDS
    token = _LAST_TOKEN.search(before[-_LOOK_BACK:])
    if mark != "." or token is None:
        return True
    return not _stays_open(token[0], following, is_first=not before[: -len(token[0])].strip())


def _stays_open(token: str, following: str, *, is_first: bool) -> bool:
    """Tell whether a full stop after a token belongs to it and ends nothing."""
    # `P.` is an initial, `p.` a page.
    lowered = token.lower() if len(token) > 1 else token
    if lowered in _listed("closing"):
        return following[0].isdigit()
    if lowered in _listed("never"):
        return True
    if lowered in _listed("before_number"):
        return following[0].isdigit()
    if token.isdigit():
        return is_first and following[0].isupper()
    # `J. Ek` goes on; `plan B. Det` does not, because a name is no function word.
    return bool(_INITIALS.fullmatch(token)) and following.lower() not in lexicon().stop


@cache
def _listed(kind: str) -> frozenset[str]:
    file = resources.files("bacowr.engine.data") / "abbreviations.toml"
    listed = str(tomllib.loads(file.read_text(encoding="utf-8"))[kind]).split()
    return frozenset(each.rstrip(".") for each in listed)
