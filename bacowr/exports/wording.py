"""The words of an export that are not the article's own, in the article's language."""

import tomllib
from functools import cache
from importlib import resources

LANGUAGES = ("sv", "en", "da", "nb", "fi")
FALLBACK_LANGUAGE = "en"


def say(language: str, key: str, **values: str) -> str:
    """Give a phrase; in English for a language without phrases of its own."""
    chosen = language if language in LANGUAGES else FALLBACK_LANGUAGE
    phrase = _phrases()[chosen][key]
    return phrase.format(**values) if values else phrase


@cache
def _phrases() -> dict[str, dict[str, str]]:
    file = resources.files("bacowr.exports") / "phrases.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
