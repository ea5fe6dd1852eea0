"""Publisher, intents, bridge, searches and trust."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine import markets
from bacowr.engine.order import Order
from bacowr.engine.page.profile import profile
from bacowr.engine.page.reading import Reading
from bacowr.engine.ports import NoResults, Query, SearchHit, SearchResults
from bacowr.engine.publisher.profile import publisher_profile
from bacowr.engine.publisher.style import Address, TitleShape, house_style, title_shape
from bacowr.engine.publisher.tone import Commerciality, ToneClass
from bacowr.engine.research import queries, serp, trust
from bacowr.engine.research.bridge import Basis, BridgeType, bridge, topic_overlap
from bacowr.engine.research.intent import (
    Alignment,
    Confidence,
    Intent,
    IntentAlignment,
    aligned,
    alignment,
    publisher_intent,
    target_intent,
)
from bacowr.engine.research.topics import shared_terms, terms_of, topics_of

Read = Callable[..., Reading]
KNOWN = [each for each in Intent if each is not Intent.UNKNOWN]


def page(title: str, body: str = "", lang: str = "sv") -> str:
    return f'<html lang="{lang}"><title>{title}</title><main><p>{body}</p></main></html>'


@pytest.mark.parametrize(
    ("domain", "title", "tone"),
    [
        ("kth.edu", "Start", ToneClass.ACADEMIC),
        ("www.ox.ac.uk", "Home", ToneClass.ACADEMIC),
        ("site.se", "Uppsala universitet", ToneClass.ACADEMIC),
        ("irs.gov", "Home", ToneClass.AUTHORITY_PUBLIC),
        ("site.se", "Malmö kommun", ToneClass.AUTHORITY_PUBLIC),
        ("site.se", "Tips och guider", ToneClass.CONSUMER_MAGAZINE),
        ("site.se", "Anders blogg", ToneClass.HOBBY_BLOG),
        ("site.se", "Start", ToneClass.UNKNOWN),
    ],
)
def test_the_first_trigger_gives_the_tone(
    reading: Read, domain: str, title: str, tone: ToneClass
) -> None:
    assert publisher_profile(domain, [reading(page(title))], []).tone is tone


def test_a_text_in_the_first_person_is_a_blog(reading: Read) -> None:
    article = reading(page("Taket", "Jag bytte taket. Min granne hjälpte mig. " * 10))
    assert publisher_profile("site.se", [reading(page("Start"))], [article]).tone is (
        ToneClass.HOBBY_BLOG
    )


def test_authority_words_in_an_article_make_no_authority(reading: Read) -> None:
    article = reading(page("Kommunen byggde om", "Kommunen byggde om skolan. " * 10))
    assert publisher_profile("site.se", [reading(page("Start"))], [article]).tone is (
        ToneClass.UNKNOWN
    )


def test_ad_words_make_a_publisher_commercial_and_academia_never_is(reading: Read) -> None:
    front = reading(page("Start", "Innehåller annonslänkar och reklam. " * 3))
    assert publisher_profile("site.se", [front], []).commerciality is Commerciality.HIGH
    assert publisher_profile("site.edu", [front], []).commerciality is Commerciality.LOW
    plain = reading(page("Start"))
    assert publisher_profile("site.se", [plain], []).commerciality is Commerciality.MEDIUM


def test_of_an_unread_publisher_nothing_is_assumed() -> None:
    found = publisher_profile("tidning.se", [], [])
    assert not found.available
    assert (found.language, found.language_is_guess) == ("sv", True)
    assert found.tone is ToneClass.UNKNOWN
    assert found.commerciality is None
    assert found.topics == {}
    assert found.style is None


@pytest.mark.parametrize(
    ("domain", "code"), [("a.se", "sv"), ("a.nu", "sv"), ("a.fi", "fi"), ("a.com", "en")]
)
def test_a_language_is_guessed_from_the_top_level_domain(domain: str, code: str) -> None:
    assert markets.guessed_language(domain) == code


def test_the_language_is_that_of_most_pages(reading: Read) -> None:
    pages = [reading(page("a", lang=each)) for each in ("en", "sv", "sv")]
    found = publisher_profile("site.com", pages, [])
    assert (found.language, found.language_is_guess) == ("sv", False)


def test_topics_need_several_words_and_a_share(reading: Read) -> None:
    house = reading(page("Huset", "Huset har värmepump, nytt tak och isolering. " * 5))
    assert list(topics_of([house])) == ["housing"]
    assert topics_of([reading(page("Huset", "Huset."))]) == {}
    assert topics_of([]) == {}


def test_terms_are_ordered_by_weight_and_shared_ones_by_the_target(reading: Read) -> None:
    target = reading(
        page("Takpannor", "Takpannor håller länge. Takpannor av betong. Betong. Skruv.")
    )
    other = reading(page("Hus", "Ett hus med takpannor."))
    assert terms_of([target])[:2] == ("takpannor", "betong")
    assert "skruv" not in terms_of([target])
    assert shared_terms(target, [other]) == ("takpannor",)


@pytest.mark.parametrize(
    ("title", "shape"),
    [
        ("Vad kostar ett tak?", TitleShape.QUESTION),
        ("Så byter du tak", TitleShape.HOW),
        ("How to mend a roof | Site", TitleShape.HOW),
        ("Fem tak vi minns", TitleShape.NUMBER),
        ("10 roofs", TitleShape.NUMBER),
        ("Stora guiden till tak", TitleShape.GUIDE),
        ("Tak: allt om plåt", TitleShape.COLON),
        ("Taket läcker", TitleShape.PLAIN),
    ],
)
def test_a_title_has_a_shape(title: str, shape: TitleShape) -> None:
    assert title_shape(title) is shape


def test_the_house_style_is_measured_on_articles(reading: Read) -> None:
    one = reading(page("Så gör du", "Du tar din hammare. Du slår. " * 10))
    two = reading(page("Så målar du", "Ni målar era väggar långsamt. " * 2))
    style = house_style([one, two])
    assert style is not None
    assert style.articles == 2
    assert style.address is Address.DU
    assert style.title_patterns[0].shape is TitleShape.HOW
    assert style.title_patterns[0].count == 2
    assert style.lix_low is not None
    assert style.lix_high is not None
    assert style.lix_low < style.lix_high
    assert house_style([]) is None


@pytest.mark.parametrize(("body", "address"), [("Ni tar er hammare. ", "ni"), ("Taket. ", "none")])
def test_the_reader_is_addressed_as_most_often(reading: Read, body: str, address: str) -> None:
    style = house_style([reading(page("Taket", body * 9))])
    assert style is not None
    assert style.address == address


MATRIX = {
    "info": "A P off off P P P",
    "comm": "P A P off off off P",
    "trans": "off P A off off off P",
    "navig": "off off off A off off P",
    "support": "P off off off A off P",
    "local": "P off off off off A P",
    "mixed": "P P P P P P P",
}
MARKS = {"A": Alignment.ALIGNED, "P": Alignment.PARTIAL, "off": Alignment.OFF}


def test_intents_align_as_the_matrix_says() -> None:
    for one, row in zip(KNOWN, MATRIX.values(), strict=True):
        for other, mark in zip(KNOWN, row.split(), strict=True):
            assert aligned(one, other) is MARKS[mark], (one, other)


@given(st.sampled_from(Intent), st.sampled_from(Intent))
def test_alignment_is_the_same_from_both_sides(one: Intent, other: Intent) -> None:
    assert aligned(one, other) is aligned(other, one)


def test_without_search_results_everything_is_unknown() -> None:
    found = alignment(
        Intent.INFO, Intent.TRANSACTIONAL, Intent.INFO, Intent.UNKNOWN, Confidence.LOW
    )
    assert found.overall is Alignment.UNKNOWN
    assert found.confidence is Confidence.LOW
    assert not found.all_off


@pytest.mark.parametrize(
    ("sides", "serp_intent", "overall", "confidence", "all_off"),
    [
        (("info_primary",) * 3, "info_primary", "aligned", "high", False),
        (
            ("info_primary", "commercial_research", "unknown"),
            "info_primary",
            "partial",
            "medium",
            False,
        ),
        (("info_primary", "transactional", "unknown"), "info_primary", "off", "low", False),
        (("transactional",) * 3, "info_primary", "off", "low", True),
    ],
)
def test_the_worst_known_side_decides(
    sides: tuple[str, str, str],
    serp_intent: str,
    overall: str,
    confidence: str,
    *,
    all_off: bool,
) -> None:
    anchor, target, publisher = map(Intent, sides)
    found = alignment(anchor, target, publisher, Intent(serp_intent), Confidence.HIGH)
    assert (found.overall, found.confidence, found.all_off) == (overall, confidence, all_off)


@pytest.mark.parametrize(
    ("html", "intent"),
    [
        (
            '<script type="application/ld+json">{"@type":"Product","price":1}</script>',
            Intent.TRANSACTIONAL,
        ),
        ('<script type="application/ld+json">{"@type":"Product"}</script>', Intent.COMMERCIAL),
        ("<title>Prislista</title>", Intent.TRANSACTIONAL),
        ("<title>Jämför pumpar</title>", Intent.COMMERCIAL),
        ("<title>Guide till tak</title>", Intent.INFO),
        ("<title>Räknare</title>", Intent.TRANSACTIONAL),
        ("<title>Sortiment med garanti</title>", Intent.COMMERCIAL),
        ("<title>Taket</title>", Intent.INFO),
    ],
)
def test_a_target_serves_an_intent(reading: Read, html: str, intent: Intent) -> None:
    assert target_intent(profile(reading(html))) is intent


def test_an_unread_target_has_no_known_intent() -> None:
    assert target_intent(None) is Intent.UNKNOWN


@pytest.mark.parametrize(
    ("tone", "intent"),
    [
        (ToneClass.CONSUMER_MAGAZINE, Intent.COMMERCIAL),
        (ToneClass.UNKNOWN, Intent.UNKNOWN),
        (ToneClass.ACADEMIC, Intent.INFO),
        (ToneClass.HOBBY_BLOG, Intent.INFO),
    ],
)
def test_a_publishers_readers_come_for_an_intent(tone: ToneClass, intent: Intent) -> None:
    assert publisher_intent(tone) is intent


def sides(overall: Alignment) -> IntentAlignment:
    return IntentAlignment(
        anchor=Intent.INFO,
        target=Intent.INFO,
        publisher=Intent.INFO,
        serp=Intent.INFO,
        anchor_vs_serp=overall,
        target_vs_serp=overall,
        publisher_vs_serp=overall,
        overall=overall,
        confidence=Confidence.HIGH,
    )


@pytest.mark.parametrize(
    ("overall", "publisher", "target", "kind"),
    [
        ("unknown", "abc", "abc", BridgeType.STRONG),
        ("unknown", "abcde", "abxy", BridgeType.PIVOT),
        ("unknown", "abc", "axy", BridgeType.WRAPPER),
        ("unknown", "", "abc", BridgeType.PIVOT),
        ("aligned", "abcdefghij", "abcdefg", BridgeType.STRONG),
        ("off", "abc", "abc", BridgeType.WRAPPER),
    ],
)
def test_overlap_and_intent_choose_the_bridge(
    overall: str, publisher: str, target: str, kind: BridgeType
) -> None:
    found = bridge(
        sides(Alignment(overall)), dict.fromkeys(publisher, ()), dict.fromkeys(target, ())
    )
    assert found.type is kind
    assert found.site_reputation_warning == (kind is BridgeType.WRAPPER)
    assert (found.basis is Basis.OVERLAP_ONLY) == (overall == "unknown")


@given(st.sets(st.sampled_from("abcdefg")), st.sets(st.sampled_from("abcdefg")))
def test_overlap_is_a_share_of_the_publishers_topics(one: set[str], other: set[str]) -> None:
    overlap = topic_overlap(dict.fromkeys(one, ()), dict.fromkeys(other, ()))
    if not one:
        assert overlap is None
    else:
        assert overlap == round(len(one & other) / len(one), 2)


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
        (Intent.SUPPORT, "fi", "help with takpannor"),
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
