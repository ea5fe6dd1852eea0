"""Flesch reading ease, for English: 0 is hard, 100 is easy. A thermometer, as LIX is."""

import re

from bacowr.engine.text.sentences import sentences
from bacowr.engine.text.words import is_number, words

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[^aeiouytd]ed|[^aeiouycgsxz]es)$")


def flesch(text: str) -> float | None:
    """Measure a text by the mean length of its sentences and words; None without words."""
    found = [each for each in words(text) if not is_number(each)]
    if not found:
        return None
    count = sum(1 for each in sentences(text) if each.words)
    per_sentence = len(found) / max(1, count)
    per_word = sum(map(syllables, found)) / len(found)
    return round(206.835 - 1.015 * per_sentence - 84.6 * per_word, 1)


def syllables(word: str) -> int:
    """Count an English word's syllables by its groups of vowels, a silent last one left out."""
    lowered = word.lower()
    return max(1, len(_VOWELS.findall(lowered)) - bool(_SILENT.search(lowered)))
