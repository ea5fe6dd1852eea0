"""Readability: shown, and never more."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.checks.model import QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.rules import readability
from bacowr.engine.text.flesch import flesch, syllables

Make = Callable[..., Subject]
HARD = "Bostadsrättsföreningens energieffektiviseringsåtgärder genomfördes systematiskt " * 20


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("house", 1),
        ("water", 2),
        ("table", 2),
        ("united", 3),
        ("walked", 1),
        ("makes", 1),
        ("boxes", 2),
        ("banana", 3),
        ("the", 1),
        ("energy", 3),
        ("x", 1),
    ],
)
def test_syllables_are_groups_of_vowels(word: str, count: int) -> None:
    assert syllables(word) == count


def test_flesch_follows_its_definition() -> None:
    expected = 206.835 - 1.015 * 3 - 84.6 * 4 / 3
    assert flesch("The water boils.") == pytest.approx(expected, abs=0.06)
    assert flesch("12 34") is None


@given(st.text(max_size=80))
def test_flesch_never_fails(text: str) -> None:
    value = flesch(text)
    assert value is None or value <= 206.9


def test_a_hard_text_is_shown_and_passes(make_subject: Make) -> None:
    check = readability.check(make_subject(HARD))
    assert (check.status, check.findings) == (QcStatus.PASS, ())
    lix = next(each for each in check.facts if each.label == "LIX")
    assert lix.is_met is False
    assert lix.wanted == "35 to 50, best 40"
    assert "bureaucratic" in lix.value


def test_english_is_measured_by_flesch_as_well(make_subject: Make) -> None:
    text = "The old house is warm in winter. A pump takes heat from the cold air outside."
    facts = {
        each.label: each for each in readability.check(make_subject(text, language="en")).facts
    }
    assert facts["LIX"].wanted is None
    assert facts["Flesch reading ease"].wanted == "60 to 70"
    assert "Flesch reading ease" not in {
        each.label for each in readability.check(make_subject(text)).facts
    }


def test_a_text_without_words_is_unmeasured(make_subject: Make) -> None:
    assert readability.check(make_subject("# Bara rubrik")).unmeasured
