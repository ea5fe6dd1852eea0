"""Fit: the language, the sentences and a word that returns too often."""

import pytest

from bacowr.engine.checks.model import Check, QcStatus
from bacowr.engine.rules import fit
from tests.plugins import subjects

NORWEGIAN = (
    "Det er lurt å planlegge varmen i huset før vinteren kommer, og det hjelper å skrive ned hva "
    "dere trenger. Gå gjennom rommene og kjenn etter hvor det trekker. Snakk med naboene om hva "
    "de har gjort, og spør hvordan det fungerer når det er kaldt ute. "
)


def codes(check: Check) -> list[str]:
    return [each.code for each in check.findings]


@pytest.mark.parametrize(("language", "other"), [("sv", "en"), ("en", "sv")])
def test_the_wrong_language_blocks_and_costs_thirty(language: str, other: str) -> None:
    given = subjects.subject(language, subjects.markdown(other))
    check = fit.check(given)
    assert (check.status, check.score, codes(check)) == (QcStatus.BLOCKED, 70, ["wrong_language"])
    assert check.findings[0].evidence.text == other


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_right_language_passes(language: str) -> None:
    check = fit.check(subjects.subject(language))
    assert (check.status, check.score) == (QcStatus.PASS, 100)


def test_a_few_words_of_another_language_are_not_judged() -> None:
    assert codes(fit.check(subjects.subject(text="# Short\n\nThis is an English text, alas."))) == [
        "sentence_length"
    ]


@pytest.mark.parametrize("language", ["nb", "da", "sv"])
def test_languages_that_are_easily_mistaken_never_block(language: str) -> None:
    given = subjects.subject(text=f"# Varme\n\n{NORWEGIAN * 4}")
    check = fit.check(subjects.with_text(given, given.article.markdown, language=language))
    blocked = check.status is QcStatus.BLOCKED
    assert blocked is (language == "sv")


@pytest.mark.parametrize(
    ("sentence", "costs"),
    [
        ("Huset är kallt i dag. ", True),
        ("Huset är kallt i dag och det har det varit länge nu. ", False),
        ("Huset är kallt " + "och det är det också " * 6 + "nu. ", True),
    ],
)
def test_too_short_or_too_long_sentences_cost_ten(sentence: str, *, costs: bool) -> None:
    check = fit.check(subjects.subject(text=f"# Huset\n\n{sentence * 6}"))
    assert ("sentence_length" in codes(check)) is costs
    assert check.status is QcStatus.PASS


def test_one_long_word_too_often_costs_fifteen() -> None:
    given = subjects.subject()
    tail = "Värmepumpen surrar och värmepumpen går. " * 30
    check = fit.check(subjects.with_text(given, f"{given.article.markdown}\n\n{tail}"))
    assert (check.score, codes(check)) == (85, ["one_word"])
    assert check.findings[0].evidence.text == "värmepumpen"


def test_a_short_or_a_small_word_may_return() -> None:
    given = subjects.subject()
    tail = "Huset står och därför står huset. " * 30
    check = fit.check(subjects.with_text(given, f"{given.article.markdown}\n\n{tail}"))
    assert "one_word" not in codes(check)


def test_an_empty_text_has_nothing_to_repeat() -> None:
    assert codes(fit.check(subjects.subject(text=""))) == []


def test_nynorsk_is_norwegian() -> None:
    text = (
        "Det er lurt å planleggje varmen i huset før vinteren kjem, og det hjelper å skrive ned "
        "kva de treng. Gå gjennom romma og kjenn etter kvar det trekkjer. Ikkje gløym å spørje "
        "naboane korleis det fungerer hjå dei når det er kaldt ute, for dei veit noko. "
    )
    given = subjects.subject(text=f"# Varme\n\n{text * 4}")
    check = fit.check(subjects.with_text(given, given.article.markdown, language="nb"))
    assert check.facts[0].value == "nn"
    assert codes(check) == []
