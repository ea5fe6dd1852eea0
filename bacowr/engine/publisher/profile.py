"""Who the publisher is: its language, topics, tone and house style (domain 3.3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from bacowr.engine import markets
from bacowr.engine.page.reading import Reading
from bacowr.engine.publisher.style import HouseStyle, house_style
from bacowr.engine.publisher.tone import Commerciality, ToneClass, commerciality, tone_class
from bacowr.engine.research.topics import terms_of, topics_of


@dataclass(frozen=True)
class PublisherProfile:
    """A publisher as the later steps see it.

    When no page of it could be read `available` is False and nothing is assumed: there are no
    topics, the tone is unknown, and the language is a guess shown as one.
    """

    domain: str
    available: bool
    pages_read: tuple[str, ...]
    language: str
    language_is_guess: bool
    topics: dict[str, tuple[str, ...]]
    terms: tuple[str, ...]
    tone: ToneClass
    tone_sign: str
    commerciality: Commerciality | None
    commercial_words: tuple[str, ...]
    style: HouseStyle | None
    site_name: str | None = None


def publisher_profile(
    domain: str, front: Sequence[Reading], articles: Sequence[Reading]
) -> PublisherProfile:
    """Profile a publisher from its front and about page and some of its articles."""
    everything = (*front, *articles)
    tone, sign = tone_class(domain, front, articles)
    level, ad_words = commerciality(tone, everything)
    language = _language(everything)
    return PublisherProfile(
        domain=domain,
        available=bool(everything),
        pages_read=tuple(each.url for each in everything),
        language=language or markets.guessed_language(domain),
        language_is_guess=language is None,
        topics=topics_of(everything),
        terms=terms_of(everything),
        tone=tone,
        tone_sign=sign,
        commerciality=level if everything else None,
        commercial_words=ad_words,
        style=house_style(articles),
        site_name=next((each.site_name for each in everything if each.site_name), None),
    )


def _language(readings: Sequence[Reading]) -> str | None:
    """Tell the language that most pages are in; the first named wins a tie."""
    named = [each.language for each in readings if each.language]
    return max(dict.fromkeys(named), key=named.count, default=None)
