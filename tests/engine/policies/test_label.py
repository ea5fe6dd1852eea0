from datetime import UTC, datetime

import pytest

from bacowr.engine.brief.model import DocumentKind
from bacowr.engine.checks.model import Check, QcStatus
from bacowr.engine.policies.labels import ad_label, label_line, label_rules
from bacowr.engine.rules import label
from bacowr.engine.terms import ADVERTISING, DealType, Rel, Terms
from tests.data.policies.subjects import Setting, subject

PAID = Terms(DealType.PAID, Rel.SPONSORED, None, "Acme")


def check(text: str = "En rad text.", terms: Terms = PAID, **changes: object) -> Check:
    setting = Setting(**{"markdown": text, "terms": terms, **changes})  # type: ignore[arg-type]
    return label.check(subject(setting))


def codes(found: Check) -> set[str]:
    return {each.code for each in found.findings}


def fact(found: Check, name: str) -> str:
    return next(each.value for each in found.facts if each.label == name)


@pytest.mark.parametrize(
    ("country", "language", "text"),
    [
        ("se", "sv", "Annons: Acme"),
        ("se", "en", "Advertisement: Acme"),
        ("dk", "da", "Annonce: Acme"),
        ("no", "nb", "Annonse: Acme"),
        ("fi", "fi", "Mainos: Acme"),
        ("fi", "sv", "Reklam: Acme"),
        ("gb", "en", "Advertisement: Acme"),
        ("de", "sv", "Annons: Acme"),
        ("dk", "nb", "Annonse: Acme"),
        ("no", "no", "Annonse: Acme"),
        ("no", "nn", "Annonse: Acme"),
    ],
)
def test_label_has_the_wording_of_country_and_language(
    country: str, language: str, text: str
) -> None:
    made = ad_label(PAID, country, language)
    assert made
    assert made.text == text
    article = subject(Setting("Text.", language=language, country=country, terms=PAID)).article
    assert label_line(article) == text


@pytest.mark.parametrize("deal", list(DealType))
def test_only_advertising_is_labeled(deal: DealType) -> None:
    assert bool(ad_label(Terms(deal, advertiser="Acme"), "se", "sv")) is (deal in ADVERTISING)


@pytest.mark.parametrize("language", ["sv", "en", "da", "nb", "fi"])
@pytest.mark.parametrize("country", ["se", "dk", "no", "fi", "gb", "us", "de"])
def test_every_language_has_a_label_in_every_country(language: str, country: str) -> None:
    assert ad_label(PAID, country, language)


def test_language_without_wording_has_no_label() -> None:
    article = subject(Setting("Text.", language="de", country="de", terms=PAID)).article
    assert label_line(article) is None


def test_wordings_say_that_nobody_verified_them() -> None:
    assert not label_rules().verified
    assert "not verified at the source" in fact(check(), "Label source")


def test_labeled_deal_passes_and_shows_its_terms() -> None:
    found = check()
    assert (found.status, found.score) == (QcStatus.PASS, None)
    shown = {each.label: each.value for each in found.facts}
    assert shown["Deal"] == "paid"
    assert shown["Policy rel"] == "sponsored or nofollow"
    assert shown["Agreed rel"] == "sponsored"
    assert shown["Effective rel"] == "sponsored"
    assert shown["Label"] == "Annons: Acme"


def test_editorial_link_passes_without_a_label() -> None:
    found = check(terms=Terms(DealType.EDITORIAL))
    assert found.status is QcStatus.PASS
    assert fact(found, "Policy rel") == "free"
    assert "Label" not in {each.label for each in found.facts}


def test_unknown_deal_is_a_warning() -> None:
    found = check(terms=Terms())
    assert (found.status, codes(found)) == (QcStatus.WARNING, {"deal_unknown"})
    assert "rel sponsored" in found.findings[0].message


def test_paid_without_a_known_wording_blocks() -> None:
    found = check(language="de", country="de")
    assert (found.status, codes(found)) == (QcStatus.BLOCKED, {"label_unknown"})
    assert fact(found, "Label") == "none"
    assert not found.findings[0].decidable


@pytest.mark.parametrize(
    ("country", "language", "status"),
    [
        ("se", "sv", QcStatus.NEEDS_SIGNOFF),
        ("fi", "fi", QcStatus.NEEDS_SIGNOFF),
        ("dk", "da", QcStatus.PASS),
    ],
)
def test_advertiser_must_be_named_where_the_country_says_so(
    country: str, language: str, status: QcStatus
) -> None:
    found = check(terms=Terms(DealType.PAID), country=country, language=language)
    assert found.status is status
    assert codes(found) == ({"advertiser_missing"} if status is not QcStatus.PASS else set())


def test_unexplained_follow_blocks() -> None:
    found = check(terms=Terms(DealType.PAID, Rel.FOLLOW, None, "Acme"))
    assert (found.status, codes(found)) == (QcStatus.BLOCKED, {"follow_unexplained"})


def test_follow_with_a_reason_is_a_warning_that_names_it() -> None:
    found = check(terms=Terms(DealType.PAID, Rel.FOLLOW, "Approved by legal.", "Acme"))
    assert (found.status, codes(found)) == (QcStatus.WARNING, {"follow_paid"})
    assert "Approved by legal." in found.findings[0].message
    effective = next(each for each in found.facts if each.label == "Effective rel")
    assert (effective.value, effective.is_met) == ("follow", False)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("sv", "I samarbete med Acme"),
        ("sv", "Sponsrat av Acme"),
        ("en", "Sponsored by Acme"),
        ("en", "Promotion"),
        ("da", "Sponsoreret"),
        ("nb", "Sponset innhold"),
        ("fi", "Kaupallinen yhteistyö"),
    ],
)
def test_weak_words_alone_are_a_warning(language: str, line: str) -> None:
    text = f"{line}\n\nEn rad text."
    found = check(text, language=language)
    assert (found.status, codes(found)) == (QcStatus.WARNING, {"label_weak"})
    place = found.findings[0].place
    assert place
    assert text[place.start : place.end] == line
    assert "every export adds" in found.findings[0].message


def test_weak_words_without_a_deal_are_a_warning_too() -> None:
    found = check("Sponsrat\n\nText.", terms=Terms(DealType.EDITORIAL))
    assert "the deal does not say so" in found.findings[0].message


@pytest.mark.parametrize(
    "text",
    [
        "Forskarna har i samarbete med fyra andra universitet följt trettio familjer.",
        "# Samarbete på lika villkor\n\nText.",
        "- Gott samarbete\n- Tid",
    ],
)
def test_everyday_use_of_a_weak_word_is_left_alone(text: str) -> None:
    assert check(text).status is QcStatus.PASS


@pytest.mark.parametrize("line", ["Annons", "Annons: Acme", "Reklam – Acme", "ANNONS | Acme"])  # noqa: RUF001 - an en dash.
def test_label_in_the_text_is_a_warning(line: str) -> None:
    found = check(f"{line}\n\nText.")
    assert codes(found) == {"label_repeated"}
    assert "every export adds “Annons: Acme”" in found.findings[0].message


def test_long_label_in_the_text_is_a_warning() -> None:
    name = "Stiftelsen för allt mellan himmel och jord i norr"
    found = check(f"Annons: {name}\n\nText.", Terms(DealType.PAID, Rel.SPONSORED, None, name))
    assert codes(found) == {"label_repeated"}


def test_label_on_a_text_that_is_no_ad_is_a_warning() -> None:
    found = check("Annons\n\nText.", Terms(DealType.EDITORIAL))
    assert "the deal does not say so" in found.findings[0].message


@pytest.mark.parametrize("text", ["Annonser i tidningen.", "Reklamation och reklamfilm."])
def test_words_that_begin_like_a_label_are_left_alone(text: str) -> None:
    assert check(text).status is QcStatus.PASS


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("sv", "Länken ska vara dofollow."),
        ("sv", "Länken får inte märkas nofollow."),
        ("sv", "En dofollow-länk krävs för publicering."),
        ("en", "The link must be do-follow."),
        ("en", "The link must not carry nofollow."),
        ("da", "Linket skal være dofollow."),
        ("nb", "Lenken må ikke merkes nofollow."),
        ("fi", "Linkin on oltava dofollow."),
    ],
)
def test_demand_for_a_followed_link_needs_a_person(language: str, sentence: str) -> None:
    found = check(f"Text. {sentence}", language=language)
    assert (found.status, codes(found)) == (QcStatus.NEEDS_SIGNOFF, {"follow_demanded"})
    assert found.findings[0].evidence.text == sentence


def test_talk_about_followed_links_is_left_alone() -> None:
    assert check("Begreppet dofollow finns inte i HTML.").status is QcStatus.PASS


@pytest.mark.parametrize(("day", "is_old"), [(21, False), (22, True)])
def test_wordings_are_called_old_after_180_days(day: int, *, is_old: bool) -> None:
    found = check(at=datetime(2027, 5, day, tzinfo=UTC))
    assert ("wordings_old" in codes(found)) is is_old


def test_notes_are_shown_with_their_day() -> None:
    found = check()
    assert "(since 2026-08-02, not verified at the source" in fact(found, "EU AI Act, art. 50(4)")
    assert "(from 2026-12-02" in fact(found, "EU AI Act, art. 50(2)")
    assert "guest posts" in fact(found, "Google's spam policies")


def test_notes_on_ai_are_not_shown_for_a_person_s_text() -> None:
    found = check(kind=DocumentKind.HUMAN_TEXT, terms=Terms(DealType.EDITORIAL))
    assert not any("AI Act" in each.label or "Google" in each.label for each in found.facts)
