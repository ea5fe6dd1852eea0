"""A publisher's tone class and commerciality (domain 3.3)."""

import re
from collections.abc import Sequence
from enum import StrEnum

from bacowr.engine.page.reading import Reading
from bacowr.engine.text import words
from bacowr.engine.text.lexicon import hits, lexicon

MIN_CONSUMER_HITS = 2
FIRST_PERSON_SHARE = 0.01

_ACADEMIC_DOMAIN = re.compile(r"(?:\.edu$|\.edu\.|\.ac\.|universit)")
_AUTHORITY_DOMAIN = re.compile(r"(?:\.gov$|\.gov\.)")


class ToneClass(StrEnum):
    """The voice a publisher speaks in."""

    ACADEMIC = "academic"
    AUTHORITY_PUBLIC = "authority_public"
    CONSUMER_MAGAZINE = "consumer_magazine"
    HOBBY_BLOG = "hobby_blog"
    UNKNOWN = "unknown"


class Commerciality(StrEnum):
    """How much a publisher sells."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def tone_class(
    domain: str, front: Sequence[Reading], articles: Sequence[Reading]
) -> tuple[ToneClass, str]:
    """Tell the tone class and by what sign; the first trigger in order wins.

    Academic and authority words count only where a site presents itself (front and about page's
    title, description and h1), because any magazine writes about authorities.
    """
    lists = lexicon().group("tone")
    presented = "\n".join(_presentation(each) for each in front)
    shown = "\n".join((presented, *(_headlines(each) for each in (*front, *articles))))
    if sign := _first(_ACADEMIC_DOMAIN.findall(domain), hits(presented, lists["academic"])):
        return ToneClass.ACADEMIC, sign
    if sign := _first(_AUTHORITY_DOMAIN.findall(domain), hits(presented, lists["authority"])):
        return ToneClass.AUTHORITY_PUBLIC, sign
    consumer = hits(shown, lists["consumer"])
    if len(consumer) >= MIN_CONSUMER_HITS:
        return ToneClass.CONSUMER_MAGAZINE, ", ".join(dict.fromkeys(consumer))
    if sign := _first(hits(shown, lists["hobby"]), _first_person(articles)):
        return ToneClass.HOBBY_BLOG, sign
    return ToneClass.UNKNOWN, ""


def commerciality(
    tone: ToneClass, readings: Sequence[Reading]
) -> tuple[Commerciality, tuple[str, ...]]:
    """Tell how commercial a publisher is, with the ad words that show it."""
    if tone in {ToneClass.ACADEMIC, ToneClass.AUTHORITY_PUBLIC}:
        return Commerciality.LOW, ()
    terms = lexicon().group("commerciality")["high"]
    text = "\n".join("\n".join((_headlines(each), each.text)) for each in readings)
    shown = tuple(dict.fromkeys(hits(text, terms)))
    return (Commerciality.HIGH, shown) if shown else (Commerciality.MEDIUM, ())


def _presentation(reading: Reading) -> str:
    h1s = reading.headings_of(1)
    return "\n".join(
        (reading.title or "", reading.description or "", reading.site_name or "", *h1s)
    )


def _headlines(reading: Reading) -> str:
    return "\n".join((reading.title or "", *(each.text for each in reading.headings)))


def _first_person(articles: Sequence[Reading]) -> list[str]:
    text = "\n".join(each.text for each in articles)
    found = hits(text, lexicon().group("tone")["first_person"])
    total = words.count(text)
    return found[:1] if total and len(found) / total >= FIRST_PERSON_SHARE else []


def _first(*found: list[str]) -> str:
    return next((each[0] for each in found if each), "")
