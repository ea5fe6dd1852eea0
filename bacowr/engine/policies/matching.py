"""Phrases of policy packs, found in text as whole words.

A phrase is words as they stand. `*` ends a stem (`casino*`), `|` parts words or phrases of which
one must stand there, and ` .. ` bridges up to six words of the same sentence.
"""

import re
from functools import lru_cache

GAP_WORDS = 6

_WORD = r"\w+(?:[.,:'\u2019/-]\w+)*"
_BETWEEN = r"[^\w.!?\n]+"
_GAP = rf"(?:{_BETWEEN}{_WORD}){{0,{GAP_WORDS}}}?{_BETWEEN}"
_SPELLINGS = {"'": "['\u2019]", "-": "[-\u2010\u2011\u2013]"}
_NEVER = re.compile(r"(?!)")


@lru_cache(maxsize=2048)
def pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Build a case-blind pattern of phrases; without any it matches nothing."""
    if not phrases:
        return _NEVER
    pieces = (_phrase(each) for each in sorted(phrases, key=len, reverse=True))
    return re.compile("|".join(pieces), re.IGNORECASE)


def found(text: str, phrases: tuple[str, ...]) -> list[re.Match[str]]:
    """List every place where one of the phrases stands, in order."""
    return list(pattern(phrases).finditer(text))


def first(text: str, phrases: tuple[str, ...]) -> re.Match[str] | None:
    """Give the first place where one of the phrases stands."""
    return pattern(phrases).search(text)


def _phrase(phrase: str) -> str:
    return _GAP.join(
        f"(?:{'|'.join(_bounded(each.strip()) for each in part.split('|'))})"
        for part in phrase.split(" .. ")
    )


def _bounded(text: str) -> str:
    spelled = r"\s+".join(_word(each) for each in text.split())
    begin = r"(?<![\w-])" if text[:1].isalnum() else ""
    return f"{begin}{spelled}{'' if text.endswith('*') else _end(text)}"


def _end(text: str) -> str:
    return r"(?![\w-])" if text[-1:].isalnum() else r"(?!\w)"


def _word(word: str) -> str:
    stem = word.removesuffix("*")
    spelled = "".join(_SPELLINGS.get(each, re.escape(each)) for each in stem)
    return spelled + (r"[\w-]*" if word != stem else "")
