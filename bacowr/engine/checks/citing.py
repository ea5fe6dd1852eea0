"""What the links of an article lead to, held against the source ledger (domain 3.8)."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib import resources
from urllib.parse import urlsplit

from bacowr.engine import urls
from bacowr.engine.article.parsed import PlacedLink
from bacowr.engine.checks.subject import Subject
from bacowr.engine.policies.model import Packs
from bacowr.engine.ports import Source
from bacowr.engine.research.trust import Tier, tier_of
from bacowr.engine.rules.compliance import prescribed_urls

_LOOSE = re.compile(r"(?:https?:)?//[^\s<>\"'\[\]`|\\]+", re.IGNORECASE)
_TRAILING = ".,;:!?*_~"


class Standing(StrEnum):
    """What an address is to an article; `prescribed` is one that a policy pack wants linked."""

    DEAL = "deal"
    TARGET_SITE = "target_site"
    PUBLISHER = "publisher"
    SOURCE = "source"
    PRESCRIBED = "prescribed"
    DEAD = "dead"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Cited:
    """A link that is not the deal's, and what it leads to; `tier` is None off the trust list."""

    link: PlacedLink
    standing: Standing
    tier: Tier | None = None

    @property
    def is_approved(self) -> bool:
        """Tell whether the link leads to a read page of a third party on the trust list."""
        return self.standing is Standing.SOURCE and self.tier is not None


class Ledger:
    """The pages that were asked for, keyed so that an article's links are found among them."""

    def __init__(self, subject: Subject, packs: Packs | None = None) -> None:
        self._subject, self._packs = subject, packs
        self._target = compared(subject.order.target_url)
        self._target_site = urls.registrable(urls.host_of(subject.order.target_url))
        self._own_site = urls.registrable(subject.order.publisher_domain)

    @cached_property
    def _entries(self) -> dict[str, Source]:
        """Key the ledger by address; a page that was read wins over one that was not."""
        found: dict[str, Source] = {}
        for entry in self._subject.fetched.ledger:
            for url in (entry.url, entry.final_url):
                key = compared(url)
                if key and (key not in found or entry.usable):
                    found[key] = entry
        return found

    @cached_property
    def _prescribed(self) -> frozenset[str | None]:
        return frozenset(map(compared, prescribed_urls(self._subject, self._packs)))

    def entry(self, url: str) -> Source | None:
        """Find the ledger's line for an address."""
        return self._entries.get(compared(url) or "")

    def standing(self, url: str) -> Standing:
        """Tell what an address is; whatever is no plain web address is outside of everything."""
        key, entry = compared(url), self.entry(url)
        site = urls.registrable(urls.host_of(url))
        if key is None:
            return Standing.OUTSIDE
        if site == self._target_site:
            return Standing.DEAL if key == self._target else Standing.TARGET_SITE
        if entry is not None and entry.usable:
            return Standing.PUBLISHER if site == self._own_site else Standing.SOURCE
        if key in self._prescribed:
            return Standing.PRESCRIBED
        return Standing.OUTSIDE if entry is None else Standing.DEAD


def cited(subject: Subject, packs: Packs | None = None) -> tuple[Cited, ...]:
    """List every link of the article but the deal's, in their order."""
    ledger = Ledger(subject, packs)
    found = []
    for link in subject.other_links:
        standing, entry = ledger.standing(link.url), ledger.entry(link.url)
        tier = tier_of(entry.final_url) if entry and standing is Standing.SOURCE else None
        found.append(Cited(link, standing, tier))
    return tuple(found)


def compared(url: str) -> str | None:
    """Spell a web address for comparing; None for what is not one."""
    try:
        if urlsplit(url.strip()).scheme.lower() not in {"http", "https"}:
            return None
        return urls.comparable(url)
    except ValueError:
        return None


def loose_urls(subject: Subject) -> Iterator[tuple[str, tuple[int, int]]]:
    """Find addresses that stand in the Markdown otherwise than as a link: bare, raw HTML, images.

    An export or an editor may make each of them a link.
    """
    linked = {each.url for each in subject.parsed.links}
    keys = {compared(each) for each in linked}
    for match in _LOOSE.finditer(subject.article.markdown):
        url = _trimmed(match[0])
        if url not in linked and (compared(url) or url) not in keys:
            yield url, (match.start(), match.start() + len(url))


def _trimmed(url: str) -> str:
    """Cut what belongs to the sentence or the Markdown around an address."""
    depth = 0
    for place, character in enumerate(url):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            url = url[:place]
            break
    return url.rstrip(_TRAILING)


@cache
def context_only() -> frozenset[str]:
    """Give the sites that may be linked for context and never count as a source."""
    file = resources.files("bacowr.engine.data") / "context_sources.toml"
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return frozenset((*data["encyclopedias"], *data["user_generated"]))
