"""Anchor: the link is there, once, on the agreed words, in a fit place."""

from dataclasses import replace

import pytest

from bacowr.engine.checks.model import Check, Finding, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.order import AnchorType, WritingProfile
from bacowr.engine.rules import anchor
from tests.plugins import subjects

LINK = "[välja rätt värmepump](https://pumphuset.example/guide)"
SOURCE = "[Råd om hantverkare](https://www.konsumentverket.se/hantverkare)"
SENTENCE = (
    f"Den som vill läsa vidare om att {LINK} gör klokt i att först ha installation och placering "
    "klara för sig. "
)


@pytest.fixture
def good() -> Subject:
    return subjects.subject()


def codes(check: Check) -> list[str]:
    return [each.code for each in check.findings]


def only(check: Check, code: str) -> Finding:
    [found] = [each for each in check.findings if each.code == code]
    return found


def test_a_good_link_has_low_risk(good: Subject) -> None:
    check = anchor.check(good)
    assert (check.status, check.score, codes(check)) == (QcStatus.PASS, 100, [])


def test_a_missing_link_blocks_and_costs_fifty(good: Subject) -> None:
    check = anchor.check(subjects.changed(good, LINK, "välja rätt värmepump"))
    assert (check.status, check.score, codes(check)) == (QcStatus.BLOCKED, 50, ["missing"])


@pytest.mark.parametrize(
    "url",
    [
        "https://pumphuset.example/annat",
        "http://pumphuset.example/guide",
        "https://www.pumphuset.example/guide/",
        "https://pumphuset.example/guide?utm_source=x",
        "https://other.example/guide",
    ],
)
def test_an_anchor_that_leads_astray_blocks(good: Subject, url: str) -> None:
    check = anchor.check(subjects.changed(good, "https://pumphuset.example/guide", url))
    assert check.status is QcStatus.BLOCKED
    assert only(check, "wrong_href").evidence.url == url
    assert "missing" in codes(check)


def test_a_second_link_on_the_anchors_words_must_not_lead_elsewhere(good: Subject) -> None:
    stray = "[Välja rätt värmepump](https://www.naturvardsverket.se/buller) är svårt. Tänk"
    check = anchor.check(subjects.changed(good, "Tänk på ljudnivån", f"{stray} på ljudnivån"))
    assert check.status is QcStatus.BLOCKED
    assert "missing" not in codes(check)


def test_the_target_linked_from_other_words_blocks(good: Subject) -> None:
    check = anchor.check(subjects.changed(good, "[välja rätt värmepump]", "[köpa billigt]"))
    assert check.status is QcStatus.BLOCKED
    assert only(check, "other_words").evidence.text == "köpa billigt"


def test_a_line_break_in_the_anchor_is_a_space(good: Subject) -> None:
    broken = subjects.changed(good, "[välja rätt värmepump]", "[välja rätt\nvärmepump]")
    assert codes(anchor.check(broken)) == []


def swapped(good: Subject, text: str) -> Subject:
    changed = subjects.changed(good, "[välja rätt värmepump]", f"[{text}]")
    return subjects.with_text(changed, changed.article.markdown, anchor_text=text)


def test_an_accepted_alternative_may_take_the_anchors_place(good: Subject) -> None:
    offered = {each.type: each.text for each in good.profiles.alternatives}
    check = anchor.check(swapped(good, offered[AnchorType.BRAND]))
    assert "anchor_changed" not in codes(check)
    assert check.status is QcStatus.PASS


def test_another_anchor_than_the_orders_needs_a_person(good: Subject) -> None:
    assert only(anchor.check(swapped(good, "pumpar")), "anchor_changed").status is (
        QcStatus.NEEDS_SIGNOFF
    )


def test_a_fixed_anchor_stays_even_against_an_alternative(good: Subject) -> None:
    offered = good.profiles.alternatives[0].text
    given = replace(good, order=replace(good.order, anchor_is_fixed=True))
    assert "anchor_changed" in codes(anchor.check(swapped(given, offered)))


def test_one_link_is_wanted_and_two_are_the_most(good: Subject) -> None:
    twice = subjects.changed(good, "Tänk även på", f"Läs om att {LINK}. Tänk även på")
    check = anchor.check(twice)
    assert (check.status, "used_twice" in codes(check)) == (QcStatus.WARNING, True)
    thrice = subjects.changed(twice, "Lyssna efter", "Lyssna efter")
    thrice = subjects.changed(thrice, "Prata med grannarna", f"Om att {LINK}. Prata med grannarna")
    check = anchor.check(thrice)
    assert check.status is QcStatus.NEEDS_SIGNOFF
    assert {"overused", "risk_high"} <= set(codes(check))
    assert next(each.points for each in check.deductions) == 20


@pytest.mark.parametrize(
    ("heading", "code", "status"),
    [
        ("# Så planerar du", "in_h1", QcStatus.BLOCKED),
        ("## Lyssna efter", "in_h2", QcStatus.NEEDS_SIGNOFF),
    ],
)
def test_a_link_in_a_heading_costs_forty(
    good: Subject, heading: str, code: str, status: QcStatus
) -> None:
    given = subjects.changed(good, LINK, "välja rätt värmepump")
    given = subjects.changed(given, heading, f"{heading} {LINK}")
    check = anchor.check(given)
    assert check.status is status
    assert check.score == 60
    assert {code, "risk_high"} <= set(codes(check))


def test_a_link_in_a_lower_heading_warns(good: Subject) -> None:
    given = subjects.changed(good, LINK, "välja rätt värmepump")
    given = subjects.changed(given, "Begär in", f"### Om att {LINK}\n\nBegär in")
    assert only(anchor.check(given), "in_h3").status is QcStatus.WARNING


def typed(kind: AnchorType, text: str = "välja rätt värmepump") -> Subject:
    given = subjects.subject(anchor_text=text, anchor_type=kind)
    return subjects.changed(given, "[välja rätt värmepump]", f"[{text}]")


@pytest.mark.parametrize(
    ("kind", "score"),
    [
        (AnchorType.EXACT, 90),
        (AnchorType.GENERIC, 95),
        (AnchorType.PARTIAL, 100),
        (AnchorType.BRAND, 100),
    ],
)
def test_the_anchors_type_costs_what_it_costs(kind: AnchorType, score: float) -> None:
    check = anchor.check(typed(kind))
    assert (check.score, check.status) == (score, QcStatus.PASS)


def test_an_exact_selling_anchor_in_a_weak_context_needs_a_person() -> None:
    given = subjects.changed(typed(AnchorType.EXACT, "köpa värmepump"), SOURCE, "Råd")
    found = only(anchor.check(given), "risk_high")
    assert found.status is QcStatus.NEEDS_SIGNOFF
    assert "köpa" in found.message


def test_the_same_anchor_in_a_good_context_is_low() -> None:
    assert "risk_high" not in codes(anchor.check(typed(AnchorType.EXACT, "köpa värmepump")))


def test_too_few_related_words_around_make_a_context_weak() -> None:
    given = typed(AnchorType.EXACT, "köpa värmepump")
    text = given.article.markdown
    for word in (
        "effektbehov",
        "installation",
        "placering",
        "årsvärmefaktor",
        "garanti",
        "ljudnivå",
    ):
        text = text.replace(word, "detta")
    assert "risk_high" in codes(anchor.check(subjects.with_text(given, text)))


def test_a_generic_anchor_in_a_weak_context_warns() -> None:
    given = subjects.changed(typed(AnchorType.GENERIC, "läs mer"), SOURCE, "Råd")
    found = only(anchor.check(given), "risk_medium")
    assert (found.status, found.fixable) == (QcStatus.WARNING, True)


def test_a_partial_anchor_that_shares_nothing_with_its_paragraph_warns(good: Subject) -> None:
    given = subjects.changed(good, "En bra värmepump ska passa", "Den ska passa")
    assert "risk_medium" in codes(anchor.check(given))


def test_the_same_anchor_twice_in_a_section_is_high(good: Subject) -> None:
    twice = subjects.changed(good, "Begär in offerter", f"Läs om att {LINK}. Begär in offerter")
    assert "risk_high" in codes(anchor.check(twice))


def test_the_first_and_the_last_section_are_no_place_for_the_link(good: Subject) -> None:
    given = subjects.changed(good, SENTENCE, "")
    first = subjects.changed(given, "Två listor bredvid", f"{SENTENCE}Två listor bredvid")
    last = subjects.changed(given, "Följ upp när", f"{SENTENCE}Följ upp när")
    intro = subjects.changed(given, "Den här texten går", f"{SENTENCE}Den här texten går")
    for each in (first, last, intro):
        assert "not_in_middle" in codes(anchor.check(each))


def test_the_link_stands_in_the_first_or_second_paragraph(good: Subject) -> None:
    given = subjects.changed(good, SENTENCE, "")
    late = subjects.changed(given, "Två lediga dagar", f"{SENTENCE}Två lediga dagar")
    assert "late_in_section" in codes(anchor.check(late))


def test_two_sentences_lead_up_to_the_link(good: Subject) -> None:
    given = subjects.changed(good, SENTENCE, "")
    early = subjects.changed(given, "Det är lätt att låta", f"{SENTENCE}Det är lätt att låta")
    found = only(anchor.check(early), "without_context")
    assert (found.status, found.fixable) == (QcStatus.WARNING, True)


def test_a_paragraph_holds_one_link(good: Subject) -> None:
    beside = subjects.changed(good, "Det är lätt", f"{SOURCE}. Det är lätt")
    found = only(anchor.check(beside), "several_links_in_paragraph")
    assert found.status is QcStatus.WARNING
    assert found.evidence.url == "https://pumphuset.example/guide"


def test_in_flow_the_link_stands_between_two_words(good: Subject) -> None:
    given = replace(good, order=replace(good.order, writing_profile=WritingProfile.FLOW))
    assert "out_of_place" not in codes(anchor.check(given))
    moved = subjects.changed(given, SENTENCE, "")
    moved = subjects.changed(moved, "Ett äldre hus har", f"{SENTENCE}Ett äldre hus har")
    assert "out_of_place" in codes(anchor.check(moved))
    assert "not_in_middle" not in codes(anchor.check(moved))
