"""How a text is built, apart from its words: what gives away texts made by one mold (domain 8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from bacowr.engine import urls
from bacowr.engine.article.parsed import Block, Parsed, TextLink
from bacowr.engine.originality.limits import limits
from bacowr.engine.text.lexicon import lexicon
from bacowr.engine.text.stems import stem
from bacowr.engine.text.words import WORD, lowered


class Trait(StrEnum):
    """What two texts have in common."""

    HEADINGS = "headings"
    OPENING = "opening"
    SKELETON = "skeleton"
    DOMAINS = "domains"


@dataclass(frozen=True)
class Build:
    """What is compared of a text's build.

    `skeletons` are the sentences around links with all but the function words left out; `domains`
    are the sites it links to, the target's left out.
    """

    headings: tuple[frozenset[str], ...]
    opening: tuple[str, ...]
    skeletons: frozenset[str]
    domains: frozenset[str]


@dataclass(frozen=True)
class Likeness:
    """One trait that two texts share; `share` is measured for headings only."""

    trait: Trait
    what: str
    share: float | None = None


def build(parsed: Parsed, language: str | None, target_url: str | None = None) -> Build:
    """Take a text's build; links to the target's site are no outbound links."""
    target = urls.registrable(urls.host_of(target_url)) if target_url else None
    hosts = (urls.host_of(each.url) for each in parsed.links)
    domains = frozenset(urls.registrable(each) for each in hosts if each) - {target}
    words = lowered(parsed.body[0].text) if parsed.body else []
    return Build(
        headings=tuple(
            frozenset(stem(word, language) for word in lowered(each.text))
            for each in parsed.headings
            if each.level > 1
        ),
        opening=tuple(words[: limits().opening_words]),
        skeletons=frozenset(_skeletons(parsed, language)),
        domains=domains,
    )


def likenesses(one: Build, other: Build) -> tuple[Likeness, ...]:
    """List the traits that two texts share."""
    return tuple(_likenesses(one, other))


def _likenesses(one: Build, other: Build) -> Iterator[Likeness]:
    rules = limits()
    share = _headings_alike(one, other)
    if share >= rules.headings_alike:
        yield Likeness(Trait.HEADINGS, f"{share:.0%} of the headings, in one order", share)
    if one.opening == other.opening and len(one.opening) == rules.opening_words:
        yield Likeness(Trait.OPENING, " ".join(one.opening))
    if skeletons := one.skeletons & other.skeletons:
        yield Likeness(Trait.SKELETON, min(skeletons))
    if one.domains == other.domains and len(one.domains) >= rules.fewest_domains:
        yield Likeness(Trait.DOMAINS, ", ".join(sorted(one.domains)))


def _headings_alike(one: Build, other: Build) -> float:
    if min(len(one.headings), len(other.headings)) < limits().fewest_headings:
        return 0.0
    return SequenceMatcher(None, one.headings, other.headings, autojunk=False).ratio()


def _skeletons(parsed: Parsed, language: str | None) -> Iterator[str]:
    for block in parsed.body:
        for link in block.links:
            skeleton = _skeleton(block, link, language)
            if skeleton is not None:
                yield skeleton


def _skeleton(block: Block, link: TextLink, language: str | None) -> str | None:
    """Leave the function words of the sentence around a link: `när du * [link] är det *`."""
    around = next((each for each in block.sentences if each.start <= link.start < each.end), None)
    if around is None:
        return None
    stop, kept, count = lexicon(language).stop, list[str](), 0
    for match in WORD.finditer(block.text, around.start, around.end):
        if link.start <= match.start() < link.end:
            piece = "[link]"
        else:
            count += 1
            piece = match[0].lower() if match[0].lower() in stop else "*"
        if not kept or kept[-1] != piece:
            kept.append(piece)
    words = [each for each in kept if each not in {"*", "[link]"}]
    is_telling = count >= limits().skeleton_words and 2 * len(words) >= limits().skeleton_words
    return " ".join(kept) if is_telling else None
