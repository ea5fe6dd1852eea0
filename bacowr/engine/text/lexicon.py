"""The word lists of each language, read from `data/words_*.toml`."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("sv", "en", "da", "nb", "fi")


@dataclass(frozen=True)
class Lexicon:
    """One or more languages' word lists: `stop` words, and named groups of words."""

    stop: frozenset[str]
    groups: dict[str, dict[str, tuple[str, ...]]]

    def group(self, name: str) -> dict[str, tuple[str, ...]]:
        """Give the lists of one group, in the order the rules try them."""
        return self.groups.get(name, {})


@cache
def lexicon(language: str | None = None) -> Lexicon:
    """Give a language's lists; without one, or for one not kept, those of all languages joined.

    A page is often a mixture (a Swedish shop with English menu words), so the rules that look for
    signals use all languages.
    """
    chosen = (language,) if language in LANGUAGES else LANGUAGES
    files = [_read(each) for each in chosen]
    groups: dict[str, dict[str, tuple[str, ...]]] = {}
    for content in files:
        for group, lists in content.items():
            if group == "stop":
                continue
            target = groups.setdefault(group, {})
            for name, listed in lists.items():
                target[name] = (*target.get(name, ()), *listed)
    return Lexicon(
        frozenset(word for each in files for word in each["stop"]["words"].split()), groups
    )


@cache
def matcher(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Build a whole-word, case-blind pattern of terms; a term ending in `*` matches as a stem."""
    pieces = [
        re.escape(term[:-1]) + r"[\w-]*" if term.endswith("*") else re.escape(term)
        for term in sorted(terms, key=len, reverse=True)
    ]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(pieces)})(?![\w-])", re.IGNORECASE)


def hits(text: str, terms: tuple[str, ...]) -> list[str]:
    """List every occurrence of the terms in a text, in lower case and in order."""
    return [each.lower() for each in matcher(terms).findall(text)] if terms else []


def _read(language: str) -> dict[str, Any]:
    folder = resources.files("bacowr.engine.data")
    return tomllib.loads((folder / f"words_{language}.toml").read_text(encoding="utf-8"))
