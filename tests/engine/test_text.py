"""Words, sentences, readability, languages and word lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.text import language, lexicon, words
from bacowr.engine.text.lix import Band, band, lix
from bacowr.engine.text.sentences import mean_words, sentences
from bacowr.engine.text.stems import stem

prose = st.lists(
    st.sampled_from(
        [
            "Hej.",
            "t.ex.",
            "Vi ses kl. 8.",
            "Vad?",
            "\n",
            "ett långt ord",
            "U.S.",
            "“Ja!”",
            "5,2 kg.",
        ]
    ),
    max_size=12,
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Den är e-post's.", ["Den", "är", "e-post's"]),
        ("1 000 kr, 3,5 % och 12:30", ["1", "000", "kr", "3,5", "och", "12:30"]),
        ("under_strek -- x", ["under", "strek", "x"]),
        ("", []),
    ],
)
def test_a_word_is_a_letter_run_or_a_number(text: str, found: list[str]) -> None:
    assert words.words(text) == found


def test_lix_follows_its_definition() -> None:
    # 8 words, 2 sentences, 2 words over six letters.
    assert lix("Huset är gammalt. Fönstren är mycket dragiga nu.") == 8 / 2 + 100 * 3 / 8


@pytest.mark.parametrize("text", ["", " \n", "... !?"])
def test_lix_of_no_words_is_unknown(text: str) -> None:
    assert lix(text) is None


def test_lix_of_an_unended_text_is_that_of_one_sentence() -> None:
    assert lix("ett två tre") == 3.0


def test_lix_does_not_end_a_sentence_inside_a_number() -> None:
    assert lix("Det var 3.5 grader.") == lix("Det var 35 grader.")


@given(st.text(alphabet="abcåäö .:!?\n5", max_size=200))
def test_lix_stays_within_its_bounds(text: str) -> None:
    value = lix(text)
    assert value is None or 0 <= value <= len(text) + 100


@given(prose)
def test_saying_the_same_twice_reads_as_hard(text: str) -> None:
    ended = f"{text} Slut."
    assert lix(f"{ended} {ended}") == pytest.approx(lix(ended), abs=0.11)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (29.9, Band.VERY_EASY),
        (30, Band.EASY),
        (40, Band.NEWSPAPER),
        (50, Band.OFFICIAL),
        (60, Band.OFFICIAL),
        (60.1, Band.BUREAUCRATIC),
    ],
)
def test_bands_begin_where_the_definition_says(value: float, name: Band) -> None:
    assert band(value) is name


@given(prose | st.text(max_size=80))
def test_a_sentence_is_found_where_it_says(text: str) -> None:
    for each in sentences(text):
        assert text[each.start : each.end] == each.text
        assert each.text == each.text.strip()


@given(prose | st.text(max_size=80))
def test_sentences_lose_nothing_but_space(text: str) -> None:
    joined = "".join(each.text for each in sentences(text))
    assert "".join(joined.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Ett hus. Ett till.", 2),
        ("Ta med t.ex. Bosses hammare. Och spik.", 2),
        ("Det sade dr. Ek. Sedan gick hon.", 2),
        ("Version 3.5 kom 2020. Den var bra!", 2),
        ("“Är det sant?” Ja.", 2),
        ("Rubrik\nBrödtext här.", 2),
        ("Vad? Hur? Varför?", 3),
        ("slut. med liten bokstav", 1),
        ("Priset är ca. 5 kr. Det är lågt.", 2),
        ("Vi köpte bröd, ost m.m. Sedan åkte vi hem.", 2),
        ("Boken skrevs av J. K. Rowling. Den sålde bra.", 2),
        ("De valde plan B. Det gick bra.", 2),
        ("Huset blev købt af J. P. Hansen i år.", 1),
        ("1. Skruva loss locket. 2. Torka av.", 2),
        ("År 1998. Då var allt annorlunda.", 2),
        ("Mötet börjar kl. 8. Kom i tid.", 2),
        ("Det hände den 3. mai. Ingen så det.", 2),
        ("Så här gör du: Stäng av vattnet.", 2),
        ("Källa: SCB", 1),
        ("Priset var: 300 kr i går.", 1),
        ("Det är slut.[1] Resten följer.", 2),
        ("Han kommer fr.o.m. Maj och stannar.", 1),
        ("Vi ses i jan. 2025. Hej!", 2),
        ("Hon sa: ”Kom in nu.” Vi gick.", 2),
        ("Ja … Det var så.", 2),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_the_mean_sentence_counts_words() -> None:
    assert mean_words("Ett två tre. Fyra.") == 2.0
    assert mean_words("…") is None


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("sv-SE", "sv"),
        ("EN_gb", "en"),
        ("no", "nb"),
        ("nn", "nn"),
        ("", None),
        ("swe", None),
        (None, None),
        ("1x", None),
    ],
)
def test_a_language_tag_is_two_letters(tag: str | None, code: str | None) -> None:
    assert language.named(tag) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Räkningen blev högre än vi hade tänkt oss när vi flyttade in i huset i våras.", "sv"),
        ("The bill turned out higher than we had thought when we moved into the house.", "en"),
        ("Lasku oli suurempi kuin olimme ajatelleet, kun muutimme taloon viime keväänä.", "fi"),
        ("Kort text", None),
    ],
)
def test_a_language_is_told_by_its_letters(text: str, code: str | None) -> None:
    assert language.identified(text) == code


@pytest.mark.parametrize(
    ("text", "term", "found"),
    [
        ("ett långt lån", "lån", 1),
        ("skådespel", "spel", 0),
        ("KÖP nu", "köp", 1),
        ("e-köp", "köp", 0),
        ("elpriserna steg", "elpris*", 1),
    ],
)
def test_terms_match_whole_words_only(text: str, term: str, found: int) -> None:
    assert len(lexicon.hits(text, (term,))) == found


def test_no_terms_match_nothing() -> None:
    assert lexicon.hits("text", ()) == []


def test_without_a_language_all_lists_are_joined() -> None:
    joined = lexicon.lexicon()
    assert {"och", "and", "ikke", "mutta"} <= joined.stop
    assert lexicon.lexicon("de").stop == joined.stop
    assert "and" not in lexicon.lexicon("sv").stop
    assert joined.group("no such group") == {}


@pytest.mark.parametrize("language", ["en", "da", "nb", "fi"])
def test_all_languages_have_the_same_lists(language: str) -> None:
    swedish, other = lexicon.lexicon("sv"), lexicon.lexicon(language)
    only_some = {"address", "placeholders"}
    assert swedish.groups.keys() - only_some == other.groups.keys() - only_some
    for group in swedish.groups.keys() & other.groups.keys():
        assert swedish.group(group).keys() == other.group(group).keys()
        assert all(words for words in other.group(group).values())


@pytest.mark.parametrize(
    ("one", "other"), [("ljud", "ljudet"), ("pump", "pumparna"), ("tests", "test"), ("ABC", "abc")]
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("sv", "värmepumparna", "värmepumpar"),
        ("en", "studies", "study"),
        ("da", "boligerne", "boliger"),
        ("nb", "boligene", "boliger"),
        ("fi", "talossa", "talon"),
        ("de", "pumparna", "pump"),
    ],
)
def test_forms_share_a_stem_by_the_rules_of_their_language(
    language: str, one: str, other: str
) -> None:
    assert stem(one, language) == stem(other, language)


@given(
    st.text(alphabet="abcdenrst", max_size=12),
    st.sampled_from([None, "sv", "en", "da", "nb", "fi", "de"]),
)
def test_a_stem_keeps_three_letters_or_the_whole_word(word: str, language: str | None) -> None:
    assert stem(word, language) == word or len(stem(word, language)) >= 3
