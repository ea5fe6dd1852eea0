"""Related terms: in the article and around the link."""

from dataclasses import replace

import pytest

from bacowr.engine.checks import context
from bacowr.engine.checks.model import Check, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.rules import lsi
from tests.plugins import subjects

AROUND = "effektbehov", "installation", "placering", "årsvärmefaktor", "garanti", "ljudnivå"


@pytest.fixture
def good() -> Subject:
    return subjects.subject()


def codes(check: Check) -> list[str]:
    return [each.code for each in check.findings]


def replaced(given: Subject, *words: str) -> Subject:
    text = given.article.markdown
    for word in words:
        text = text.replace(word, "detta")
    return subjects.with_text(given, text)


def test_six_terms_in_the_article_and_around_the_link_pass(good: Subject) -> None:
    check = lsi.check(good)
    assert (check.status, check.score, codes(check)) == (QcStatus.PASS, 100, [])


def test_too_few_around_the_link_cost_twenty_but_pass(good: Subject) -> None:
    check = lsi.check(replaced(good, "effektbehov", "årsvärmefaktor", "garanti", "placering"))
    assert check.score == 50
    assert {"few_in_window", "few_in_article"} == set(codes(check))
    check = lsi.check(replaced(good, "placering", "årsvärmefaktor,"))
    assert codes(check) == []


def test_few_in_the_article_is_a_warning_and_never_more(good: Subject) -> None:
    check = lsi.check(replaced(good, *AROUND, "elförbrukning", "solering"))
    assert check.status is QcStatus.WARNING
    assert "few_in_article" in codes(check)


def test_too_many_around_the_link_cost_fifteen(good: Subject) -> None:
    crowd = "isolering, elförbrukning, garanti, ljudnivå, placering"
    given = subjects.changed(good, "Fråga sedan efter", f"Fråga om {crowd}, och sedan efter")
    check = lsi.check(given)
    assert (check.score, check.status) == (85, QcStatus.PASS)
    assert "many_in_window" in codes(check)


def test_the_same_term_again_and_again_is_no_context(good: Subject) -> None:
    given = replaced(good, *AROUND)
    given = subjects.changed(given, "Fråga sedan efter", "Fråga om garanti, garanti, garanti om")
    check = lsi.check(given)
    assert check.status is QcStatus.WARNING
    assert "repeated_terms" in codes(check)


def test_without_a_list_nothing_is_measured(good: Subject) -> None:
    bare = replace(
        good,
        fetched=replace(good.fetched, target=None),
        profiles=replace(good.profiles, target=None, shared_terms=()),
        serp=replace(good.serp, findings=replace(good.serp.findings, required_subtopics=())),
    )
    check = lsi.check(bare)
    assert (check.status, check.score) == (QcStatus.PASS, None)
    assert check.unmeasured


def test_the_article_is_measured_even_without_a_link(good: Subject) -> None:
    unlinked = subjects.changed(good, "](https://pumphuset.example/guide)", "]")
    check = lsi.check(unlinked)
    assert check.score == 100
    assert [each.label for each in check.facts] == ["Related terms in the article"]


def test_the_window_is_two_sentences_on_each_side_within_the_section(good: Subject) -> None:
    [link] = good.target_links
    window = context.window(good, link)
    assert len(window.sentences) == 5
    assert window.sentences[0].startswith("Det är lätt")
    assert window.sentences[-1].startswith("Begär in offerter")


def test_the_anchors_own_words_are_no_context_for_it(good: Subject) -> None:
    assert "värmepump" not in context.terms(good)
    [link] = good.target_links
    assert all("välja rätt" not in each for each in context.window(good, link).sentences)


def test_a_link_in_a_heading_has_no_window(good: Subject) -> None:
    given = subjects.changed(good, "[välja rätt värmepump]", "[x]")
    given = subjects.changed(given, "[x](https://pumphuset.example/guide)", "x")
    link = "[välja rätt värmepump](https://pumphuset.example/guide)"
    given = subjects.changed(given, "## Lyssna", f"## {link}")
    assert context.window(given, given.target_links[0]).found == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ljudnivån är låg", ["ljudnivå"]),
        ("ljudnivåmätaren", []),
        ("Garantier, garantin", ["garanti", "garanti"]),
        ("noise levels", ["noise level"]),
        ("The noise of one level", []),
    ],
)
def test_terms_are_whole_words_by_their_stem(text: str, found: list[str]) -> None:
    language = "en" if "oise" in text else "sv"
    assert context.uses(text, ("ljudnivå", "garanti", "noise level"), language) == found


def test_the_longest_term_wins() -> None:
    listed = ("noise", "noise level")
    assert context.uses("A noise level, then noise.", listed, "en") == ["noise level", "noise"]
