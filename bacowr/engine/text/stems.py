"""Word forms brought together, roughly: enough to find `ljud` on a page that says `ljudet`."""

from functools import lru_cache

MIN_STEM_LETTERS = 4

# Longest first; Swedish inflection, then English. A stem is never shown to anyone.
_ENDINGS = (
    *("arnas", "ernas", "ornas", "arna", "erna", "orna", "ande", "ings"),
    *("ens", "ets", "ars", "ers", "ing", "ies"),
    *("en", "et", "ar", "er", "or", "es", "ed", "na"),
    *("a", "e", "n", "s", "t"),
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Cut a word's ending when at least four letters stay."""
    lowered = word.lower()
    for ending in _ENDINGS:
        if lowered.endswith(ending) and len(lowered) - len(ending) >= MIN_STEM_LETTERS:
            return lowered[: -len(ending)]
    return lowered
