"""Which regulated areas an order touches, and by what signs (domain 3.12)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bacowr.engine.order import Order, Vertical
from bacowr.engine.page.profile import PageProfile
from bacowr.engine.policies.matching import found
from bacowr.engine.policies.model import Packs, Phrases, Triggers
from bacowr.engine.record import Profiles
from bacowr.engine.text import words

# Default: in running text a word must come back to be a sign, in long ones once in 300 words, and
# a strong one must stand there three times to be enough by itself.
MENTIONS = 2
STRONG_MENTIONS = 3
WORDS_PER_MENTION = 300
WEAK_SIGNS = 2

_SEPARATORS = re.compile(r"[-_/.?=&%]+")


class Where(StrEnum):
    """Where a sign stands."""

    TYPE = "the target's structured data"
    TARGET = "the target's title and headings"
    ADDRESS = "the target's address"
    ANCHOR = "the anchor"
    PUBLISHER = "the publisher's profile"
    ARTICLE = "the text"


ORDERED = frozenset({Where.TYPE, Where.TARGET, Where.ADDRESS, Where.ANCHOR})


@dataclass(frozen=True)
class Sign:
    """A word that shows a regulated area; `phrase` is the entry of the list that found it."""

    where: Where
    word: str
    phrase: str
    is_strong: bool

    @property
    def reason(self) -> str:
        """Say where the word stands."""
        return f"“{self.word}” in {self.where}"


@dataclass(frozen=True)
class Detected:
    """A regulated area and the signs of it."""

    vertical: Vertical
    signs: tuple[Sign, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """List the signs in words."""
        return tuple(dict.fromkeys(each.reason for each in self.signs))


def verticals_of(
    order: Order, profiles: Profiles, packs: Packs, text: str = ""
) -> tuple[Detected, ...]:
    """List the regulated areas of an order and, once there is one, its article's running text.

    One strong sign is enough, or two different weak ones; what the publisher is about only counts
    beside a sign in the order itself. The words of all languages and countries are tried. A
    person's own word in `order.vertical` is not looked at; see `application`.
    """
    listed = []
    for vertical in Vertical:
        triggers = [each.triggers for each in packs.packs if each.vertical is vertical]
        signs = tuple(dict.fromkeys(_signs(triggers, order, profiles, text)))
        if _is_enough(signs):
            listed.append(Detected(vertical, signs))
    return tuple(listed)


def _is_enough(signs: tuple[Sign, ...]) -> bool:
    if any(each.is_strong for each in signs):
        return True
    in_order = any(each.where in ORDERED for each in signs)
    counted = [each for each in signs if in_order or each.where is not Where.PUBLISHER]
    # Two languages may list one word, and one entry several forms: neither makes two signs.
    phrases, forms = {each.phrase for each in counted}, {each.word for each in counted}
    return min(len(phrases), len(forms)) >= WEAK_SIGNS


def _signs(triggers: list[Triggers], order: Order, profiles: Profiles, text: str) -> Iterator[Sign]:
    for each in triggers:
        yield from _by_type(each, profiles.target)
        for where, shown in _shown(order, profiles.target).items():
            yield from _by_words(each, where, shown)
        yield from _by_address(each, order)
        yield from _by_publisher(each, order, profiles)
        yield from _by_text(each, text)


def _by_type(triggers: Triggers, target: PageProfile | None) -> Iterator[Sign]:
    for each in target.structured_types if target else ():
        if each in triggers.types:
            yield Sign(Where.TYPE, each, each, is_strong=True)


def _shown(order: Order, target: PageProfile | None) -> dict[Where, str]:
    headlines = (target.title, target.description, target.h1, *target.h2) if target else ()
    return {
        Where.TARGET: "\n".join(each for each in headlines if each),
        Where.ADDRESS: _SEPARATORS.sub(" ", order.target_url.partition("://")[2]),
        Where.ANCHOR: order.anchor_text,
    }


def _by_words(triggers: Triggers, where: Where, shown: str) -> Iterator[Sign]:
    for phrases, is_strong in ((triggers.strong, True), (triggers.weak, False)):
        for phrase in _all(phrases):
            for match in found(shown, (phrase,))[:1]:
                yield Sign(where, match[0].lower(), phrase, is_strong)


def _by_address(triggers: Triggers, order: Order) -> Iterator[Sign]:
    """Look for strong words as addresses spell them, without rings and dots (`privatlan`)."""
    shown = _SEPARATORS.sub(" ", order.target_url)
    for phrase in _all(triggers.strong):
        plain = _plain(phrase)
        # Only single words: `lån online` would be any network game.
        if plain != phrase and " " not in phrase:
            for match in found(shown, (plain,))[:1]:
                yield Sign(Where.ADDRESS, match[0].lower(), phrase, is_strong=True)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("ø", "o").replace("æ", "ae"))
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _by_publisher(triggers: Triggers, order: Order, profiles: Profiles) -> Iterator[Sign]:
    for topic in triggers.topics:
        if topic in profiles.publisher.topics:
            yield Sign(Where.PUBLISHER, topic, topic, is_strong=False)
    name = _SEPARATORS.sub(" ", order.publisher_domain)
    for sign in _by_words(triggers, Where.PUBLISHER, name):
        yield Sign(sign.where, sign.word, sign.phrase, is_strong=False)


def _by_text(triggers: Triggers, text: str) -> Iterator[Sign]:
    needed = max(MENTIONS, words.count(text) / WORDS_PER_MENTION)
    for phrases, can_be_strong in ((triggers.strong, True), (triggers.weak, False)):
        mentions = [(each, found(text, (each,))) for each in _all(phrases)]
        total = sum(len(matches) for _, matches in mentions)
        is_strong = can_be_strong and total >= STRONG_MENTIONS
        for phrase, matches in mentions:
            if matches and (is_strong or len(matches) >= needed):
                yield Sign(Where.ARTICLE, matches[0][0].lower(), phrase, is_strong)


def _all(phrases: Phrases) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for listed in phrases.values() for each in listed))
