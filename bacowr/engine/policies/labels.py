"""The wording that marks advertising, by country and language (domain 3.12)."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources

from bacowr.engine.article.model import Article
from bacowr.engine.policies.model import Dated, Phrases
from bacowr.engine.shapes import from_json
from bacowr.engine.terms import Terms

EVERY_COUNTRY = "*"


@dataclass(frozen=True)
class Wording:
    """How advertising is marked in some countries and one language."""

    countries: tuple[str, ...]
    language: str
    word: str
    accepted: tuple[str, ...]
    needs_advertiser: bool
    source_name: str
    source_url: str


@dataclass(frozen=True)
class Note:
    """A rule that is shown and not checked; `applies_from` is the day from which it counts."""

    code: str
    title: str
    text: str
    source_url: str
    applies_from: date
    for_ai: bool = False
    for_advertising: bool = False


@dataclass(frozen=True)
class LabelRules(Dated):
    """All that is kept about labels, as dated data."""

    version: str
    aliases: dict[str, str]
    labels: tuple[Wording, ...]
    weak: Phrases
    demands: Phrases
    notes: tuple[Note, ...] = field(default=())


@dataclass(frozen=True)
class AdLabel:
    """The label of one article; `text` is what every export opens with.

    `lacks_advertiser` tells that the country wants the advertiser named and nobody gave the name.
    """

    text: str
    wording: Wording
    lacks_advertiser: bool = False


@cache
def label_rules() -> LabelRules:
    """Read the wordings that come with the product."""
    file = resources.files("bacowr.engine.data") / "labels.toml"
    data = tomllib.loads(file.read_text("utf-8"))
    for note in data["notes"]:
        note["applies_from"] = note.pop("from")
    return from_json(LabelRules, data)


def ad_label(terms: Terms, country: str, language: str) -> AdLabel | None:
    """Give the label of a deal; None when it is no advertising or no wording is known.

    The advertiser follows the word when its name is known; it is never guessed.
    """
    wording = _wording(country, language) if terms.is_advertising else None
    if wording is None:
        return None
    if terms.advertiser:
        return AdLabel(f"{wording.word}: {terms.advertiser}", wording)
    return AdLabel(wording.word, wording, lacks_advertiser=wording.needs_advertiser)


def label_line(article: Article) -> str | None:
    """Give the line that opens every export and excerpt of an article; None when none does."""
    label = ad_label(article.terms, article.country, article.language)
    return label.text if label else None


def _wording(country: str, language: str) -> Wording | None:
    rules = label_rules()
    worded = rules.aliases.get(language, language)
    for wanted in (country, EVERY_COUNTRY):
        for each in rules.labels:
            if wanted in each.countries and each.language == worded:
                return each
    return None
