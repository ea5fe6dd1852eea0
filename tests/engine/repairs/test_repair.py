"""AutoFixOnce: what one repair does, what it only proposes, and what it never does."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from bacowr.engine.checks.citing import Ledger, Standing, loose_urls
from bacowr.engine.checks.model import CheckName, Finding, QcStatus, Report
from bacowr.engine.checks.report import inspect
from bacowr.engine.checks.subject import Subject
from bacowr.engine.order import AnchorType, Vertical, WritingProfile
from bacowr.engine.policies.model import Packs
from bacowr.engine.repairs import repair as repairing
from bacowr.engine.repairs.model import (
    Change,
    Edit,
    Operation,
    Outcome,
    Repair,
    carried_out,
    change,
)
from bacowr.engine.repairs.repair import failed, repair, signoff_triggers
from bacowr.engine.shapes import from_json, to_json
from tests.plugins import subjects

LINK = "[välja rätt värmepump](https://pumphuset.example/guide)"
CARRIER = (
    f"Den som vill läsa vidare om att {LINK} gör klokt i att först ha installation och placering "
    "klara för sig. "
)
NOISE = "](https://www.naturvardsverket.se/buller)"
CRAFT = "](https://www.konsumentverket.se/hantverkare)"


def mended(given: Subject) -> Repair:
    return repair(given, inspect(given))


def after(given: Subject, done: Repair) -> Subject:
    return replace(given, article=done.article)


def operations(changes: tuple[Change, ...]) -> list[Operation]:
    return [each.operation for each in changes]


def replayed(given: Subject, changes: tuple[Change, ...]) -> str:
    text = given.article.markdown
    for each in changes:
        text = carried_out(text, each)
    return text


def unlinked(given: Subject, *links: str) -> Subject:
    """Leave the words and take the address, without brackets."""
    for each in links:
        start = given.article.markdown.index(each)
        opening = given.article.markdown.rindex("[", 0, start)
        text = given.article.markdown
        text = text[:opening] + text[opening + 1 : start] + text[start + len(each) :]
        given = subjects.with_text(given, text)
    return given


def without_carrier(given: Subject) -> Subject:
    return subjects.changed(given, CARRIER, "")


# What is there to do


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_good_article_is_left_alone(language: str) -> None:
    done = mended(subjects.subject(language))
    assert (done.outcome, done.applied, done.changes) == (Outcome.NOTHING_TO_FIX, False, ())
    assert done.before_sha256 == done.after_sha256


def test_what_no_permitted_operation_mends_is_a_failed_repair() -> None:
    lost = subjects.changed(
        without_carrier(subjects.subject()), "Två lediga dagar", f"{LINK}. Två lediga dagar"
    )
    done = mended(lost)
    assert (done.outcome, done.applied) == (Outcome.FAILED, False)
    assert done.article is lost.article


def test_a_failed_repair_asks_for_a_signature() -> None:
    report = failed(inspect(subjects.subject()))
    assert report.status is QcStatus.NEEDS_SIGNOFF
    [draft] = [each for each in report.checks if each.name is CheckName.DRAFT]
    assert (draft.status, draft.findings[-1].code) == (QcStatus.NEEDS_SIGNOFF, "repair_failed")


def test_a_failed_repair_opens_no_block() -> None:
    report = inspect(subjects.changed(subjects.subject(), "Glöm inte", "TODO. Glöm inte"))
    assert failed(report).status is QcStatus.BLOCKED


def test_the_report_of_another_text_is_refused() -> None:
    given = subjects.subject()
    with pytest.raises(ValueError, match="another text"):
        repair(subjects.with_text(given, "# Annat"), inspect(given))


def test_a_change_is_refused_for_another_text() -> None:
    made = change("abc", [Edit(1, 2, "x")], Operation.EDIT_TONE, "")
    assert carried_out("abc", made) == "axc"
    with pytest.raises(ValueError, match="another text"):
        carried_out("aac", made)


def test_a_repair_can_be_kept_as_json() -> None:
    done = mended(unlinked(subjects.subject(), NOISE))
    assert from_json(Repair, to_json(done)) == done


# Sources


def test_a_missing_source_is_linked_from_words_that_stand_there() -> None:
    given = unlinked(subjects.subject(), NOISE)
    done = mended(given)
    assert (done.outcome, operations(done.changes)) == (Outcome.APPLIED, [Operation.ADD_SOURCE])
    assert inspect(after(given, done)).status is QcStatus.PASS
    assert after(given, done).parsed.text == given.parsed.text
    assert "+++ after" in done.diff
    assert done.after_sha256 == done.article.sha256 != done.before_sha256


def test_the_links_own_section_is_served_first() -> None:
    given = subjects.subject(anchor_type=AnchorType.GENERIC)
    given = unlinked(given, CRAFT)
    words = "Råd om hantverkare gäller offerter rad för rad innan du skriver under något avtal."
    given = subjects.changed(
        given, "Råd om hantverkare är bra att ha läst innan du skriver under något.", words
    )
    done = mended(given)
    assert Operation.ADD_SOURCE in operations(done.changes)
    assert inspect(after(given, done)).status is QcStatus.PASS
    [link] = after(given, done).target_links
    sections = {each.block.section for each in after(given, done).other_links}
    assert link.block.section in sections


def test_no_source_is_linked_to_a_sentence_it_does_not_bear_out() -> None:
    given = unlinked(subjects.subject(), NOISE)
    given = subjects.changed(given, "buller mäts vid fasad", "det låter")
    given = subjects.changed(given, "Plocka fram listan, läs av mätaren", "Ta fram listan, titta")
    assert mended(given).outcome is Outcome.FAILED


def test_a_source_that_was_not_read_gives_way_to_one_of_its_site() -> None:
    given = subjects.changed(
        subjects.subject(),
        "https://www.naturvardsverket.se/buller",
        "https://naturvardsverket.se/x",
    )
    done = mended(given)
    assert Operation.SWAP_SOURCE in operations(done.changes)
    assert inspect(after(given, done)).status is QcStatus.PASS


def test_a_link_to_a_strange_site_is_left_to_a_person() -> None:
    given = subjects.changed(
        subjects.subject(), "https://www.naturvardsverket.se/buller", "https://strange.example/x"
    )
    done = mended(given)
    assert Operation.SWAP_SOURCE not in operations(done.changes)
    assert inspect(after(given, done)).status is QcStatus.BLOCKED


# Statements and tone


@pytest.mark.parametrize("vertical", [Vertical.HEALTH, Vertical.GAMBLING])
def test_the_prescribed_statements_are_inserted(vertical: Vertical) -> None:
    given = subjects.subject(vertical=vertical)
    done = mended(given)
    assert operations(done.changes) == [Operation.INSERT_STATEMENT]
    found = inspect(after(given, done)).findings
    assert not [each for each in found if each.code.startswith("missing_")]


def test_an_operators_own_rules_take_the_place_of_the_shipped() -> None:
    given = subjects.subject(vertical=Vertical.HEALTH)
    packs = Packs(())
    assert repair(given, inspect(given, packs), packs).outcome is Outcome.NOTHING_TO_FIX


@pytest.mark.parametrize(
    ("language", "old", "written", "expected"),
    [
        (
            "en",
            "Do not forget the",
            "It is important to note that the",
            "The work that nobody",
        ),
        ("en", "yet the cheapest", "yet it is important to note that the cheapest", "yet the che"),
        ("en", "Talk to", "In today's fast-paced world, talk to", "\n\nTalk to the neighbours"),
        ("en", "Talk to", "Delve into", "\n\nLook at the neighbours"),
        (
            "sv",
            "Glöm inte att",
            "Det är viktigt att notera att",
            "\n\nTänk på att ta med",
        ),
    ],
)
def test_a_telltale_phrase_gives_way(language: str, old: str, written: str, expected: str) -> None:
    given = subjects.changed(subjects.subject(language), old, written)
    done = mended(given)
    assert operations(done.changes) == [Operation.EDIT_TONE]
    assert expected in done.article.markdown


def test_a_phrase_in_a_heading_or_a_link_is_left_alone() -> None:
    given = subjects.subject("en")
    given = subjects.changed(given, "## Count the", "## Delve into the")
    given = subjects.changed(given, "[Advice on energy at home]", "[delve into energy]")
    assert mended(given).outcome is not Outcome.APPLIED


def test_a_phrase_that_only_a_writer_can_mend_is_told() -> None:
    given = subjects.subject("en")
    given = subjects.changed(given, "Talk to", "In a world where it is cold, talk to")
    done = mended(given)
    assert done.outcome is Outcome.NEEDS_WRITER
    assert "In a world where" in done.needs_writer[0]


def test_missing_terms_are_a_writers_task() -> None:
    given = subjects.subject()
    text = given.article.markdown
    for word in ("effektbehov", "placering", "årsvärmefaktor", "garanti", "elförbrukning"):
        text = text.replace(word, "detta")
    done = mended(subjects.with_text(given, text))
    assert done.outcome is Outcome.NEEDS_WRITER
    assert "at most 4" in done.needs_writer[0]


# The link


def carried(given: Subject, before: str, sentence: str = CARRIER) -> Subject:
    return subjects.changed(without_carrier(given), before, f"{sentence}{before}")


def test_a_link_without_context_moves_behind_some() -> None:
    given = carried(subjects.subject(), "Det är lätt att låta")
    given = subjects.changed(
        given, "Det är lätt att låta en enda siffra", "En enda siffra får ofta"
    )
    assert "without_context" in [each.code for each in inspect(given).findings]
    done = mended(given)
    assert operations(done.changes) == [Operation.MOVE_LINK]
    assert inspect(after(given, done)).status is QcStatus.PASS
    assert sorted(after(given, done).parsed.text.split()) == sorted(given.parsed.text.split())
    [old], [new] = given.target_links, after(given, done).target_links
    assert old.block.section == new.block.section


def test_a_link_late_in_its_section_moves_up_to_the_same_words() -> None:
    given = subjects.changed(subjects.subject(), LINK, "välja rätt värmepump")
    more = "Ta god tid på er med allt detta. Vad som styr när ni ska"
    given = subjects.changed(
        given, "## Räkna på", f"{more} {LINK} beror också på er värmepump.\n\n## Räkna på"
    )
    assert "late_in_section" in [each.code for each in inspect(given).findings]
    done = mended(given)
    assert operations(done.changes) == [Operation.MOVE_LINK]
    assert CARRIER in done.article.markdown
    assert after(given, done).parsed.text == given.parsed.text


def test_a_sentence_that_leans_on_its_neighbor_stays() -> None:
    given = carried(subjects.subject(), "Det är lätt att låta")
    assert mended(given).outcome is Outcome.FAILED


def test_in_flow_the_link_moves_within_the_whole_text() -> None:
    given = subjects.subject(writing_profile=WritingProfile.FLOW)
    text = given.article.markdown.replace("\n## ", "\n")
    text = text.replace(CARRIER, "")
    text = text.replace("Element knäpper", f"{CARRIER}Element knäpper")
    given = subjects.with_text(given, text)
    assert "out_of_place" in [each.code for each in inspect(given).findings]
    done = mended(given)
    assert Operation.MOVE_LINK in operations(done.changes) or done.outcome is Outcome.NEEDS_PERSON
    [link] = repaired_or_proposed(given, done).target_links
    assert link.block.text.count("välja rätt värmepump") == 1
    assert "out_of_place" not in [
        each.code for each in inspect(repaired_or_proposed(given, done)).findings
    ]


def repaired_or_proposed(given: Subject, done: Repair) -> Subject:
    return subjects.with_text(given, replayed(given, done.changes or done.proposals))


def risky(**order: object) -> Subject:
    """Make a partial anchor whose words share nothing with its paragraph, before a name's place."""
    given = subjects.subject(**order)  # type: ignore[arg-type]
    given = subjects.changed(given, "En bra värmepump ska passa", "Den ska passa")
    return subjects.changed(given, "läsa vidare om att [", "läsa vidare om [")


def test_a_risky_anchor_gives_way_to_the_targets_name() -> None:
    done = mended(risky())
    assert operations(done.changes) == [Operation.SWAP_ANCHOR]
    assert done.article.anchor_text == "Pumphuset"
    assert "[Pumphuset](https://pumphuset.example/guide)" in done.article.markdown
    assert "partial to brand" in done.changes[0].reason
    assert inspect(after(risky(), done)).status is QcStatus.PASS


def test_a_fixed_anchor_is_only_proposed_another() -> None:
    done = mended(risky(anchor_is_fixed=True))
    assert (done.applied, done.article.anchor_text) == (False, "välja rätt värmepump")
    assert operations(done.proposals) == [Operation.SWAP_ANCHOR]


def test_a_name_is_only_proposed_where_none_fits() -> None:
    given = subjects.changed(risky(), "läsa vidare om [", "läsa vidare om att [")
    done = mended(given)
    assert (done.outcome, operations(done.proposals)) == (
        Outcome.FAILED,
        [Operation.SWAP_ANCHOR],
    )


def test_a_crowded_window_is_a_writers_task() -> None:
    words = "Isolering, garanti, garanti, garanti, garanti, garanti och garanti. Fråga sedan efter"
    done = mended(subjects.changed(subjects.subject(), "Fråga sedan efter", words))
    assert done.outcome is Outcome.NEEDS_WRITER
    assert "each once" in done.needs_writer[0]


@pytest.mark.parametrize(
    "written",
    [
        "[välja rätt värmepump][p]",
        "**[välja rätt värmepump](https://pumphuset.example/guide)**",
        "[välja *rätt* värmepump](https://pumphuset.example/guide)",
        "<https://pumphuset.example/guide>",
    ],
)
def test_a_link_written_in_another_way_never_breaks(written: str) -> None:
    given = subjects.changed(subjects.subject(), LINK, written)
    tail = "\n\n[p]: https://pumphuset.example/guide\n"
    given = subjects.with_text(given, given.article.markdown + tail)
    given = subjects.changed(given, "En bra värmepump ska passa", "Den ska passa")
    done = mended(given)
    then = repaired_or_proposed(given, done)
    assert [each.url for each in then.target_links] == ["https://pumphuset.example/guide"]
    assert headings(then) == headings(given)


def test_a_lone_sentence_is_not_taken_out_of_its_paragraph() -> None:
    given = without_carrier(subjects.subject())
    given = subjects.changed(
        given, "Det är lätt att låta", f"{CARRIER.strip()}\n\nDet är lätt att låta"
    )
    assert mended(given).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "written",
    ["It is *important* to note that the", "The house is old, it is important to note that. The"],
)
def test_a_phrase_that_cannot_be_taken_out_cleanly_stays(written: str) -> None:
    given = subjects.changed(subjects.subject("en"), "Do not forget the", written)
    done = mended(given)
    assert (done.outcome, done.article) == (Outcome.FAILED, given.article)


# A person first


def test_with_a_trigger_nothing_is_applied_and_all_is_proposed() -> None:
    given = unlinked(subjects.subject(), NOISE, CRAFT)
    done = mended(given)
    assert (done.outcome, done.applied, done.changes) == (Outcome.NEEDS_PERSON, False, ())
    assert operations(done.proposals)[0] is Operation.ADD_SOURCE
    assert done.article is given.article
    assert "naturvardsverket.se/buller" in done.diff


@pytest.mark.parametrize(
    ("check", "code", "triggers"),
    [
        (CheckName.ANCHOR, "risk_high", True),
        (CheckName.INTENT, "off_with_wrapper", True),
        (CheckName.INTENT, "partial_strong", True),
        (CheckName.INTENT, "search_results_not_fetched", False),
        (CheckName.TRUST, "no_approved_source", True),
        (CheckName.COMPLIANCE, "banned_promised_win", True),
        (CheckName.COMPLIANCE, "area_overridden", True),
        (CheckName.COMPLIANCE, "look_symbol", False),
        (CheckName.GROUNDING, "unsupported", True),
        (CheckName.DRAFT, "too_short_hard", False),
    ],
)
def test_the_triggers_are_those_of_the_sign_off(
    check: CheckName, code: str, *, triggers: bool
) -> None:
    finding = Finding(check, code, QcStatus.NEEDS_SIGNOFF, "A person has to look.")
    report = with_finding(inspect(subjects.subject()), finding)
    assert bool(signoff_triggers(report)) is triggers


def test_a_decided_claim_holds_nothing_up() -> None:
    finding = Finding(CheckName.GROUNDING, "unsupported", QcStatus.WARNING, "Decided.")
    assert signoff_triggers(with_finding(inspect(subjects.subject()), finding)) == ()


def with_finding(report: Report, finding: Finding) -> Report:
    first, *others = report.checks
    return replace(report, checks=(replace(first, findings=(finding,)), *others))


# Never


FAULTS: dict[str, Callable[[Subject], Subject]] = {
    "noise": lambda g: unlinked(g, NOISE),
    "craft": lambda g: unlinked(g, CRAFT),
    "stray": lambda g: (
        g
        if NOISE not in g.article.markdown
        else subjects.changed(g, NOISE, "](https://naturvardsverket.se/x)")
    ),
    "early": lambda g: carried(g, "En bra värmepump"),
    "tone": lambda g: subjects.changed(g, "Glöm inte att", "Det är viktigt att notera att"),
    "drama": lambda g: subjects.changed(g, "Prata med", "Dyk ner i"),
    "list": lambda g: subjects.changed(g, "Följ upp", "- en punkt\n- två punkter\n\nFölj upp"),
    "code": lambda g: subjects.changed(g, "Följ upp", "```\n[x](y)\n```\n\nFölj upp"),
    "bold": lambda g: subjects.changed(g, "Begär in offerter", "**Begär** in *offerter*"),
    "quote": lambda g: subjects.changed(g, "Tänk även", "> Citerat av någon.\n\nTänk även"),
    "setext": lambda g: subjects.changed(g, "## Räkna på hela tiden", "Räkna på hela tiden\n---"),
    "tail": lambda g: subjects.with_text(g, g.article.markdown.rstrip()),
}


def order_safe(names: list[str]) -> list[str]:
    """Unlink before anything that touches the same link."""
    return sorted(names, key=lambda each: each not in {"noise", "craft"})


@settings(max_examples=12, deadline=None)
@for_all(
    names=st.lists(st.sampled_from(sorted(FAULTS)), unique=True, max_size=6),
    vertical=st.sampled_from([Vertical.NONE, Vertical.HEALTH, Vertical.GAMBLING]),
    fixed=st.booleans(),
)
def test_a_repair_keeps_to_what_is_permitted(
    names: list[str], vertical: Vertical, *, fixed: bool
) -> None:
    given = subjects.subject(vertical=vertical, anchor_is_fixed=fixed)
    for name in order_safe(names):
        given = FAULTS[name](given)
    done = mended(given)
    assert replayed(given, done.changes) == done.article.markdown
    assert done.applied is (done.article.sha256 != given.article.sha256)
    assert done.article.anchor_text == given.article.anchor_text or not fixed

    then = after(given, done) if done.applied else repaired_or_proposed(given, done)
    assert headings(then) == headings(given)
    assert new_urls(given, then) <= {Standing.SOURCE, Standing.PRESCRIBED}
    assert len(then.target_links) == len(given.target_links)


@settings(max_examples=6, deadline=None)
@for_all(
    names=st.lists(st.sampled_from(sorted(FAULTS)), unique=True, max_size=5),
    vertical=st.sampled_from([Vertical.NONE, Vertical.HEALTH]),
)
def test_a_repaired_text_has_nothing_left_to_repair(names: list[str], vertical: Vertical) -> None:
    given = subjects.subject(vertical=vertical)
    for name in order_safe(names):
        given = FAULTS[name](given)
    once = after(given, mended(given))
    assert mended(once).changes == ()


def headings(subject: Subject) -> list[tuple[int, str]]:
    return [(each.level, each.text) for each in subject.parsed.headings]


def new_urls(before: Subject, then: Subject) -> set[Standing]:
    def urls(subject: Subject) -> set[str]:
        linked = {each.url for each in subject.parsed.links}
        return linked | {url for url, _ in loose_urls(subject)}

    ledger = Ledger(then)
    return {ledger.standing(each) for each in urls(then) - urls(before)}


def test_an_operation_gone_wild_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    wild = [
        ("# Så planerar", "# Nu planerar"),
        ("Glöm inte att", "Det kostar 500 kronor att"),
        ("Prata med grannarna", "[Prata](https://evil.example/) med grannarna"),
        ("Prata med grannarna", "Se https://evil.example/ om grannarna"),
        ("Prata med grannarna", "[Prata](https://nordkyla.example/kop) med grannarna"),
        (LINK, "välja rätt värmepump"),
        ("## Räkna på hela tiden\n", ""),
    ]

    def offers(subject: Subject, _packs: Packs | None) -> list[Change]:
        text = subject.article.markdown
        edits = [Edit(text.index(a), text.index(a) + len(a), b) for a, b in wild]
        return [change(text, [each], Operation.EDIT_TONE, "Wild.") for each in edits]

    monkeypatch.setattr(repairing, "_OPERATIONS", (offers,))
    assert mended(subjects.subject()).changes == ()
