"""Draft: length, structure and unfinished text, by the writing profile."""

from dataclasses import replace

import pytest

from bacowr.engine.checks.model import Check, Finding, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.order import WritingProfile
from bacowr.engine.ports import Query, SearchHit, SearchResults
from bacowr.engine.research.serp import findings
from bacowr.engine.rules import draft
from tests.plugins import subjects

SENTENCE = "Huset står kvar och värmen når alla rum utan att någon behöver tänka på den. "
SENTENCE_WORDS = 15


def codes(check: Check) -> list[str]:
    return [each.code for each in check.findings]


def only(check: Check, code: str) -> Finding:
    [found] = [each for each in check.findings if each.code == code]
    return found


def of_length(words: int, *, heading: str = "# Rubrik som säger något\n\n") -> Subject:
    whole, rest = divmod(words, SENTENCE_WORDS)
    tail = "ord " * rest
    paragraphs = [SENTENCE * 8] * (whole // 8) + [SENTENCE * (whole % 8) + tail]
    return subjects.subject(text=heading + "\n\n".join(paragraphs))


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (799, "too_short_hard", QcStatus.NEEDS_SIGNOFF),
        (800, "too_short", QcStatus.WARNING),
        (899, "too_short", QcStatus.WARNING),
        (900, None, None),
        (1200, None, None),
        (1201, "too_long", QcStatus.WARNING),
        (1400, "too_long", QcStatus.WARNING),
        (1401, "too_long_hard", QcStatus.NEEDS_SIGNOFF),
    ],
)
def test_length_has_soft_and_hard_limits(
    words: int, code: str | None, status: QcStatus | None
) -> None:
    given = of_length(words)
    assert given.parsed.words == words
    found = [each for each in draft.check(given).findings if each.code.startswith("too_")]
    assert [(each.code, each.status) for each in found] == ([(code, status)] if code else [])


def test_a_shortfall_costs_its_percentage_up_to_forty() -> None:
    def cost(words: int) -> float:
        check = draft.check(of_length(words))
        return next(each.points for each in check.deductions if "words" in each.reason)

    assert cost(810) == 10
    assert cost(300) == 40


def test_the_flow_profile_has_one_pair_of_limits() -> None:
    given = of_length(901)
    given = replace(given, order=replace(given.order, writing_profile=WritingProfile.FLOW))
    assert "too_long_hard" in codes(draft.check(given))


def test_a_missing_h1_costs_twenty_points() -> None:
    given = subjects.subject()
    check = draft.check(subjects.changed(given, "# Så planerar", "Så planerar"))
    assert (check.score, codes(check)) == (80, ["no_h1"])


def test_several_h1_cost_ten_points_and_are_shown() -> None:
    given = subjects.subject()
    check = draft.check(subjects.changed(given, "## Räkna på", "# Räkna på"))
    found = only(check, "several_h1")
    assert (check.score, check.status) == (90, QcStatus.PASS)
    assert found.place
    assert given.article.markdown[found.place.start + 1 :].startswith("Räkna")


def test_too_few_h2_cost_fifteen_points() -> None:
    given = subjects.subject()
    for heading in ("## Räkna på hela tiden\n", "## Gör upp en plan som håller\n"):
        given = subjects.changed(given, heading, "")
    check = draft.check(given)
    assert (check.score, codes(check)) == (85, ["few_h2"])


def test_too_many_h2_warn() -> None:
    given = subjects.subject()
    more = "\n\n".join(f"## Ännu en rubrik {each}\n\nMer text." for each in "ab")
    check = draft.check(subjects.with_text(given, f"{given.article.markdown}\n\n{more}"))
    assert (check.status, codes(check)) == (QcStatus.WARNING, ["many_h2"])


def test_too_few_paragraphs_cost_ten_points() -> None:
    given = of_length(900)
    one = given.article.markdown.replace(". \n\n", ". ")
    check = draft.check(subjects.with_text(given, one))
    assert "few_paragraphs" in codes(check)


def test_flow_allows_no_list_and_one_heading() -> None:
    given = subjects.subject(writing_profile=WritingProfile.FLOW)
    check = draft.check(subjects.changed(given, "Glöm inte", "- en punkt\n\nGlöm inte"))
    assert {"many_headings", "list"} <= set(codes(check))
    assert "no_h1" not in codes(check)


def test_long_form_allows_lists() -> None:
    given = subjects.subject()
    assert codes(draft.check(subjects.changed(given, "Glöm inte", "- en punkt\n\nGlöm inte"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "PLATSFÖRSLAG",
        "Lorem ipsum dolor sit amet",
        "se [källa] för mer",
        "se [källa 2] för mer",
        "se [LINK] för mer",
        "se {{LINK}} för mer",
        "se {{ siffra }} för mer",
        "TODO: skriv klart",
        "en siffra [citation needed] här",
        "<<namn>> säger att",
        "[[LINK]]",
    ],
)
def test_unfinished_text_blocks(text: str) -> None:
    given = subjects.subject()
    check = draft.check(subjects.changed(given, "Glöm inte", f"{text}\n\nGlöm inte"))
    assert check.status is QcStatus.BLOCKED
    assert "placeholder" in codes(check)


@pytest.mark.parametrize("heading", ["Untitled", "untitled document", "Rubrik", "Ingress:"])
def test_a_heading_that_is_no_heading_blocks(heading: str) -> None:
    given = subjects.subject()
    check = draft.check(subjects.changed(given, "Räkna på hela tiden", heading))
    found = only(check, "placeholder")
    assert found.status is QcStatus.BLOCKED
    assert found.evidence.text == heading


@pytest.mark.parametrize(
    "text",
    [
        "Spelet heter Untitled Goose Game och är roligt",
        "Todo el mundo heter en film, och to-do en lista",
        "Floreml och loremsblad är inga ord",
        "En rubrik ska vara kort",
        "Det står [sic] i brevet",
        "Hakparentes [källan i skogen] är ett ortnamn",
        "Läs mer hos [källa](https://www.naturvardsverket.se/buller)",
        "Kodnamnet TODOS användes",
    ],
)
def test_words_that_only_look_unfinished_pass(text: str) -> None:
    given = subjects.subject()
    check = draft.check(subjects.changed(given, "Glöm inte", f"{text}\n\nGlöm inte"))
    assert "placeholder" not in codes(check)


def test_a_placeholder_is_shown_where_it_stands_and_once() -> None:
    given = subjects.changed(subjects.subject(), "Glöm inte", "Här [källa] står. Glöm inte")
    found = only(draft.check(given), "placeholder")
    assert found.place
    assert given.article.markdown[found.place.start : found.place.end] == "[källa]"


@pytest.mark.parametrize(
    ("language", "at", "phrase"),
    [
        ("sv", "Glöm inte", "Det är viktigt att notera att"),
        ("en", "Do not forget", "In today's fast-paced world"),
        ("en", "Do not forget", "It\u2019s worth noting that"),
    ],
)
def test_a_telltale_phrase_warns_and_can_be_swapped(language: str, at: str, phrase: str) -> None:
    given = subjects.changed(subjects.subject(language), at, f"{phrase} {at.lower()}")
    check = draft.check(given)
    found = only(check, "telltale_phrase")
    assert (check.status, found.fixable, found.decidable) == (QcStatus.WARNING, True, True)
    assert found.place
    assert given.article.markdown[found.place.start : found.place.end] == phrase


def test_a_phrase_inside_a_longer_word_is_no_telltale() -> None:
    given = subjects.subject("en")
    given = subjects.changed(given, "Do not forget", "They delve intometers. Do not forget")
    assert codes(draft.check(given)) == []


def test_a_telltale_phrase_without_a_swap_is_a_persons_to_change() -> None:
    given = subjects.subject("en")
    given = subjects.changed(given, "Do not forget", "As a large language model. Do not forget")
    assert not only(draft.check(given), "telltale_phrase").fixable


def test_a_quotation_may_say_what_it_says() -> None:
    given = subjects.subject("en")
    quoted = "> It is important to note that winter comes.\n\nDo not forget"
    assert codes(draft.check(subjects.changed(given, "Do not forget", quoted))) == []


def test_no_phrase_list_means_no_phrases() -> None:
    given = subjects.subject()
    text = given.article.markdown.replace("Glöm inte", "Det är viktigt att notera att glöm inte")
    check = draft.check(subjects.with_text(given, text, language="de"))
    assert codes(check) == []


def test_flow_wants_names_from_the_search_results() -> None:
    given = subjects.subject(writing_profile=WritingProfile.FLOW)
    names = ("Nibe", "Thermia", "Daikin", "Bosch", "Ivt")
    hits = tuple(
        SearchHit(rank, f"https://s{rank}.example/", f"Vad är en {name}? Om {name}")
        for rank, name in enumerate((*names, *names), start=1)
    )
    results = SearchResults(Query("värmepump", "sv", "se"), hits)
    given = replace(given, serp=replace(given.serp, findings=findings([results])))
    assert "few_search_names" in codes(draft.check(given))
    named = "Nibe, Thermia, Daikin och Bosch finns. Glöm inte"
    used = subjects.changed(given, "Glöm inte", named)
    assert "few_search_names" not in codes(draft.check(used))
