"""The words of a brief, in Swedish for Swedish articles and in English for all others."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("sv", "en")


def text_language(article_language: str) -> str:
    """Choose the language that a brief is worded in."""
    return article_language if article_language in LANGUAGES else "en"


def say(language: str, key: str, /, **values: object) -> str:
    """Give a phrase by its key (`heading.facts`), with its placeholders filled.

    Raise KeyError for a phrase that is not kept.
    """
    phrase: Any = phrases(language)
    for part in key.split("."):
        phrase = phrase[part]
    return str(phrase).format(**values)


@cache
def phrases(language: str) -> dict[str, Any]:
    """Read a language's phrases."""
    folder = resources.files("bacowr.engine.data")
    return tomllib.loads((folder / f"wording_{language}.toml").read_text(encoding="utf-8"))
