"""How well the rules find what is missing, on sixty labeled texts (domain 11, row 15)."""

import pytest

from bacowr.engine.policies.loading import shipped
from bacowr.engine.policies.matching import first
from tests.data.policies.labeled import Labeled, lacking_one, texts, wordings
from tests.data.policies.subjects import Found, found

GOAL_RECALL = 0.95
GOAL_FALSE_ALARMS = 0.10


@pytest.fixture(scope="module")
def results() -> list[Found]:
    return [found(each) for each in texts()]


def test_there_are_thirty_texts_in_each_language() -> None:
    languages = [each.language for each in texts()]
    assert [languages.count("sv"), languages.count("en")] == [30, 30]


def test_missing_elements_are_found(results: list[Found]) -> None:
    wanted = sum(len(each.text.missing) for each in results)
    hit = sum(len(each.text.missing & each.missing) for each in results)
    print(f"missing elements: {hit} of {wanted} found")  # noqa: T201 - the measure is shown.
    assert wanted == 42
    assert hit >= GOAL_RECALL * wanted


def test_clean_texts_raise_few_alarms(results: list[Found]) -> None:
    clean = [each for each in results if each.text.is_clean]
    alarmed = [each.text.name for each in clean if each.missing or each.banned]
    print(f"clean texts: {len(alarmed)} of {len(clean)} raise an alarm")  # noqa: T201 - as above.
    assert len(clean) == 34
    assert len(alarmed) <= GOAL_FALSE_ALARMS * len(clean), alarmed


def test_elements_that_are_there_are_seldom_called_missing(results: list[Found]) -> None:
    present = sum(len(each.text.present) for each in results)
    wrong = sum(len(each.missing - each.text.missing) for each in results)
    print(f"elements present: {wrong} of {present} called missing")  # noqa: T201 - as above.
    assert wrong <= GOAL_FALSE_ALARMS * present


def test_banned_phrases_are_found(results: list[Found]) -> None:
    wanted = sum(len(each.text.banned) for each in results)
    hit = sum(len(each.text.banned & each.banned) for each in results)
    print(f"banned phrases: {hit} of {wanted} found")  # noqa: T201 - as above.
    assert wanted == 26
    assert hit >= GOAL_RECALL * wanted


def test_area_is_detected_and_no_other(results: list[Found]) -> None:
    for each in results:
        wanted = (each.text.vertical,) if each.text.vertical else ()
        assert each.verticals == wanted, each.text.name


@pytest.mark.parametrize("language", ["sv", "en"])
def test_each_element_is_missed_when_it_alone_is_gone(language: str) -> None:
    lacking = [each for each in lacking_one() if each.language == language]
    hit = [each for each in lacking if _is_found(each)]
    print(f"{language}: {len(hit)} of {len(lacking)} single gaps found")  # noqa: T201 - as above.
    assert len(lacking) == 39
    assert len(hit) >= GOAL_RECALL * len(lacking)


def test_sentences_count_as_what_they_say_and_no_others() -> None:
    signs: dict[tuple[str, str], tuple[str, ...]] = {}
    for pack in shipped().packs:
        for required in pack.required:
            for language, listed in required.signs.items():
                key = (language, required.code)
                signs[key] = (*signs.get(key, ()), *listed)
    wrong = [
        each.sentence
        for each in wordings()
        if bool(first(each.sentence, signs[each.language, each.code])) is not each.states
    ]
    assert wrong == []


def _is_found(text: Labeled) -> bool:
    return text.missing <= found(text).missing
