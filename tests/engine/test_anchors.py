"""Anchors: type, intent, risk, and what may stand in their place."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.order import AnchorType
from bacowr.engine.page.profile import PageProfile, profile
from bacowr.engine.page.reading import Reading
from bacowr.engine.research.anchors import (
    SWAPS,
    AnchorRisk,
    TypeSign,
    alternatives,
    classified,
    risk,
)
from bacowr.engine.research.intent import Confidence, Intent

URL = "https://www.acme-pumpar.se/luftvarmepumpar"
HTML = """<html lang="sv"><title>Köpa luftvärmepump till villa | Pumpspecialisten</title>
<meta property="og:site_name" content="Pumpspecialisten">
<script type="application/ld+json">{"@type": "Organization", "name": "Acme Värme AB"}</script>
<h1>Luftvärmepump till villa</h1><h2>Tyst utedel till radhus</h2></html>"""


@pytest.fixture
def target(reading: Callable[..., Reading]) -> PageProfile:
    return profile(reading(HTML, URL))


@pytest.mark.parametrize(
    ("text", "kind", "sign"),
    [
        ("https://www.acme-pumpar.se/", "naked", "address"),
        ("acme-pumpar.se", "naked", "address"),
        ("här", "generic", "generic_phrase"),
        ("Läs mer här!", "generic", "generic_phrase"),
        ("click here", "generic", "generic_phrase"),
        ("Pumpspecialisten", "brand", "name"),
        ("hos pumpspecialisten idag", "brand", "name"),
        ("Acme Värme AB", "brand", "name"),
        ("Acme Pumpar", "brand", "name"),
        ("luftvärmepump till villa", "exact", "in_title"),
        ("Köpa Luftvärmepump", "exact", "in_title"),
        ("luftvärmepump villa", "partial", "title_words"),
        ("en liten guide", "partial", "partial_word"),
        ("värme för alla hus", "partial", "three_words"),
        ("uppvärmning", "generic", "none"),
        ("herr", "generic", "none"),
    ],
)
def test_the_first_rule_that_fits_gives_the_type(
    target: PageProfile, text: str, kind: str, sign: str
) -> None:
    anchor = classified(text, URL, target)
    assert (anchor.type, anchor.type_sign) == (kind, sign)


def test_a_persons_word_beats_every_rule(target: PageProfile) -> None:
    anchor = classified("här", URL, target, AnchorType.EXACT)
    assert anchor.type is AnchorType.EXACT
    assert anchor.confidence is Confidence.HIGH


def test_what_fits_no_rule_has_low_confidence(target: PageProfile) -> None:
    assert classified("uppvärmning", URL, target).confidence is Confidence.LOW


def test_without_the_page_only_the_address_can_be_compared() -> None:
    assert classified("acme-pumpar", URL, None).type is AnchorType.BRAND
    assert classified("luftvärmepump till villa", URL, None).type_sign is TypeSign.THREE_WORDS


def test_an_ip_address_is_no_brand() -> None:
    assert classified("127", "http://127.0.0.1:80/", None).type is not AnchorType.BRAND


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("köp billig luftvärmepump", Intent.TRANSACTIONAL),
        ("bästa luftvärmepumpen", Intent.COMMERCIAL),
        ("Pumpspecialistens officiella sida", Intent.NAVIGATIONAL),
        ("hjälp med pumpen", Intent.SUPPORT),
        ("hur fungerar pumpen", Intent.INFO),
        ("köp bästa Pumpspecialisten", Intent.NAVIGATIONAL),
        ("köp bästa värmen för hemmet", Intent.COMMERCIAL),
        ("köp bästa", Intent.MIXED),
        ("Pumpspecialisten", Intent.NAVIGATIONAL),
        ("luftvärmepump till villa", Intent.COMMERCIAL),
        ("värme för alla", Intent.INFO),
    ],
)
def test_the_most_hits_give_the_intent(target: PageProfile, text: str, intent: Intent) -> None:
    assert classified(text, URL, target).intent is intent


@pytest.mark.parametrize(
    ("kind", "words", "weak", "good"),
    [
        (AnchorType.EXACT, ("köp",), "high", "low"),
        (AnchorType.EXACT, (), "low", "low"),
        (AnchorType.GENERIC, (), "medium", "low"),
        (AnchorType.PARTIAL, ("pris",), "medium", "low"),
        (AnchorType.BRAND, ("köp",), "low", "low"),
        (AnchorType.NAKED, (), "low", "low"),
    ],
)
def test_risk_follows_type_words_and_context(
    kind: AnchorType, words: tuple[str, ...], weak: str, good: str
) -> None:
    assert risk(kind, words, weak_context=True) == weak
    assert risk(kind, words, weak_context=False) == good


def test_an_exact_anchor_that_sells_is_high_risk(target: PageProfile) -> None:
    anchor = classified("köpa luftvärmepump", URL, target)
    assert (anchor.risk, anchor.risk_in_context) == (AnchorRisk.HIGH, AnchorRisk.LOW)
    assert anchor.commercial_words == ("köpa",)


def test_only_allowed_swaps_are_offered(target: PageProfile) -> None:
    exact = classified("luftvärmepump till villa", URL, target)
    offered = alternatives(exact, URL, target, "sv")
    assert {each.type for each in offered} <= set(SWAPS[AnchorType.EXACT])
    assert "Pumpspecialisten" in {each.text for each in offered}
    assert "läs mer" in {each.text for each in offered}
    brand = classified("Pumpspecialisten", URL, target)
    assert alternatives(brand, URL, target, "sv") == ()


def test_without_the_page_a_swap_can_only_name_the_domain() -> None:
    partial = classified("värme för alla hus", URL, None)
    offered = alternatives(partial, URL, None, "en")
    assert [each.text for each in offered] == ["acme-pumpar", "read more"]


@given(st.text(max_size=60))
def test_every_anchor_has_a_type_and_lighter_swaps(text: str) -> None:
    anchor = classified(text, URL, None)
    assert anchor.type in SWAPS
    assert all(each.type in SWAPS[anchor.type] for each in alternatives(anchor, URL, None, "sv"))
    assert classified(text, URL, None) == anchor
