"""The passages that a writer may take facts from, numbered S1, S2 … by their source."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bacowr.engine import urls
from bacowr.engine.brief.model import Brief
from bacowr.engine.order import Order
from bacowr.engine.page.entities import content_words
from bacowr.engine.page.reading import Reading
from bacowr.engine.record import Fetched
from bacowr.engine.research.trust import Tier, tier_of
from bacowr.engine.text.lexicon import lexicon
from bacowr.engine.text.sentences import Sentence, sentences
from bacowr.engine.text.stems import stem

# Defaults: about 2,500 tokens in all, so that three calls stay near the estimate of domain 3.14.
MAX_SOURCES = 8
SOURCE_CHARACTERS = 1_400
ALL_CHARACTERS = 9_000
TARGET_CHARACTERS = 1_200
SENTENCE_WORDS = (5, 45)
KEPT_BONUS = 3

_NO_TIER = "T9"
_ENDED = re.compile(r"[.!?\u2026][\"'\u201d\u2019\u00bb)]*$")


@dataclass(frozen=True)
class Passage:
    """What one fetched page says about the subject; `key` is the number it is cited by."""

    key: str
    url: str
    title: str | None
    tier: Tier | None
    fetched_at: str
    sentences: tuple[str, ...]


def passages(order: Order, fetched: Fetched, brief: Brief) -> tuple[Passage, ...]:
    """Choose and number the citable passages: trusted sources first; the target is never one."""
    about, kept = _about(order, brief), _kept(brief)
    found: list[Passage] = []
    room = ALL_CHARACTERS
    for reading in _citable(order, fetched, about)[:MAX_SOURCES]:
        chosen = _chosen(reading, about, kept, min(SOURCE_CHARACTERS, room))
        if chosen:
            room -= sum(map(len, chosen))
            found.append(_passage(f"S{len(found) + 1}", reading, chosen))
    return tuple(found)


def of_target(order: Order, fetched: Fetched, brief: Brief) -> Passage | None:
    """Choose what the target page says, as background that is never cited."""
    if fetched.target is None:
        return None
    about, kept = _about(order, brief), _kept(brief)
    chosen = _chosen(fetched.target, about, kept, TARGET_CHARACTERS)
    return _passage("T", fetched.target, chosen)


def _citable(order: Order, fetched: Fetched, about: frozenset[str]) -> list[Reading]:
    """List trusted sources by tier, then the publisher's articles, else its front pages.

    Of equals the one comes first that says most about the subject. The target's site never counts.
    """
    target = urls.registrable(urls.host_of(order.target_url))

    def order_of(reading: Reading) -> tuple[str, int]:
        return tier_of(reading.url) or _NO_TIER, -len(_stems(reading.text) & about)

    listed = {each.url: each for each in (*fetched.trust, *fetched.articles)}
    listed = listed or {each.url: each for each in fetched.front}
    kept = (e for e in listed.values() if urls.registrable(urls.host_of(e.url)) != target)
    return sorted(kept, key=order_of)


def _passage(key: str, reading: Reading, chosen: tuple[str, ...]) -> Passage:
    source = reading.source
    tier = tier_of(reading.url)
    return Passage(key, reading.url, reading.title, tier, source.fetched_at, chosen)


def _about(order: Order, brief: Brief) -> frozenset[str]:
    """Give the stems of the words that the article is about."""
    topics = [brief.subject, order.anchor_text, *(each.topic for each in brief.outline)]
    terms = [term for place in brief.placements for term in place.terms]
    return _stems("\n".join((*topics, *terms)))


def _kept(brief: Brief) -> frozenset[str]:
    """Give the sentences that the brief keeps as facts or quotations."""
    return frozenset(
        (*(each.sentence for each in brief.facts), *(each.text for each in brief.quotes))
    )


def _chosen(
    reading: Reading, about: frozenset[str], kept: frozenset[str], room: int
) -> tuple[str, ...]:
    """Choose the sentences that say most about the subject, in the order of the page."""
    whole = _whole(sentences(reading.text))
    common = Counter(word for each in whole for word in _stems(each.text))

    def worth(sentence: Sentence) -> float:
        words = _stems(sentence.text)
        own = sum(common[each] > 1 for each in words) / (len(words) or 1)
        return len(words & about) + own + KEPT_BONUS * (sentence.text in kept)

    best: list[Sentence] = []
    for each in sorted(whole, key=lambda each: -worth(each)):
        if len(each.text) <= room:
            best.append(each)
            room -= len(each.text)
    return tuple(each.text for each in sorted(best, key=lambda each: each.start))


def _whole(found: Sequence[Sentence]) -> list[Sentence]:
    """List sentences of fit length; headings and list items only where there is nothing else."""
    least, most = SENTENCE_WORDS
    fit = [each for each in found if least <= each.words <= most]
    return [each for each in fit if _ENDED.search(each.text)] or fit


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, content_words(text, lexicon())))
