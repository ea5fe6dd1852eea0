"""Whether a text cites the sources that its packs demand."""

from collections.abc import Iterable
from dataclasses import dataclass

from bacowr.engine import urls
from bacowr.engine.checks.model import QcStatus
from bacowr.engine.policies.model import MinSources, Pack, SourceCount
from bacowr.engine.research.trust import Tier, tier_of


@dataclass(frozen=True)
class Shortage:
    """Sources that a pack demands and the text does not cite."""

    pack: Pack
    wanted: str
    status: QcStatus


def cited_sites(cited: Iterable[str], read: Iterable[str]) -> dict[str, Tier]:
    """Give the tier of every approved site that is cited and was really read."""
    known = {urls.comparable(each) for each in read}
    sites: dict[str, Tier] = {}
    for url in cited:
        tier = tier_of(url)
        if tier is not None and _comparable(url) in known:
            sites[urls.registrable(urls.host_of(url))] = tier
    return sites


def shortages(packs: Iterable[Pack], sites: dict[str, Tier]) -> tuple[Shortage, ...]:
    """List the packs whose demand on sources is not met."""
    return tuple(
        Shortage(pack, wanted(pack.min_sources), pack.min_sources.status)
        for pack in packs
        if pack.min_sources and not _is_met(pack.min_sources, sites)
    )


def wanted(rule: MinSources) -> str:
    """Say how many sources of which tier are enough."""
    return ", or ".join(_count(each) for each in rule.any_of)


def _count(count: SourceCount) -> str:
    return f"{count.least} of tier {' or '.join(each.value for each in count.tiers)}"


def _is_met(rule: MinSources, sites: dict[str, Tier]) -> bool:
    tiers = list(sites.values())
    return any(sum(tier in each.tiers for tier in tiers) >= each.least for each in rule.any_of)


def _comparable(url: str) -> str | None:
    try:
        return urls.comparable(url)
    except ValueError:
        return None
