"""Words in running text, as the readability index counts them (domain 8)."""

import re

# A letter run with inner apostrophes or hyphens, or a number.
WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u2010\u2011-][^\W\d_]+)*|\d+(?:[.,:\u00a0]\d+)*")


def words(text: str) -> list[str]:
    """List the words of a text as they are written."""
    return WORD.findall(text)


def lowered(text: str) -> list[str]:
    """List the words of a text in lower case."""
    return [word.lower() for word in words(text)]


def count(text: str) -> int:
    """Count the words of a text."""
    return sum(1 for _ in WORD.finditer(text))


def is_number(word: str) -> bool:
    """Tell whether a word is a number."""
    return word[:1].isdigit()


def letters(word: str) -> int:
    """Count the letters of a word, leaving out apostrophes and hyphens."""
    return sum(1 for each in word if each.isalpha())
