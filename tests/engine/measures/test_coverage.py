"""Coverage: a checklist against the top pages, or no figure at all."""

from collections.abc import Callable

import pytest

from bacowr.engine.checks.model import QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.page.reading import Reading
from bacowr.engine.ports import SearchHit
from bacowr.engine.rules import coverage as rule
from bacowr.engine.text.coverage import Fields, coverage

Make = Callable[..., Subject]
TOP = [
    Fields("Pump", "Montering", f"Isoleringen dämpar. Filtret rengörs. Sak{n}zq.") for n in "abcde"
]
BACK = [Fields("Butik", "", "Leverans av pump.")] * 3


def test_fewer_than_five_pages_are_not_enough() -> None:
    assert coverage(TOP[0], TOP[:4], BACK, "sv") is None


def test_a_text_like_the_top_pages_covers_all() -> None:
    measured = coverage(TOP[0], TOP, BACK, "sv")
    assert measured is not None
    assert measured.share == 1.0
    assert {"isoleringen", "filtret", "montering"} <= {each.term for each in measured.terms}
    assert "sakazq" not in {each.term for each in measured.terms}


def test_an_empty_text_covers_nothing() -> None:
    measured = coverage(Fields("", "", ""), TOP, BACK, "sv")
    assert measured is not None
    assert measured.share == 0.0


def test_a_term_counts_by_its_field_and_by_its_forms() -> None:
    measured = coverage(Fields("Isolering", "Filter", "Montering"), TOP, BACK, "sv")
    assert measured is not None
    uses = {each.term: each.uses for each in measured.terms}
    assert uses["isoleringen"] == 3
    assert uses["montering"] == 1


def test_stuffing_is_seen() -> None:
    measured = coverage(Fields("", "", "isoleringen " * 30), TOP, BACK, "sv")
    assert measured is not None
    term = next(each for each in measured.terms if each.term == "isoleringen")
    assert term.is_stuffed
    assert term.is_met


def test_what_every_page_says_weighs_less() -> None:
    measured = coverage(Fields("", "", ""), TOP, BACK, "sv")
    assert measured is not None
    weights = {each.term: each.weight for each in measured.terms}
    assert weights["pump"] < weights["isoleringen"]


def test_top_pages_without_a_common_word_give_no_figure() -> None:
    assert coverage(TOP[0], [Fields("", "", f"unikt{n}{n}{n}") for n in "abcde"], [], "sv") is None


def hits(count: int) -> list[SearchHit]:
    return [
        SearchHit(n, f"https://topp{n}.example/", "Pump och isolering", "Filtret rengörs ofta.")
        for n in range(1, count + 1)
    ]


def test_read_top_pages_come_first(make_subject: Make, make_page: Callable[..., Reading]) -> None:
    pages = [
        make_page(each.url, "Isoleringen dämpar. Frostskydd behövs.", "Pump") for each in hits(5)
    ]
    subject = make_subject(
        "# Pump\n\nIsoleringen dämpar i [frostskydd](https://a.example/).", pages
    )
    check = rule.check(make_subject(subject.article.markdown, pages, hits=hits(5)))
    facts = {each.label: each for each in check.facts}
    assert check.status is QcStatus.PASS
    assert facts["Compared with"].value == "5 pages at the top of the results"
    assert facts["isoleringen"].is_met
    assert facts["frostskydd"].value == "0"


def test_results_serve_by_title_and_snippet(make_subject: Make) -> None:
    check = rule.check(make_subject("Filtret och isoleringen.", hits=hits(5)))
    facts = {each.label: each for each in check.facts}
    assert facts["Compared with"].value == "5 results, by title and snippet"
    assert facts["Covered"].value.endswith("terms")


@pytest.mark.parametrize("count", [0, 4])
def test_too_few_results_leave_a_list_to_tick(make_subject: Make, count: int) -> None:
    text = "Isoleringen dämpar."
    check = rule.check(make_subject(text, hits=hits(count), shared_terms=("isolering", "garanti")))
    ticked = {each.label: each.is_met for each in check.facts}
    assert check.unmeasured is not None
    assert check.unmeasured.startswith("Not enough data")
    assert check.status is QcStatus.PASS
    assert (ticked["isolering"], ticked["garanti"]) == (True, False)


def test_a_result_with_a_broken_address_does_no_harm(make_subject: Make) -> None:
    broken = [*hits(4), SearchHit(5, "https://[broken/", "Pump", "Filtret")]
    check = rule.check(make_subject("Filtret.", hits=broken))
    assert check.unmeasured is None


def test_without_any_list_there_is_nothing_to_say(make_subject: Make) -> None:
    check = rule.check(make_subject("Isoleringen dämpar."))
    assert check.facts == ()
    assert check.unmeasured
