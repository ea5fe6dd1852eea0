"""LIX, the Swedish readability index (domain 8). A thermometer: it never blocks anything."""

import re
from enum import StrEnum

from bacowr.engine.text.words import is_number, letters, words

LONG_WORD_LETTERS = 6

_SENTENCE_END = re.compile(r"[.:!?]+(?=\s|$)")


class Band(StrEnum):
    """How hard a text reads, by its LIX."""

    VERY_EASY = "very_easy"
    EASY = "easy"
    NEWSPAPER = "newspaper"
    OFFICIAL = "official"
    BUREAUCRATIC = "bureaucratic"


def lix(text: str) -> float | None:
    """Measure a text: words per sentence plus the percentage of words over six letters.

    None for a text without words. A text without a sentence end is one sentence.
    """
    found = words(text)
    if not found:
        return None
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    long = sum(1 for each in found if not is_number(each) and letters(each) > LONG_WORD_LETTERS)
    return round(len(found) / sentences + 100 * long / len(found), 1)


def band(value: float) -> Band:
    """Name the band that a LIX lies in."""
    for limit, name in ((30, Band.VERY_EASY), (40, Band.EASY), (50, Band.NEWSPAPER)):
        if value < limit:
            return name
    return Band.OFFICIAL if value <= 60 else Band.BUREAUCRATIC  # noqa: PLR2004 - domain 8.
