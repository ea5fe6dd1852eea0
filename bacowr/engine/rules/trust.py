"""Trust: what the other links lead to, and whether it was really read (domain 3.8, 3.10)."""

from collections.abc import Iterator
from functools import partial

from bacowr.engine import urls
from bacowr.engine.article.parsed import PlacedLink
from bacowr.engine.checks.citing import (
    Cited,
    Ledger,
    Standing,
    cited,
    context_only,
    loose_urls,
)
from bacowr.engine.checks.faults import Fault, counted, judged, place
from bacowr.engine.checks.model import Check, CheckName, Evidence, Fact, Finding, Place, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import points, thresholds
from bacowr.engine.policies.model import Packs
from bacowr.engine.research.bridge import BridgeType
from bacowr.engine.research.trust import Tier
from bacowr.engine.rules.competitor import competitors

NAME = CheckName.TRUST

_finding = partial(Finding, NAME)
_REFUSED = {
    Standing.OUTSIDE: ("outside_ledger", "A link leads to a page that was never read: {url}"),
    Standing.DEAD: ("dead_source", "A link leads to a page that could not be read: {url}"),
    Standing.TARGET_SITE: (
        "target_site",
        "A second page of the target's site is linked; it is no source: {url}",
    ),
}


def check(subject: Subject, packs: Packs | None = None) -> Check:
    """Check every link but the deal's against the ledger, and count the approved sources.

    An address that a policy pack wants linked need not have been read.
    """
    links = cited(subject, packs)
    sites = approved_sites(subject, links)
    faults = [
        *_refused(links),
        *_loose(subject, packs),
        *_missing(subject, sites),
        *_too_few(subject, sites),
        *_by_profile(subject, links),
    ]
    return judged(NAME, faults, _facts(links, sites))


def approved_sites(subject: Subject, links: tuple[Cited, ...]) -> dict[str, Tier]:
    """Give the approved sources by registrable domain: one site counts once."""
    excluded = competitors(subject) | context_only()
    found: dict[str, Tier] = {}
    for each in links:
        site = urls.registrable(urls.host_of(each.link.url))
        if each.is_approved and each.tier and site not in excluded:
            found[site] = min(each.tier, found.get(site, each.tier))
    return found


def _refused(links: tuple[Cited, ...]) -> Iterator[Fault]:
    for each in links:
        if each.standing in _REFUSED:
            yield _refusal(each.standing, each.link.url, place(each.link.span), each.link)


def _refusal(standing: Standing, url: str, at: Place, link: PlacedLink | None = None) -> Fault:
    code, message = _REFUSED[standing]
    return Fault(
        _finding(
            code,
            QcStatus.BLOCKED,
            message.format(url=url),
            at,
            Evidence(link.link.text if link else "", url),
            "Link a page that was read, or take the link away.",
            fixable=link is not None and standing is not Standing.TARGET_SITE,
        )
    )


def _loose(subject: Subject, packs: Packs | None) -> Iterator[Fault]:
    ledger = Ledger(subject, packs)
    for url, span in loose_urls(subject):
        standing = ledger.standing(url)
        if standing in _REFUSED:
            yield _refusal(standing, url, place(span))


def _missing(subject: Subject, sites: dict[str, Tier]) -> Iterator[Fault]:
    if not sites:
        message = "No approved source is linked."
        suggestion = _readable(subject)
        finding = _finding(
            "no_approved_source",
            QcStatus.NEEDS_SIGNOFF,
            message,
            suggestion=suggestion,
            fixable=True,
        )
        yield Fault(finding, points(NAME, "none"))
        return
    if Tier.AUTHORITY not in sites.values():
        message = "No public authority or standards body is linked."
        yield Fault(
            _finding("no_authority", QcStatus.PASS, message, fixable=True),
            points(NAME, "no_authority"),
        )
    if len(sites) < thresholds().sources.enough:
        message = f"{counted(len(sites), 'approved source')} is linked; two are wanted."
        yield Fault(
            _finding("few_sources", QcStatus.PASS, message, fixable=True), points(NAME, "few")
        )


def _readable(subject: Subject) -> str:
    pages = [each.title or each.url for each in subject.fetched.trust]
    if pages:
        return f"These were read and may be linked: {'; '.join(pages)}."
    return "No page of a trust source was read for this order."


def _too_few(subject: Subject, sites: dict[str, Tier]) -> Iterator[Fault]:
    """Hold the number of sources against what the bridge needs (domain 3.7)."""
    rules, bridge = thresholds().sources, subject.intents.bridge.type
    wanted = {
        BridgeType.STRONG: rules.strong,
        BridgeType.PIVOT: rules.pivot,
        BridgeType.WRAPPER: rules.wrapper,
    }[bridge]
    fitting = [
        each for each in sites.values() if bridge is not BridgeType.STRONG or each is not Tier.MEDIA
    ]
    if sites and len(fitting) < wanted:
        message = f"A {bridge} bridge wants {counted(wanted, 'source')}; {len(fitting)} is linked."
        yield Fault(_finding("few_for_bridge", QcStatus.WARNING, message, fixable=True))


def _by_profile(subject: Subject, links: tuple[Cited, ...]) -> Iterator[Fault]:
    rules = thresholds().profiles[subject.order.writing_profile]
    approved = [each for each in links if each.is_approved]
    if approved and len(approved) > rules.trust_links.most:
        message = f"{len(approved)} trust links are set; {rules.trust_links.most} is the most."
        at = place(approved[-1].link.span)
        yield Fault(_finding("many_trust_links", QcStatus.WARNING, message, at, decidable=True))
    target = subject.target_links[:1]
    for each in approved:
        if rules.trust_before_link and target and each.link.span > target[0].span:
            message = "A source is linked after the link to the target; before it is wanted."
            evidence = Evidence(each.link.link.text, each.link.url)
            at = place(each.link.span)
            yield Fault(
                _finding(
                    "trust_after_link", QcStatus.WARNING, message, at, evidence, decidable=True
                )
            )


def _facts(links: tuple[Cited, ...], sites: dict[str, Tier]) -> Iterator[Fact]:
    named = ", ".join(f"{site} ({tier})" for site, tier in sites.items())
    wanted = thresholds().sources.enough
    said = f"{len(sites)}: {named}" if sites else "0"
    yield Fact("Approved sources", said, f"{wanted} or more", len(sites) >= wanted)
    context = [each for each in links if each.standing is Standing.SOURCE and not each.is_approved]
    if context:
        yield Fact("Other pages linked for context", str(len(context)))
