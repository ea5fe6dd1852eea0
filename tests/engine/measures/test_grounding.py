"""Claims against pages: what counts as one, what is found, and what is asked of a person."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.article.parsed import parse
from bacowr.engine.checks.model import CheckName, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.grounding.claims import Known, claims
from bacowr.engine.grounding.figures import names, numbers
from bacowr.engine.grounding.judging import Support, ground
from bacowr.engine.grounding.passages import Passages, SourceText
from bacowr.engine.grounding.weighing import models
from bacowr.engine.rules import grounding

PAGE = (
    "En luftvärmepump sänkte elräkningen med 38 procent i Energimyndighetens test. "
    "Testet gjordes 2023 i Borås och omfattade 12 modeller.\n"
    "Priset för en installation är 25 000 kronor. Filtret ska rengöras en gång i månaden."
)
OTHER = "Fjärrvärme finns i de flesta svenska städer. Näten byggdes ut under 1970-talet."
PAGES = {"https://myndighet.example/test": PAGE, "https://stad.example/varme": OTHER}

KNOWN = Known({"https://butik.example/pump"}, standing=("Spel har 18-årsgräns. Stödlinjen: 020",))

Make = Callable[..., Subject]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 000 kr, 1,000, 1.000 och 1000", ["1000"] * 4),
        ("12,5 % är 12.5", ["12.5", "12.5"]),
        ("2,5 miljoner, two million, 3 mkr", ["2500000", "2000000", "3000000"]),
        ("sju av tio", ["7", "10"]),
        ("5\u201310 år", ["5", "10"]),
        ("3.140 och 0,50", ["3140", "0.5"]),
        ("inga", []),
    ],
)
def test_numbers_are_compared_by_value(text: str, found: list[str]) -> None:
    assert [each.value for each in numbers(text)] == found


@given(st.integers(0, 10**9), st.sampled_from([" ", "\u00a0", "\u202f", ".", ","]))
def test_a_number_is_the_same_however_it_is_grouped(number: int, separator: str) -> None:
    grouped = f"{number:,}".replace(",", separator)
    assert [each.value for each in numbers(f"Det är {grouped} kronor")] == [str(number)]


@given(st.text(max_size=60))
def test_figures_lie_where_they_say(text: str) -> None:
    for each in (*numbers(text), *names(text)):
        assert 0 <= each.start < each.end <= len(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Enligt Sveriges Riksbank steg räntan.", ["sveriges riksbank"]),
        ("SCB räknar.", ["scb"]),
        ("Isolering hjälper.", []),
        ("Kungsbacka växer.", ["kungsbacka"]),
        ("Johnson & Johnson i USA", ["johnson johnson", "usa"]),
        ("Vitamin C", ["vitamin c"]),
        ("plan B", []),
    ],
)
def test_names_are_capitalized_runs(text: str, found: list[str]) -> None:
    known = frozenset({"kungsbacka"})
    assert [each.value for each in names(text, known)] == found


@pytest.mark.parametrize(
    ("markdown", "count"),
    [
        ("Räkningen sjönk med 38 procent.", 1),
        ("Det brukar vara skönt med värme.", 0),
        ("Vad kostar det 2024?", 0),
        ("Enligt flera tester blir det varmare.", 1),
        ("I oktober blir det kallt ute.", 1),
        ("Anna Ek mätte värmen i huset.", 1),
        ("Läs [en bra guide](https://a.example/) om värme.", 1),
        ("Se vår [Butikens Pump](https://butik.example/pump) om du undrar.", 0),
        ("Ja, 5 kr.", 0),
        ("Spel har 18-årsgräns.  Stödlinjen: 020", 0),
        ("Bilar har en 18-årsgräns för förare.", 1),
        ("## Rubrik om 2024 års alla nya priser", 0),
        ("Läs mer i den [första](https://a.example/). Det brukar vara ganska varmt där.", 1),
        ("- En punkt med 40 olika delar i sig.", 1),
    ],
)
def test_a_claim_states_something_checkable(markdown: str, count: int) -> None:
    found = claims(parse(markdown), KNOWN)
    assert len(found) == count
    for each in found:
        assert markdown[each.place.start : each.place.end].strip()


def one(claim: str, pages: dict[str, str] | None = None) -> tuple[Support, str | None, set[str]]:
    texts = [SourceText(*each) for each in (PAGES if pages is None else pages).items()]
    said = ground([claim], Passages(texts, "sv"))[0]
    assert 0 <= said.probability <= 1
    return said.support, said.url, set(said.marked)


def test_what_a_page_says_is_supported_in_other_words() -> None:
    said = one("I Energimyndighetens test sänktes elräkningen 38 procent av en luftvärmepump.")
    assert said == (Support.SUPPORTED, "https://myndighet.example/test", set())
    assert one("En installation kostar 25.000 kronor i pris.")[0] is Support.SUPPORTED


def test_a_changed_figure_is_marked() -> None:
    support, url, marked = one("Testet gjordes i Borås och omfattade 21 modeller.")
    assert support is not Support.SUPPORTED
    assert (url, marked) == ("https://myndighet.example/test", {"21"})


def test_what_no_page_says_is_not_supported() -> None:
    support, _, marked = one("Kommunfullmäktige i Kiruna beslutade 1996 att flytta kyrkan österut.")
    assert support is Support.NONE
    assert {"Kiruna", "1996", "kyrkan"} <= marked


def test_a_compound_says_what_its_last_part_says() -> None:
    page = {"https://a.example/": "En luftvärmepump är viktig i hus med källare."}
    assert one("En värmepump är viktig i småhus.", page)[2] == {"småhus"}
    swapped = {"https://a.example/": "En värmepump är viktig i hus med källare."}
    assert one("En luftvärmepump är viktig i hus.", swapped)[2] == set()
    english = [SourceText("https://a.example/", "The destination was reached.")]
    assert ground(["The nation grew."], Passages(english, "en"))[0].marked == ("nation", "grew")


def test_a_claim_without_a_word_of_weight_is_judged_by_its_figures() -> None:
    page = {"https://a.example/": "Det var 4711 av dem."}
    assert one("Det var 4711 av dem.", page)[2] == set()
    assert one("Det var 1147 av dem.", page)[2] == {"1147"}


def test_nothing_read_supports_nothing() -> None:
    assert one("Priset är 5 kr.", {}) == (Support.NONE, None, {"Priset", "5", "kr"})


def test_a_claim_of_common_words_alone_is_still_looked_up() -> None:
    text = "Pumpen i huset ger värme. " * 700 + "Pumpen i huset ger värme 2024."
    support, _, marked = one("Pumpen i huset ger värme 2024.", {"https://a.example/": text})
    assert (support, marked) == (Support.SUPPORTED, set())


def test_a_passage_is_cut_at_a_word_and_stays_on_its_page() -> None:
    long = " ".join(["Pumpen gav mycket värme under vintern 2023 i huset vid sjön"] * 40) + "."
    texts = [SourceText("https://a.example/", long), SourceText("https://b.example/", OTHER)]
    said = ground(["Pumpen gav värme 2023."], Passages(texts, "sv"))[0]
    assert said.passage is not None
    assert long.startswith(said.passage.removesuffix(" \u2026"))
    assert len(said.passage) < 710


def test_the_models_say_what_they_were_fitted_on() -> None:
    assert models().data
    assert models().fitted_on.year >= 2026


def test_an_unsupported_claim_asks_for_a_person(make_subject: Make) -> None:
    text = "# Pump\n\nDet är varmt. Kyrkan i **Kiruna** flyttades 1996 av Bengt Karlsson i Borås."
    check = grounding.check(make_subject(text, PAGES))
    (finding,) = check.findings
    assert (check.name, check.status) == (CheckName.GROUNDING, QcStatus.NEEDS_SIGNOFF)
    assert (finding.code, finding.decidable) == ("unsupported", True)
    assert finding.place is not None
    assert text[finding.place.start : finding.place.end].startswith("Kyrkan i **Kiruna**")
    assert {"Kyrkan", "1996"} <= set(finding.evidence.marked)
    assert finding.evidence.passage
    assert finding.evidence.url in PAGES


def test_a_wrong_figure_asks_for_a_person_too(make_subject: Make) -> None:
    check = grounding.check(make_subject("Testet 2023 i Borås omfattade 21 modeller.", PAGES))
    assert [each.code for each in check.findings] == ["figure_unsupported"]
    assert check.status is QcStatus.NEEDS_SIGNOFF
    assert check.findings[0].evidence.marked == ("21",)


def test_a_word_too_many_is_a_warning(make_subject: Make) -> None:
    text = "Testet 2023 i Borås omfattade 12 modeller och leddes av danska elektriker."
    check = grounding.check(make_subject(text, PAGES))
    assert [each.code for each in check.findings] == ["partly_supported"]
    assert check.status is QcStatus.WARNING


def test_supported_claims_pass_and_are_counted(make_subject: Make) -> None:
    check = grounding.check(make_subject("Testet 2023 i Borås omfattade 12 modeller.", PAGES))
    assert (check.status, check.findings) == (QcStatus.PASS, ())
    assert ("Supported", "1") in [(each.label, each.value) for each in check.facts]


def test_no_context_no_claim(make_subject: Make) -> None:
    check = grounding.check(make_subject("Testet 2023 i Borås omfattade 12 modeller."))
    assert check.status is QcStatus.BLOCKED
    assert "no claim" in check.findings[0].message


def test_the_target_bears_nothing_out(make_subject: Make) -> None:
    pages = {"https://butik.example/om": PAGE}
    check = grounding.check(make_subject("Testet 2023 i Borås omfattade 12 modeller.", pages))
    assert check.status is QcStatus.BLOCKED


def test_a_text_without_claims_is_unmeasured(make_subject: Make) -> None:
    check = grounding.check(make_subject("Det är skönt med värme.", PAGES))
    assert check.unmeasured
    assert check.status is QcStatus.PASS
