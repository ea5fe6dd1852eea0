"""Competitors: sites that sell in the same search results (domain 3.8, 3.10)."""

import re
from collections.abc import Iterator
from functools import lru_cache, partial

from bacowr.engine import urls
from bacowr.engine.article.parsed import Block
from bacowr.engine.checks.citing import context_only
from bacowr.engine.checks.context import terms
from bacowr.engine.checks.faults import place
from bacowr.engine.checks.model import (
    Check,
    CheckName,
    Evidence,
    Fact,
    Finding,
    QcStatus,
    plain,
    unmeasured,
)
from bacowr.engine.checks.subject import Subject
from bacowr.engine.ports import SearchHit
from bacowr.engine.research.intent import Intent
from bacowr.engine.research.serp import page_intent
from bacowr.engine.research.trust import tier_of
from bacowr.engine.text.stems import stem
from bacowr.engine.text.words import lowered

NAME = CheckName.COMPETITOR
MIN_NAME_LETTERS = 4
_SELLING = {Intent.TRANSACTIONAL, Intent.COMMERCIAL}

_finding = partial(Finding, NAME)


def check(subject: Subject) -> Check:
    """Block links to competitors and warn of their names; unmeasured without search results."""
    if not subject.serp.findings.fetched:
        return unmeasured(NAME, "Search results were not fetched, so no competitor is known.")
    sites = competitors(subject)
    listed = ", ".join(sorted(sites)) or "none"
    findings = [*_linked(subject, sites), *_mentioned(subject, sites)]
    return plain(NAME, findings, [Fact("Sites that sell in the search results", listed)])


def competitors(subject: Subject) -> frozenset[str]:
    """Give the registrable domains of results that sell, without the order's own and trust sites.

    A page sells when its title, address and snippet read as buying or comparing.
    """
    own = {
        urls.registrable(subject.order.publisher_domain),
        urls.registrable(urls.host_of(subject.order.target_url)),
    }
    found = {
        _site(hit)
        for each in subject.serp.findings.sets
        for hit in each.hits or ()
        if _sells(hit) and tier_of(hit.url) is None
    }
    return frozenset(found) - own - context_only() - {""}


@lru_cache(maxsize=512)
def _sells(hit: SearchHit) -> bool:
    return page_intent([hit])[0] in _SELLING


def _site(hit: SearchHit) -> str:
    return urls.registrable(urls.host_of(hit.url))


def _label(site: str) -> str:
    return site.partition(".")[0]


def _linked(subject: Subject, sites: frozenset[str]) -> Iterator[Finding]:
    for link in subject.other_links:
        site = urls.registrable(urls.host_of(link.url))
        if site in sites:
            yield _finding(
                "linked",
                QcStatus.BLOCKED,
                f"The text links to a competitor: {site}",
                place(link.span),
                Evidence(link.link.text, link.url),
                "Take the link away.",
            )


def _mentioned(subject: Subject, sites: frozenset[str]) -> Iterator[Finding]:
    language = subject.article.language
    subjects = (*terms(subject), subject.article.anchor_text)
    known = {stem(word, language) for each in subjects for word in lowered(each)}
    for site in sorted(sites):
        pattern = _name_pattern(site, is_subject=stem(_label(site), language) in known)
        for block in subject.parsed.blocks:
            for match in pattern.finditer(block.text):
                if _is_name(block, match):
                    yield _finding(
                        "mentioned",
                        QcStatus.WARNING,
                        f"The text names a competitor: {match[0]}",
                        place(block.at(*match.span())),
                        Evidence(match[0], f"https://{site}/"),
                        decidable=True,
                    )
                    break


@lru_cache(maxsize=512)
def _name_pattern(site: str, *, is_subject: bool) -> re.Pattern[str]:
    """Match a site's address, and its name unless that is a word of the subject."""
    label = _label(site)
    spelled = [re.escape(site)]
    if len(label) >= MIN_NAME_LETTERS and not is_subject:
        spelled.append("[ -]?".join(map(re.escape, label.split("-"))))
    return re.compile(rf"(?<![\w.@-])(?:{'|'.join(spelled)})(?![\w-])", re.IGNORECASE)


def _is_name(block: Block, match: re.Match[str]) -> bool:
    """Tell a name from a plain word: an address, or a capital that does not open a sentence."""
    if "." in match[0]:
        return True
    opens = any(each.start == match.start() for each in block.sentences)
    return match[0][0].isupper() and (not opens or match[0][1:] != match[0][1:].lower())
