"""Word forms brought together, roughly: enough to find `ljud` on a page that says `ljudet`."""

from functools import cache, lru_cache
from typing import Protocol, cast

import snowballstemmer  # type: ignore[import-untyped]  # It comes without types.

MIN_STEM_LETTERS = 3

_ALGORITHMS = {
    "sv": "swedish",
    "en": "english",
    "da": "danish",
    "nb": "norwegian",
    "nn": "norwegian",
    "no": "norwegian",
    "fi": "finnish",
}


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the library's own name.


@lru_cache(maxsize=200_000)
def stem(word: str, language: str | None = None) -> str:
    """Cut a word's ending, in lower case, by the Snowball rules of its language.

    Without a language, or for one without rules here, the Swedish and then the English endings
    are cut, so that a text and a page in the same unknown language still meet. A stem keeps at
    least three letters and is never shown to anyone.
    """
    lowered = word.lower()
    if language in _ALGORITHMS:
        cut = _stemmer(_ALGORITHMS[language]).stemWord(lowered)
    else:
        cut = _stemmer("english").stemWord(_stemmer("swedish").stemWord(lowered))
    return cut if len(cut) >= MIN_STEM_LETTERS else lowered


@cache
def _stemmer(algorithm: str) -> _Stemmer:
    return cast("_Stemmer", snowballstemmer.stemmer(algorithm))
