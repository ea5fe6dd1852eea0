"""What a text shares with pages and with its batch: word for word, and in its build."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bacowr.engine.article.parsed import parse
from bacowr.engine.checks.model import Check, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.originality.own_text import plain_runs, runs
from bacowr.engine.originality.shingles import Overlap, ShingleIndex
from bacowr.engine.originality.structure import Trait, build, likenesses
from bacowr.engine.ports import Neighbor
from bacowr.engine.rules import originality

Make = Callable[..., Subject]
LETTERS = "abdefgiklmnoprstuvåäö"
FREQUENT = ("och", "att", "det", "som", "en", "på", "är", "av", "för", "med", "till", "den", "har")
PAGE = (
    "Filtret i en luftvärmepump ska rengöras en gång i månaden under den kalla tiden. "
    "Annars sjunker verkningsgraden och räkningen stiger. Lamellerna dammsugs varje höst."
)
FIRST = PAGE.partition(". ")[0]


def invented(chance: random.Random, count: int) -> list[str]:
    """Make sentences of frequent and rare words, about as often as texts have them."""
    rare = ["".join(chance.choices(LETTERS, k=chance.randint(4, 11))) for _ in range(900)]
    return [
        " ".join(
            chance.choice(FREQUENT if chance.random() < 0.4 else rare)
            for _ in range(chance.randint(6, 22))
        ).capitalize()
        + "."
        for _ in range(count)
    ]


def overlap(one: str, other: str) -> Overlap | None:
    index = ShingleIndex()
    index.add("other", plain_runs(other))
    return next(iter(index.overlaps(plain_runs(one))), None)


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_six_shared_sentences_of_sixty_are_found_and_none_are_not(seed: int) -> None:
    chance = random.Random(seed)
    one, other = invented(chance, 60), invented(chance, 60)
    apart = overlap(" ".join(one), " ".join(other))
    assert apart is None or apart.share < 0.03
    mixed = list(other)
    for place in chance.sample(range(60), 6):
        mixed[place] = one[place]
    shared = overlap(" ".join(mixed), " ".join(one))
    assert shared is not None
    assert 0.03 <= shared.share < 0.25


@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.lists(st.sampled_from("abcdefgh")))
def test_the_share_is_that_of_all_pairs_compared_one_by_one(one: list[str], two: list[str]) -> None:
    mine = {tuple(one[i : i + 5]) for i in range(len(one) - 4)}
    yours = {tuple(two[i : i + 5]) for i in range(len(two) - 4)}
    found = overlap(" ".join(one), " ".join(two))
    expected = round(len(mine & yours) / len(mine), 4) if mine & yours else None
    assert (found.share if found else None) == expected


@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.lists(st.sampled_from("abcdefgh")))
def test_passages_stand_in_both_texts(one: list[str], two: list[str]) -> None:
    mine, yours = " ".join(one), " ".join(two)
    found = overlap(mine, yours)
    for each in found.passages if found else ():
        words = mine[each.start : each.end].split()
        assert len(words) == each.words >= 5
        assert all(" ".join(words[i : i + 5]) in yours for i in range(len(words) - 4))


def test_a_text_shares_all_with_itself_and_nothing_when_it_is_short() -> None:
    whole = overlap(PAGE, PAGE)
    assert whole is not None
    assert whole.share == 1.0
    assert overlap("fyra ord är för", "fyra ord är för") is None


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("Ett två. Tre.", ["ett två tre"]),
        ("Hon sa: ”Det här är ett citat.” Sedan gick hon.", ["hon sa", "sedan gick hon"]),
        ('Så kallat "öppet köp" gäller.', ["så kallat", "gäller"]),
        ("Före.\n\n> Citerat stycke.\n\nEfter.", ["före", "efter"]),
        ("Annons: Butik AB\n\nText.", ["text"]),
        ("Spela lagom. Regler  gäller\nför spel.", ["spela lagom"]),
        ("## Rubrik\n\nText.", ["text"]),
        ("”Bara citat”", []),
    ],
)
def test_quotations_labels_and_statements_are_nobodys(markdown: str, words: list[str]) -> None:
    found = runs(parse(markdown), ("Annons: Butik AB", "regler gäller för spel"))
    assert [" ".join(each.word for each in run) for run in found] == words


@given(st.text(alphabet='ab "”“\n>#*', max_size=60))
def test_words_lie_where_they_say(markdown: str) -> None:
    for run in runs(parse(markdown)):
        for each in run:
            assert markdown[each.start : each.end].lower() == each.word


def codes(check: Check) -> list[str]:
    return [each.code for each in check.findings]


def test_a_copied_text_is_blocked_and_shows_the_passage(make_subject: Make) -> None:
    text = f"# Pump\n\nSå här är det. {FIRST}. Sedan blir det bra."
    check = originality.check(make_subject(text, {"https://a.example/": PAGE}))
    finding = check.findings[0]
    assert (check.status, finding.code) == (QcStatus.BLOCKED, "copied")
    assert finding.place is not None
    assert text[finding.place.start : finding.place.end] == FIRST
    assert finding.evidence.url == "https://a.example/"
    assert "14 words" in finding.message


def test_a_few_words_in_a_long_text_only_warn(make_subject: Make) -> None:
    sentences = invented(random.Random(3), 20)
    text = " ".join([*sentences, f"{FIRST}."])
    check = originality.check(make_subject(text, {"https://a.example/": PAGE}))
    assert check.status is QcStatus.WARNING
    assert check.facts[0].is_met is False


def test_no_more_than_three_passages_are_shown(make_subject: Make) -> None:
    pieces = [" ".join(PAGE.split()[n : n + 6]) for n in (0, 7, 14, 20)]
    text = "\n\n".join(pieces)
    check = originality.check(make_subject(text, {"https://a.example/": PAGE}))
    assert codes(check) == ["copied", "copied_passage", "copied_passage"]


def test_a_marked_quotation_is_no_copy(make_subject: Make) -> None:
    text = f"Så här är det. ”{FIRST}.” Sedan blir det bra igen."
    check = originality.check(make_subject(text, {"https://a.example/": PAGE}))
    assert (check.status, check.findings) == (QcStatus.PASS, ())


def test_the_batch_is_compared_as_well(make_subject: Make) -> None:
    other = Neighbor("7", "Om filter", f"# Filter\n\n{PAGE}")
    check = originality.check(make_subject(PAGE, neighbors=[other]))
    assert codes(check) == ["copied", "same_opening"]
    assert "Om filter" in check.findings[0].message
    assert check.findings[0].evidence.url is None
    assert check.status is QcStatus.BLOCKED


ONE = """# A

När du väljer pump är det bra att läsa [en guide](https://butik.example/pump) om just det.

## Vad kostar en pump?

Se [a](https://a.example/) och [b](https://b.example/x).

## Hur länge håller den?

Text.

## När ska du byta?

Text.
"""


def test_texts_from_one_mold_are_known_by_their_build(make_subject: Make) -> None:
    two = (
        ONE.replace("väljer pump", "väljer matta")
        .replace("en guide", "tips")
        .replace("Text", "Annat")
        .replace("https://b.example/x", "https://www.b.example/y")
    )
    target = "https://butik.example/pump"
    found = likenesses(build(parse(ONE), "sv", target), build(parse(two), "sv", target))
    assert [each.trait for each in found] == [Trait.HEADINGS, Trait.SKELETON, Trait.DOMAINS]
    assert found[0].share == 1.0
    assert found[1].what.startswith("när du väljer * är")
    check = originality.check(make_subject(ONE, neighbors=[Neighbor("1", "Mattor", two)]))
    assert {"same_headings", "same_skeleton", "same_domains"} <= set(codes(check))


def test_texts_of_their_own_are_not_alike() -> None:
    other = "# B\n\nEn helt annan början på texten. [c](https://c.example/)\n\n## Slut\n\nText."
    assert likenesses(build(parse(ONE), "sv"), build(parse(other), "sv")) == ()
    empty = build(parse(""), "sv")
    assert likenesses(empty, empty) == ()


def test_a_small_share_is_measured_and_shown_no_passage_of(make_subject: Make) -> None:
    index = ShingleIndex()
    index.add("other", plain_runs(PAGE))
    sentences = invented(random.Random(5), 60)
    text = " ".join([*sentences, " ".join(PAGE.split()[:6])])
    (small,) = index.overlaps(plain_runs(text), least=0.03)
    assert 0 < small.share < 0.03
    assert small.passages == ()
    check = originality.check(make_subject(text, {"https://a.example/": PAGE}))
    assert (check.status, check.findings) == (QcStatus.PASS, ())
    assert check.facts[0].value != "0.0%"


def test_a_link_without_text_has_no_sentence() -> None:
    text = "En länk utan text står sist i stycket här. [](https://a.example/)"
    assert build(parse(text), "sv").skeletons == frozenset()


def test_a_single_sentence_around_a_link_may_be_too_short_to_tell() -> None:
    assert build(parse("Se [guiden](https://a.example/)."), "sv").skeletons == frozenset()


def test_a_run_may_be_left_out_wholly() -> None:
    assert runs(parse("Text."), ("", "text")) == ()
