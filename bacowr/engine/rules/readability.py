"""How hard a text reads: a thermometer, which never changes a status (domain 3.10, 8)."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from bacowr.engine.checks.model import Check, CheckName, Fact, plain, unmeasured
from bacowr.engine.checks.subject import Subject
from bacowr.engine.text.flesch import flesch
from bacowr.engine.text.lix import Band, band, lix
from bacowr.engine.text.sentences import mean_words

NAME = CheckName.READABILITY

_BANDS = {
    Band.VERY_EASY: "very easy",
    Band.EASY: "easy",
    Band.NEWSPAPER: "like a newspaper",
    Band.OFFICIAL: "official",
    Band.BUREAUCRATIC: "bureaucratic",
}


def check(subject: Subject) -> Check:
    """Show LIX, for English Flesch's reading ease, and the mean sentence; find nothing."""
    text, language = subject.parsed.text, subject.article.language
    facts = [*_lix(text, language), *_flesch(text, language), *_sentence(text)]
    if not facts:
        return unmeasured(NAME, "The text has no words.")
    return plain(NAME, (), facts)


def _lix(text: str, language: str) -> Iterator[Fact]:
    rules = _wanted()["lix"]
    value = lix(text)
    if value is not None:
        known = language in rules["languages"]
        wanted = f"{rules['least']} to {rules['most']}, best {rules['preferred']}"
        yield Fact(
            "LIX",
            f"{value:.1f} ({_BANDS[band(value)]})",
            wanted if known else None,
            rules["least"] <= value <= rules["most"] if known else None,
        )


def _flesch(text: str, language: str) -> Iterator[Fact]:
    rules = _wanted()["flesch"]
    value = flesch(text) if language in rules["languages"] else None
    if value is not None:
        wanted = f"{rules['least']} to {rules['most']}"
        is_met = rules["least"] <= value <= rules["most"]
        yield Fact("Flesch reading ease", f"{value:.1f}", wanted, is_met)


def _sentence(text: str) -> Iterator[Fact]:
    mean = mean_words(text)
    if mean is not None:
        yield Fact("Words in a sentence, on average", f"{mean:.1f}")


@cache
def _wanted() -> Mapping[str, Any]:
    file = resources.files("bacowr.engine.data") / "readability.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
