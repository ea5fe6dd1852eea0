"""Competitors: sites that sell in the same search results."""

import pytest

from bacowr.engine.checks.model import Check, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.rules import competitor
from tests.plugins import subjects


@pytest.fixture
def good() -> Subject:
    return subjects.subject()


def codes(check: Check) -> list[str]:
    return [each.code for each in check.findings]


def saying(given: Subject, text: str) -> Check:
    return competitor.check(subjects.changed(given, "Glöm inte", f"{text} Glöm inte"))


def test_without_search_results_no_competitor_is_known() -> None:
    check = competitor.check(subjects.subject(searched=False))
    assert (check.status, check.findings) == (QcStatus.PASS, ())
    assert check.unmeasured


def test_only_sites_that_sell_are_competitors(good: Subject) -> None:
    assert competitor.competitors(good) == {"nordkyla.example"}
    check = competitor.check(good)
    assert (check.status, check.findings) == (QcStatus.PASS, ())


def test_the_orders_own_sites_are_none() -> None:
    given = subjects.subject(publisher_domain="nordkyla.example")
    assert competitor.competitors(given) == frozenset()
    given = subjects.subject(target_url="https://nordkyla.example/x")
    assert competitor.competitors(given) == frozenset()


def test_a_name_that_is_a_word_of_the_subject_is_no_name() -> None:
    given = subjects.subject(anchor_text="om nordkyla")
    assert codes(saying(given, "Vintern, det är Nordkyla i dag.")) == []
    assert codes(saying(given, "Se nordkyla.example i dag.")) == ["mentioned"]


@pytest.mark.parametrize("url", ["https://nordkyla.example/", "https://nordkyla.example/kop?x=1"])
def test_a_link_to_a_competitor_blocks(good: Subject, url: str) -> None:
    check = saying(good, f"Se [mer]({url}).")
    assert (check.status, codes(check)) == (QcStatus.BLOCKED, ["linked"])


@pytest.mark.parametrize(
    "text",
    ["Många väljer Nordkyla i dag.", "Se nordkyla.example för mer.", "Bolaget NordKyla säljer."],
)
def test_a_competitors_name_warns(good: Subject, text: str) -> None:
    check = saying(good, text)
    assert (check.status, codes(check)) == (QcStatus.WARNING, ["mentioned"])
    assert check.findings[0].decidable
    found = check.findings[0]
    assert found.place
    text = subjects.changed(good, "Glöm inte", f"{text} Glöm inte").article.markdown
    assert text[found.place.start : found.place.end] == found.evidence.text


@pytest.mark.parametrize(
    "text",
    [
        "En nordkyla drar in över landet.",
        "Nordkyla drar in över landet.",
        "Det heter Nordkylan här.",
        "Skriv till a@nordkyla.example.",
        "Se www.minnordkyla.example i stället.",
    ],
)
def test_what_only_looks_like_the_name_passes(good: Subject, text: str) -> None:
    assert codes(saying(good, text)) == []
