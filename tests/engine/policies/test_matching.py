import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.policies.matching import GAP_WORDS, first, found, pattern

WORDS = st.text("abcdeåäö", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("lån", "Ett lån kostar."),
        ("casino*", "Casinospel på nätet"),
        ("spela nu|här", "Spela här i kväll"),
        ("bli rik | tjäna pengar", "Så kan du tjäna pengar"),
        ("inte .. rådgivning", "Det är inte någon personlig rådgivning."),
        ("inte .. rådgivning", "inte rådgivning"),
        ("18+", "Åldersgräns 18+."),
        ("can't lose", "You can’t lose"),  # noqa: RUF001 - a typographic apostrophe.
        ("020-81 91 00", "Ring 020–81 91 00."),  # noqa: RUF001 - an en dash.
        ("ränta .. %", "en ränta på 4,95 %"),
    ],
)
def test_phrase_is_found(phrase: str, text: str) -> None:
    assert first(text, (phrase,))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("lån", "En lång väg till lånord"),
        ("lån", "ett sms-lån"),
        ("spel", "skådespel och spelning"),
        ("botar", "botaniska, robotar"),
        ("18+", "18+5"),
        ("spela nu|här", "Spela härnäst"),
        ("inte .. rådgivning", "Det är inte så. Personlig rådgivning ges av banken."),
        ("inte .. rådgivning", "inte ett två tre fyra fem sex sju rådgivning"),
    ],
)
def test_phrase_is_not_found(phrase: str, text: str) -> None:
    assert first(text, (phrase,)) is None


def test_nothing_is_found_without_phrases() -> None:
    assert found("allt möjligt", ()) == []


def test_every_place_is_found_in_order() -> None:
    assert [each[0] for each in found("Lån, ränta och lån", ("lån", "ränta"))] == [
        "Lån",
        "ränta",
        "lån",
    ]


@given(WORDS, st.lists(WORDS, max_size=GAP_WORDS), WORDS)
def test_gap_bridges_its_words(begin: str, between: list[str], end: str) -> None:
    assert first(" ".join([begin, *between, end]), (f"{begin} .. {end}",))


@given(WORDS, st.text("abcdeåäö", min_size=1, max_size=3))
def test_whole_word_is_never_found_inside_another(word: str, rest: str) -> None:
    assert first(f"{word}{rest} {rest}{word}", (word,)) is None or rest == word


@given(st.text(min_size=1, max_size=20))
def test_any_phrase_makes_a_pattern(text: str) -> None:
    assert isinstance(pattern((text,)), re.Pattern)
