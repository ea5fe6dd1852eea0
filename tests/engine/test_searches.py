"""Searches, what their results say, and trust."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from bacowr.engine.order import Order
from bacowr.engine.page.profile import profile
from bacowr.engine.page.reading import Reading
from bacowr.engine.ports import NoResults, Query, SearchHit, SearchResults
from bacowr.engine.research import queries, serp, trust
from bacowr.engine.research.intent import (
    Alignment,
    Confidence,
    Intent,
    aligned,
)

Read = Callable[..., Reading]


def test_searches_are_one_main_and_two_to_four_neighbors(reading: Read) -> None:
    target = profile(
        reading(
            "<title>Guide till Takpannor | Site</title><h1>Takpannor i Betong</h1><h2>Frost</h2>"
        )
    )
    plan = queries.plan(target, Intent.INFO, "sv", "se")
    assert plan.main == Query("Guide till Takpannor", "sv", "se")
    assert 2 <= len(plan.cluster) <= 4
    assert plan.cluster[0].text == "vad är takpannor"
    assert len(plan.reasons) == 1 + len(plan.cluster)


@pytest.mark.parametrize(
    ("intent", "language", "first"),
    [
        (Intent.COMMERCIAL, "sv", "bästa takpannor"),
        (Intent.TRANSACTIONAL, "en", "buy takpannor"),
        (Intent.SUPPORT, "de", "help with takpannor"),
    ],
)
def test_neighbors_are_worded_for_intent_and_language(
    reading: Read, intent: Intent, language: str, first: str
) -> None:
    plan = queries.plan(profile(reading("<title>Takpannor</title>")), intent, language, "se")
    assert plan.cluster[0].text == first


def test_of_an_unread_or_untitled_target_nothing_is_searched(reading: Read) -> None:
    assert queries.plan(None, Intent.INFO, "sv", "se").main is None
    assert queries.plan(profile(reading("<p>x</p>")), Intent.INFO, "sv", "se").main is None


def test_a_target_with_neither_title_nor_h1_is_searched_by_what_else_it_shows(
    reading: Read,
) -> None:
    bare = profile(reading("<title>Butiken</title>"))
    named = replace(bare, candidate_queries=(), entities=("Anna",), topics=("tak",), title=None)
    assert queries.plan(named, Intent.INFO, "sv", "se").main == Query("Anna tak", "sv", "se")


def hit(rank: int, title: str, snippet: str = "") -> SearchHit:
    return SearchHit(rank, f"https://site{rank}.example/", title, snippet)


def results(text: str, *titles: str) -> SearchResults:
    hits = tuple(hit(rank, title) for rank, title in enumerate(titles, start=1))
    return SearchResults(Query(text, "sv", "se"), hits)


def test_the_first_results_weigh_most() -> None:
    found = [hit(1, "Köp takpannor"), hit(2, "Så lägger du tak"), hit(9, "Hjälp")]
    assert serp.page_intent(found) == (Intent.TRANSACTIONAL, (Intent.INFO,))
    assert serp.page_intent([hit(1, "Tak")]) == (Intent.MIXED, ())
    assert serp.page_intent([hit(1, "Tak", "köp")])[0] is Intent.TRANSACTIONAL


def test_sets_are_taken_together_with_the_main_query_twice() -> None:
    found = serp.findings(
        [
            results("tak", *["Guide till frost på tak"] * 10),
            results("takpannor", *["Köp tak: frost på tak"] * 10),
        ]
    )
    assert found.fetched
    assert found.dominant is Intent.INFO
    assert found.confidence is Confidence.HIGH
    assert "frost" in found.required_subtopics


@pytest.mark.parametrize(
    ("counts", "confidence"), [((3, 3), "low"), ((6, 6), "medium"), ((10, 10), "high")]
)
def test_few_results_are_little_to_go_by(counts: tuple[int, ...], confidence: str) -> None:
    found = serp.findings([results("tak", *["Guide"] * count) for count in counts])
    assert found.confidence == confidence


def test_disagreement_lowers_confidence() -> None:
    sets = [
        results("a", *["Guide"] * 10),
        results("b", *["Köp"] * 10),
        results("c", *["Hjälp"] * 10),
    ]
    assert serp.findings(sets).confidence is Confidence.MEDIUM


def test_what_was_not_fetched_is_not_guessed() -> None:
    query = Query("tak", "sv", "se")
    found = serp.findings([SearchResults(query, None, NoResults.NOT_CONNECTED)])
    assert not found.fetched
    assert found.dominant is Intent.UNKNOWN
    assert found.reason is NoResults.NOT_CONNECTED
    assert serp.findings([]).reason is NoResults.NOTHING_TO_ASK


@pytest.mark.parametrize(
    ("url", "tier"),
    [
        ("https://www.konsumentverket.se/x", trust.Tier.AUTHORITY),
        ("https://www.dn.se/", trust.Tier.MEDIA),
        ("https://www.cdn.se/", None),
        ("https://dn.se.evil.com/", None),
        ("https://ki.se/", trust.Tier.ACADEMIC),
    ],
)
def test_only_the_exact_domain_is_trusted(url: str, tier: trust.Tier | None) -> None:
    assert trust.tier_of(url) is tier


def test_trust_links_leave_out_both_sides_and_prefer_value(reading: Read) -> None:
    links = ["https://www.dn.se/a", "https://scb.se/b", "https://ki.se/c", "https://annan.se/"]
    pages = [reading("".join(f'<a href="{each}">x</a>' for each in links))]
    order = Order("ki.se", "https://annan.se/", "x")
    assert trust.trust_links(pages, order) == ["https://scb.se/b", "https://www.dn.se/a"]


def test_candidates_come_by_tier(reading: Read) -> None:
    pages = [
        reading("<title>A</title>", url)
        for url in ("https://dn.se/a", "https://scb.se/b", "https://annan.se/")
    ]
    assert [each.tier for each in trust.candidates(pages)] == ["T1", "T4"]


def test_every_pair_of_intents_is_judged() -> None:
    assert all(aligned(one, other) in Alignment for one, other in product(Intent, Intent))
