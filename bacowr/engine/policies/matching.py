"""Phrases of policy packs, found in text as whole words.

A phrase is words as they stand. `*` ends a stem (`casino*`), `|` parts words of which one must
stand there (`spela nu|här`), the same sign between spaces parts whole phrases (`bli rik | tjäna
pengar`), and ` .. ` bridges up to six words of the same sentence.
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
    return list(pattern(phrases).finditer(text)) if _may_stand(text, phrases) else []


def first(text: str, phrases: tuple[str, ...]) -> re.Match[str] | None:
    """Give the first place where one of the phrases stands."""
    return pattern(phrases).search(text) if _may_stand(text, phrases) else None


def _may_stand(text: str, phrases: tuple[str, ...]) -> bool:
    """Rule most phrases out quickly: one of their first words must stand in the text."""
    lowered = text.lower()
    return any(each in lowered for each in _beginnings(phrases))


@lru_cache(maxsize=2048)
def _beginnings(phrases: tuple[str, ...]) -> frozenset[str]:
    begun = (alt for each in phrases for alt in each.split(" .. ")[0].split(" | "))
    words = (word for alt in begun for word in (alt.split() or [""])[0].split("|"))
    return frozenset(re.split(r"['-]", word.removesuffix("*").lower())[0] for word in words)


def _phrase(phrase: str) -> str:
    return _GAP.join(
        f"(?:{'|'.join(_bounded(each.strip()) for each in part.split(' | '))})"
        for part in phrase.split(" .. ")
    )


def _bounded(text: str) -> str:
    return r"\s+".join(_words(each) for each in text.split())


def _words(text: str) -> str:
    pieces = [_word(each) for each in text.split("|") if each]
    return pieces[0] if len(pieces) == 1 else f"(?:{'|'.join(pieces)})"


def _word(word: str) -> str:
    stem = word.removesuffix("*")
    begin = r"(?<![\w-])" if stem[:1].isalnum() else ""
    spelled = "".join(_SPELLINGS.get(each, re.escape(each)) for each in stem)
    return begin + spelled + (r"[\w-]*" if word != stem else _end(stem))


def _end(word: str) -> str:
    return r"(?![\w-])" if word[-1:].isalnum() else r"(?!\w)"
