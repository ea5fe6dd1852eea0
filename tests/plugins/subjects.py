"""A good article in Swedish and in English, with everything that the checks read beside it.

Built by the engine's own functions from small pages, so that no test holds a state that no order
could reach. A test changes one thing with `dataclasses.replace` or the arguments.
"""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bacowr.engine.article.model import Article
from bacowr.engine.checks.subject import Subject
from bacowr.engine.order import AnchorType, Order, Vertical
from bacowr.engine.page.profile import profile
from bacowr.engine.page.reading import Reading, read
from bacowr.engine.ports import (
    Fault,
    NoResults,
    Page,
    Query,
    Role,
    SearchHit,
    SearchResults,
    Source,
)
from bacowr.engine.publisher.profile import publisher_profile
from bacowr.engine.record import Fetched, Intents, Profiles, Serp
from bacowr.engine.research.anchors import alternatives, classified
from bacowr.engine.research.bridge import Bridge, BridgeType, bridge
from bacowr.engine.research.intent import (
    Intent,
    IntentAlignment,
    alignment,
    publisher_intent,
    target_intent,
)
from bacowr.engine.research.queries import QueryPlan
from bacowr.engine.research.serp import findings
from bacowr.engine.research.topics import shared_terms, topics_of
from bacowr.engine.terms import DealType, Rel

ARTICLES = Path(__file__).parents[1] / "data" / "articles"
MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

_PAGES: dict[str, Any] = tomllib.loads((ARTICLES / "pages.toml").read_text(encoding="utf-8"))


def markdown(language: str = "sv") -> str:
    """Give the good article of a language."""
    return (ARTICLES / f"{language}.md").read_text(encoding="utf-8")


def subject(
    language: str = "sv",
    text: str | None = None,
    *,
    searched: bool = True,
    bridge_type: BridgeType = BridgeType.STRONG,
    **order: object,
) -> Subject:
    """Build the subject around a text, the good one unless another is given."""
    pages = _PAGES[language]
    ordered = _order(pages, language, order)
    fetched = _fetched(language)
    profiles = _profiles(ordered, fetched, language)
    serp = Serp(
        QueryPlan(Query(pages["query"], language, "se"), (), ()),
        findings([_results(pages, language, searched=searched)]),
    )
    aligned = alignment(
        profiles.anchor.intent,
        target_intent(profiles.target),
        publisher_intent(profiles.publisher.tone),
        serp.findings.dominant,
        serp.findings.confidence,
    )
    if searched:
        aligned = alignment(Intent.INFO, Intent.INFO, Intent.INFO, Intent.INFO, aligned.confidence)
    return Subject(
        article=Article(
            markdown=markdown(language) if text is None else text,
            language=language,
            country=ordered.country,
            anchor_text=ordered.anchor_text,
            target_url=ordered.target_url,
            terms=ordered.terms,
            model="canned",
        ),
        order=ordered,
        fetched=fetched,
        profiles=profiles,
        serp=serp,
        intents=Intents(aligned, _bridge(aligned, profiles, bridge_type), None),
        at=MOMENT,
    )


def with_text(given: Subject, text: str, **about: object) -> Subject:
    """Give the subject another text, and other fields of the article."""
    return replace(given, article=replace(given.article, markdown=text, **about))  # type: ignore[arg-type]


def changed(given: Subject, old: str, new: str) -> Subject:
    """Change one piece of the text; it must be there."""
    assert old in given.article.markdown
    return with_text(given, given.article.markdown.replace(old, new, 1))


def with_alignment(given: Subject, *sides: Intent, bridge_type: BridgeType) -> Subject:
    """Set the intents of anchor, target, publisher and search."""
    anchor, target, publisher, search = sides
    aligned = alignment(anchor, target, publisher, search, given.serp.findings.confidence)
    joined = replace(given.intents.bridge, type=bridge_type)
    return replace(given, intents=replace(given.intents, alignment=aligned, bridge=joined))


def _order(pages: dict[str, Any], language: str, fields: dict[str, object]) -> Order:
    blank = Order(
        publisher_domain=pages["home"]["url"].split("/")[2],
        target_url=pages["target"]["url"],
        anchor_text=pages["anchor"],
        language=language,
        country="se" if language == "sv" else "gb",
        deal_type=DealType.PAID,
        agreed_rel=Rel.SPONSORED,
        advertiser="Pumphuset AB",
        anchor_type=AnchorType.PARTIAL,
        vertical=Vertical.NONE,
    )
    return replace(blank, **fields)  # type: ignore[arg-type]


@cache
def _fetched(language: str) -> Fetched:
    pages = _PAGES[language]
    target = _reading(pages["target"], Role.TARGET)
    home = _reading(pages["home"], Role.HOME)
    trust = tuple(_reading(each, Role.TRUST) for each in pages["trust"])
    dead = Source(
        pages["dead"], pages["dead"], MOMENT.isoformat(), 404, fault=Fault.STATUS, role=Role.TRUST
    )
    readings = (target, home, *trust)
    return Fetched(target, (home,), (), trust, (*(each.source for each in readings), dead), None)


def _reading(page: dict[str, str], role: Role) -> Reading:
    url = page["url"]
    return read(Page(Source(url, url, MOMENT.isoformat(), status=200, role=role), page["html"]))


def _profiles(order: Order, fetched: Fetched, language: str) -> Profiles:
    assert fetched.target
    target = profile(fetched.target)
    anchor = classified(order.anchor_text, order.target_url, target, order.anchor_type)
    return Profiles(
        target=target,
        target_topics=topics_of([fetched.target]),
        publisher=publisher_profile(order.publisher_domain, fetched.front, fetched.articles),
        anchor=anchor,
        alternatives=alternatives(anchor, order.target_url, target, language),
        shared_terms=shared_terms(fetched.target, fetched.publisher),
        language=language,
        language_is_guess=False,
    )


def _results(pages: dict[str, Any], language: str, *, searched: bool) -> SearchResults:
    query = Query(pages["query"], language, "se")
    if not searched:
        return SearchResults(query, None, NoResults.NOT_CONNECTED)
    hits = enumerate(pages["hits"], start=1)
    return SearchResults(query, tuple(SearchHit(rank, *each) for rank, each in hits))


def _bridge(aligned: IntentAlignment, profiles: Profiles, kind: BridgeType) -> Bridge:
    found = bridge(aligned, profiles.publisher.topics, profiles.target_topics)
    return replace(found, type=kind, site_reputation_warning=kind is BridgeType.WRAPPER)
