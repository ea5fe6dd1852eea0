from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.checks.model import Check, CheckName, Finding, QcStatus
from bacowr.engine.order import Vertical
from bacowr.engine.policies.elements import with_statements
from bacowr.engine.policies.model import Packs
from bacowr.engine.rules import compliance
from tests.data.policies.labeled import Labeled, texts
from tests.data.policies.subjects import Setting, labeled_subject, subject

LINK = "[casino](https://spelhuset.example/casino)"
CASINO_URL = "https://spelhuset.example/casino"
HELP = "[Stödlinjen](https://www.stodlinjen.se/), 020-81 91 00"
COMPLETE = f"18+. Spel är beroendeframkallande. {HELP}."

CREDIT = """# Om lån

{above}

Vi jämför [privatlån](https://lan.example/privatlan) i lugn och ro.

{below}
"""
WARNING = (
    "Att låna kostar pengar! Den som inte betalar får en betalningsanmärkning. "
    "Ring kommunens budget- och skuldrådgivning."
)

LICENSES = """
[[lists]]
country = "se"
vertical = "gambling"
source_name = "Register"
source_url = "https://www.spelinspektionen.se/"
checked_on = {day}
holders = [{{name = "Spelhuset AB", domains = ["{domain}"]}}]
"""


def casino(text: str, **changes: object) -> Setting:
    setting = Setting(f"# Om spel\n\n{LINK}\n\n{text}\n", anchor="casino", target_url=CASINO_URL)
    return Setting(**{**vars(setting), **changes})


def check(setting: Setting, packs: Packs | None = None) -> Check:
    return compliance.check(subject(setting), packs)


def codes(found: Check | Iterable[Finding]) -> set[str]:
    return {each.code for each in (found.findings if isinstance(found, Check) else found)}


def named(found: Check, code: str) -> Finding:
    return next(each for each in found.findings if each.code == code)


def fact(found: Check, label: str) -> str:
    return next(each.value for each in found.facts if each.label == label)


def test_text_without_a_regulated_area_passes() -> None:
    found = check(Setting("# En dag\n\nSolen går upp.\n"))
    assert (found.name, found.status, found.score) == (CheckName.COMPLIANCE, QcStatus.PASS, 100)
    assert found.findings == ()
    assert fact(found, "Regulated area") == "none"


def test_missing_element_blocks_and_takes_all_points() -> None:
    found = check(casino(COMPLETE.replace("18+. ", "")))
    assert (found.status, found.score) == (QcStatus.BLOCKED, 0)
    missing = named(found, "missing_age")
    assert missing.status is QcStatus.BLOCKED
    assert missing.suggestion == "Åldersgräns 18 år (18+)."
    assert missing.fixable
    assert not missing.decidable
    assert [each.points for each in found.deductions] == [100]


def test_complete_text_still_needs_a_person_where_code_cannot_see() -> None:
    found = check(casino(COMPLETE))
    assert found.status is QcStatus.NEEDS_SIGNOFF
    assert codes(found) == {"license_unknown"}
    assert found.score == 100


def test_help_line_without_its_link_is_missing() -> None:
    found = check(
        casino(COMPLETE.replace("[Stödlinjen](https://www.stodlinjen.se/)", "Stödlinjen"))
    )
    assert "without its link" in named(found, "missing_help_line").message
    assert "missing_help_phone" not in codes(found)


def test_element_without_prescribed_wording_can_only_be_written_by_a_person() -> None:
    above = f"{WARNING} Räntan är 8 procent."
    setting = Setting(
        CREDIT.format(above=above, below=""), target_url="https://lan.example/privatlan"
    )
    missing = named(check(setting), "missing_effective_rate")
    assert missing.suggestion is None
    assert not missing.fixable


def test_effective_rate_is_not_asked_for_where_no_figure_stands() -> None:
    setting = Setting(
        CREDIT.format(above=WARNING, below=""), target_url="https://lan.example/privatlan"
    )
    found = check(setting)
    assert codes(found) == {"look_red_symbol"}
    assert found.score == 100


def test_warning_below_the_link_stands_in_the_wrong_place() -> None:
    setting = Setting(
        CREDIT.format(above="Hej.", below=WARNING), target_url="https://lan.example/privatlan"
    )
    found = check(setting)
    late = {"late_loan_warning", "late_loan_risk", "late_debt_advice"}
    assert codes(found) == {"look_red_symbol", *late}
    assert found.score == 70
    place = named(found, "late_loan_warning").place
    assert place
    assert setting.markdown[place.start : place.end] == "Att låna kostar pengar"


def test_banned_phrase_needs_a_person_and_shows_its_place() -> None:
    setting = casino(f"{COMPLETE} Det är en säker vinst.")
    found = named(check(setting), "banned_promised_wins")
    assert found.status is QcStatus.NEEDS_SIGNOFF
    assert found.decidable
    assert found.evidence.text == "Det är en säker vinst."
    assert found.evidence.marked == ("säker vinst",)
    assert found.place
    assert setting.markdown[found.place.start : found.place.end] == "säker vinst"


@pytest.mark.parametrize(
    "sentence",
    [
        "Det finns ingen säker vinst.",
        "Lita aldrig på den som lovar en säker vinst.",
        "Spelet är inte riskfritt.",
        "Var misstänksam mot löften om garanterad vinst.",
    ],
)
def test_negated_phrase_is_not_banned(sentence: str) -> None:
    assert not any(each.startswith("banned") for each in codes(check(casino(sentence))))


@pytest.mark.parametrize(
    "sentence",
    [
        "Det är inte svårt, en säker vinst är det.",
        "Du behöver inte vänta: vinn stort i kväll.",
        "Thousands of happy patients can't be wrong.",
    ],
)
def test_negation_of_something_else_excuses_nothing(sentence: str) -> None:
    setting = Setting(sentence, vertical=Vertical.GAMBLING)
    if sentence.startswith("Thousands"):
        setting = Setting(sentence, language="en", vertical=Vertical.MEDICAL)
    assert any(each.startswith("banned") for each in codes(check(setting)))


@pytest.mark.parametrize(
    ("language", "sentence", "is_banned"),
    [
        ("sv", "Te botar förkylning.", True),
        ("sv", "Te botar inte förkylning.", False),
        ("sv", "Oljan lindrar besvären.", True),
        ("sv", "Växten förebygger huvudvärk.", True),
        ("sv", "Botaniska robotar.", False),
        ("en", "Tea cures a cold.", True),
        ("en", "Tea does not cure a cold.", False),
        ("en", "An obscure sinecure.", False),
        ("da", "Te helbreder forkølelse.", True),
        ("nb", "Te lindrer ikke forkjølelse.", False),
        ("fi", "Tee parantaa flunssan.", True),
    ],
)
def test_cure_verbs_need_a_person(language: str, sentence: str, *, is_banned: bool) -> None:
    found = check(Setting(sentence, language=language, vertical=Vertical.HEALTH))
    assert ("banned_cures" in codes(found)) is is_banned


@pytest.mark.parametrize(("calls", "code"), [(0, set()), (1, {"too_commercial"})])
def test_gambling_allows_fewer_commercial_paragraphs(calls: int, code: set[str]) -> None:
    text = "\n\n".join([COMPLETE, *["Klicka här för mer."] * calls, *["Ett stycke till."] * 5])
    found = check(casino(text))
    assert codes(found) == {"license_unknown", *code}


def test_other_texts_are_warned_above_a_quarter() -> None:
    url = "https://shop.example/page"
    text = f"[Länk]({url})\n\nKöp nu!\n\nEn rad.\n\nEn rad till."
    found = check(Setting(text))
    assert (found.status, codes(found)) == (QcStatus.WARNING, {"too_commercial"})
    assert named(found, "too_commercial").evidence.share == 0.5
    assert check(Setting(f"{text}\n\nFem.\n\nSex.\n\nSju.\n\nÅtta.")).status is QcStatus.PASS


def test_single_commercial_paragraph_is_always_allowed() -> None:
    found = check(Setting("[Länk](https://shop.example/page)\n\nEn rad."))
    assert fact(found, "Commercial paragraphs") == "1 of 2"
    assert found.status is QcStatus.PASS


@pytest.mark.parametrize(
    ("area", "links", "is_short"),
    [
        (Vertical.FINANCE, ["https://fi.se/a"], False),
        (Vertical.FINANCE, ["https://ki.se/a"], True),
        (Vertical.FINANCE, ["https://ki.se/a", "https://su.se/b"], False),
        (Vertical.FINANCE, ["https://ki.se/a", "https://ki.se/b"], True),
        (Vertical.FINANCE, ["https://dn.se/a"], True),
        (Vertical.HEALTH, ["https://ki.se/a"], False),
        (Vertical.MEDICAL, ["https://ki.se/a"], True),
        (Vertical.MEDICAL, ["https://ki.se/a", "https://who.int/b"], False),
    ],
)
def test_sources_are_counted_by_site_and_tier(
    area: Vertical, links: list[str], *, is_short: bool
) -> None:
    text = " ".join(f"[källa]({each})" for each in links)
    setting = Setting(text, vertical=area, sources=tuple(links))
    found = check(setting)
    assert ("sources_short" in codes(found)) is is_short
    if is_short:
        assert named(found, "sources_short").status is QcStatus.NEEDS_SIGNOFF


def test_source_that_was_never_read_does_not_count() -> None:
    setting = Setting(
        "[källa](https://fi.se/a) [trasig](http://a:99999999/)", vertical=Vertical.FINANCE
    )
    assert "sources_short" in codes(check(setting))


def test_legal_texts_are_only_advised_to_cite() -> None:
    found = check(Setting("Text.", vertical=Vertical.LEGAL))
    assert named(found, "sources_short").status is QcStatus.WARNING


def test_overridden_area_needs_a_person() -> None:
    found = check(casino(COMPLETE, vertical=Vertical.NONE))
    assert codes(found) == {"area_overridden"}
    assert found.status is QcStatus.NEEDS_SIGNOFF
    override = named(found, "area_overridden")
    assert "the order says none" in override.message
    assert "“casino” in the anchor" in override.evidence.text
    assert not override.decidable
    assert fact(found, "Area named on the order") == "none"


def test_area_that_a_person_names_is_shown() -> None:
    found = check(Setting("Text.", vertical=Vertical.CRYPTO))
    assert fact(found, "Area named on the order") == "crypto"
    assert "area_overridden" not in codes(found)
    assert found.status is QcStatus.BLOCKED


def test_area_without_rules_needs_a_person() -> None:
    found = check(casino("Text.", country="dk"))
    assert codes(found) == {"no_rules"}
    assert "gambling in DK" in found.findings[0].message


def test_language_without_wording_needs_a_person() -> None:
    found = check(casino("Text.", language="de"))
    assert codes(found) == {"not_worded", "license_unknown"}


def test_report_says_that_the_rules_are_not_verified() -> None:
    found = check(casino(COMPLETE))
    shown = next(each for each in found.facts if each.label == "Rules se-gambling")
    assert "not verified at the source (written down on 2026-11-22)" in shown.value
    assert shown.is_met is False
    assert "“casino” in the anchor" in fact(found, "Signs of gambling")


@pytest.mark.parametrize(("month", "day", "is_old"), [(5, 21, False), (5, 22, True)])
def test_rules_are_called_old_after_180_days(month: int, day: int, *, is_old: bool) -> None:
    found = check(casino(COMPLETE, at=datetime(2027, month, day, tzinfo=UTC)))
    assert ("rules_old" in codes(found)) is is_old


def test_exemption_is_shown() -> None:
    found = check(Setting("Text.", anchor="bolån och lån med låg ränta"))
    assert fact(found, "Rules se-credit") == "don't apply: “bolån” is exempt"
    assert found.status is QcStatus.PASS


def test_license_holder_on_the_list_must_be_named(packs_in: Callable[..., Packs]) -> None:
    packs = packs_in(license_holders=LICENSES.format(day="2026-11-01", domain="spelhuset.example"))
    found = check(casino(COMPLETE), packs)
    assert codes(found) == {"missing_license_holder"}
    assert found.findings[0].suggestion == "Licensinnehavare: Spelhuset AB."
    assert check(casino(f"{COMPLETE} Spelhuset AB har licens."), packs).status is QcStatus.PASS


def test_target_outside_the_list_and_an_old_list_are_told(packs_in: Callable[..., Packs]) -> None:
    packs = packs_in(license_holders=LICENSES.format(day="2026-01-01", domain="other.example"))
    assert codes(check(casino(COMPLETE), packs)) == {"license_not_found", "license_list_old"}


def test_two_areas_ask_for_a_common_statement_once() -> None:
    setting = Setting("Text.", anchor="läkemedel och kosttillskott")
    found = [each for each in check(setting).findings if each.code == "missing_not_medical_advice"]
    assert len(found) == 1


def test_prescribed_links_are_given() -> None:
    assert compliance.prescribed_urls(subject(casino("Text."))) == {"https://www.stodlinjen.se/"}
    assert compliance.prescribed_urls(subject(Setting("Text."))) == frozenset()
    credit = Setting("Text.", vertical=Vertical.CREDIT)
    assert compliance.prescribed_urls(subject(credit)) == {"https://www.konsumentverket.se/"}


def repaired(setting: Setting) -> Setting:
    missing = compliance.missing_statements(subject(setting))
    return Setting(**{**vars(setting), "markdown": with_statements(setting.markdown, missing)})


def test_statements_are_put_at_the_end_in_one_paragraph() -> None:
    fixed = repaired(casino("Slut."))
    assert fixed.markdown.endswith(
        "Slut.\n\nÅldersgräns 18 år (18+). Spel om pengar kan vara beroendeframkallande. Stöd och "
        "hjälp: [Stödlinjen.se](https://www.stodlinjen.se/). Stödlinjens telefon: 020-81 91 00.\n"
    )
    assert codes(check(fixed)) == {"license_unknown"}


@pytest.mark.parametrize("title", ["# Om lån", "Om lån\n======"])
def test_warning_is_put_below_the_title(title: str) -> None:
    text = f"{title}\n\nVi jämför [privatlån](https://lan.example/privatlan) i lugn och ro.\n"
    fixed = repaired(Setting(text, target_url="https://lan.example/privatlan"))
    assert fixed.markdown.startswith(f"{title}\n\n**Att låna kostar pengar!** Om du inte kan")
    assert fixed.markdown.endswith("i lugn och ro.\n")
    assert codes(check(fixed)) == {"look_red_symbol"}


@pytest.mark.parametrize("text", ["Bara text.", "#\n\nText.", "# Bara en titel"])
def test_warning_is_put_first_without_a_title(text: str) -> None:
    fixed = repaired(Setting(text, vertical=Vertical.CREDIT))
    assert codes(check(fixed)) == {"look_red_symbol"}
    assert text.strip("\n") in fixed.markdown or fixed.markdown.startswith("# Bara en titel")


@pytest.mark.parametrize("text", [e for e in texts() if e.missing], ids=lambda each: each.name)
def test_repair_fills_every_gap_it_can_and_changes_nothing_else(text: Labeled) -> None:
    made = labeled_subject(text)
    fixed = with_statements(made.article.markdown, compliance.missing_statements(made))
    lines = iter(fixed.splitlines())
    assert all(line in lines for line in made.article.markdown.splitlines() if line)
    again = replace(made, article=replace(made.article, markdown=fixed))
    assert compliance.missing_statements(again) == ()


LINES = st.lists(
    st.sampled_from(
        ["# Titel", "## Del", "Text.", "- punkt", "> citat", "    kod", "", LINK, "***"]
    )
)


@given(LINES)
def test_inserted_statements_are_found_whatever_the_text(lines: list[str]) -> None:
    setting = Setting("\n".join(lines), vertical=Vertical.GAMBLING, target_url=CASINO_URL)
    fixed = repaired(setting)
    assert not any(each.startswith("missing") for each in codes(check(fixed)))
    kept = iter(fixed.markdown.splitlines())
    assert all(line in kept for line in lines if line)
