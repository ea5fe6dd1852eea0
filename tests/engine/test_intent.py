"""Intents, how they align, and the bridge."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.page.profile import profile
from bacowr.engine.page.reading import Reading
from bacowr.engine.publisher.tone import ToneClass
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

Read = Callable[..., Reading]
KNOWN = [each for each in Intent if each is not Intent.UNKNOWN]


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
