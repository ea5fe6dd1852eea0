"""Third parties whose word can support a claim (domain 3.8)."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from bacowr.engine import urls
from bacowr.engine.order import Order
from bacowr.engine.page.reading import Reading


class Tier(StrEnum):
    """What kind of authority a source is."""

    AUTHORITY = "T1"
    ACADEMIC = "T2"
    INDUSTRY = "T3"
    MEDIA = "T4"


@dataclass(frozen=True)
class TrustCandidate:
    """A page that was really fetched on a site of the trust list."""

    url: str
    title: str | None
    tier: Tier
    fetched_at: str


_DATA = tomllib.loads(
    (resources.files("bacowr.engine.data") / "trust.toml").read_text(encoding="utf-8")
)
_TIERS: dict[str, Tier] = {
    domain: Tier(each["tier"]) for each in _DATA["seeds"] for domain in each["domains"]
}
_VALUES: dict[str, int] = {
    domain: value for each in _DATA["seeds"] for domain, value in each["domains"].items()
}


def tier_of(url: str) -> Tier | None:
    """Give the tier of a page's registrable domain; None when it is on no list.

    Only the exact domain counts: `cdn.se` is not `dn.se`.
    """
    return _TIERS.get(urls.registrable(urls.host_of(url)))


def trust_links(readings: Iterable[Reading], order: Order) -> list[str]:
    """List links on pages that lead to sites of the trust list, the best-valued first.

    The target's and the publisher's own sites never count.
    """
    own = {
        urls.registrable(order.publisher_domain),
        urls.registrable(urls.host_of(order.target_url)),
    }
    found: dict[str, int] = {}
    for reading in readings:
        for link in reading.links:
            domain = urls.registrable(urls.host_of(link.url))
            if domain in _VALUES and domain not in own:
                found.setdefault(link.url, _VALUES[domain])
    return sorted(found, key=lambda url: -found[url])


def candidates(readings: Iterable[Reading]) -> tuple[TrustCandidate, ...]:
    """Turn read pages into candidates, highest tier first."""
    listed = [
        TrustCandidate(each.url, each.title, tier, each.source.fetched_at)
        for each in readings
        if (tier := tier_of(each.url))
    ]
    return tuple(sorted(listed, key=lambda each: each.tier))
