"""How well claims are told apart, their words marked, and how fast."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bacowr.engine.grounding.features import FEATURES, Features
from bacowr.engine.grounding.judging import best, ground, marks
from bacowr.engine.grounding.passages import Passages, SourceText, content_stems
from bacowr.engine.grounding.weighing import Logistic, models
from bacowr.engine.text.words import WORD, is_number
from benchmarks.measures import claims
from benchmarks.measures.claims import Example
from benchmarks.measures.figures import Counts, Measured, auc, best_threshold, counted
from benchmarks.measures.fitting import fit

SPEED_SOURCES = 10
SPEED_CHARACTERS = 50_000


def measure(wice: Path | None) -> Iterator[Measured]:
    held = models()
    shipped = Pair(held.supported, held.unsupported)
    if wice:
        examples = list(claims.wice(wice, "test"))
        yield from _told_apart(
            examples, shipped, Against("WiCE test, as shipped", "0.865", "0.761")
        )
        fitted = fit_pair(list(claims.wice(wice, "dev")))
        against = Against("WiCE test, fitted on its dev", "0.865; F1 0.353", "0.761; F1 0.567")
        yield from _told_apart(examples, fitted, against)
        words = list(claims.wice_words(wice, "test"))
        yield _marked(words, "WiCE non-supported tokens, test", "0.635 (P 0.652, R 0.618)")
    for language in ("sv", "en"):
        data = f"own made claims, {language}, held-out half"
        examples = claims.own(language, 1)
        yield from _told_apart(examples, shipped, Against(data))
        partial = [each for each in examples if each.label == "partially_supported"]
        yield _marked(partial, data, "-")
    yield _speed()


@dataclass(frozen=True)
class Pair:
    """The two models of grounding."""

    supported: Logistic
    unsupported: Logistic


@dataclass(frozen=True)
class Against:
    """The set a figure comes from, and the reference figures measured on it."""

    data: str
    unsupported: str = "-"
    supported: str = "-"


def fit_pair(examples: Sequence[Example]) -> Pair:
    """Fit both models on labeled claims, each with the threshold of its best F1."""
    rows = [best(each.claim, each.passages)[0] for each in examples]
    labels = [each.label for each in examples]
    return Pair(
        _fitted(rows, [each == "supported" for each in labels], 1),
        _fitted(rows, [each == "not_supported" for each in labels], -1),
    )


def _fitted(rows: Sequence[Features], wanted: Sequence[bool], sign: int) -> Logistic:
    bias, weights = fit([each.values for each in rows], wanted, sign)
    named = dict(zip(FEATURES, weights, strict=True))
    model = Logistic(bias, named, 0.5)
    return Logistic(bias, named, best_threshold([model.probability(each) for each in rows], wanted))


def _told_apart(examples: Sequence[Example], pair: Pair, against: Against) -> Iterator[Measured]:
    rows = [best(each.claim, each.passages)[0] for each in examples]
    for name, label, goal, reference in (
        ("not supported", "not_supported", "AUC >= 0.86", against.unsupported),
        ("supported", "supported", "-", against.supported),
    ):
        model = pair.supported if label == "supported" else pair.unsupported
        scores = [model.probability(each) for each in rows]
        wanted = [each.label == label for each in examples]
        found = counted([each >= model.threshold for each in scores], wanted)
        figure = f"AUC {auc(scores, wanted):.3f}, F1 {found.f1:.3f}"
        size = f"{len(examples)} claims"
        yield Measured(f"Grounding: {name}", figure, against.data, size, goal, reference)


def _marked(examples: Sequence[Example], data: str, reference: str) -> Measured:
    counts = sum_of([_words(each) for each in examples])
    figure = f"F1 {counts.f1:.3f} (P {counts.precision:.3f}, R {counts.recall:.3f})"
    size = f"{len(examples)} claims"
    return Measured("Grounding: marked words", figure, data, size, "F1 >= 0.63", reference)


def sum_of(counts: Sequence[Counts]) -> Counts:
    return Counts(
        sum(each.right for each in counts),
        sum(each.wrong for each in counts),
        sum(each.missed for each in counts),
    )


def _words(example: Example) -> Counts:
    """Compare marked words with the labeled ones, among the words that carry meaning."""
    _, window = best(example.claim, example.passages)
    spans = marks(example.claim, window, example.passages)
    places = [
        each.start()
        for each in WORD.finditer(example.claim)
        if is_number(each[0]) or content_stems(each[0], example.passages.language)
    ]
    marked = [any(start <= place < end for start, end in spans) for place in places]
    return counted(marked, [place in example.unsupported for place in places])


def _speed() -> Measured:
    """Time claims against ten long pages of shuffled sentences of our own texts."""
    chance = random.Random(7)
    pool = [
        line.sentence.text
        for language in ("sv", "en")
        for half in (0, 1)
        for line in claims.own(language, half)[0].passages.lines
        if line.sentence.words >= 5
    ]
    pages = []
    for number in range(SPEED_SOURCES):
        text = ""
        while len(text) < SPEED_CHARACTERS:
            text += " ".join(chance.sample(chance.choice(pool).split(), 5)) + " "
            text += chance.choice(pool) + " "
        pages.append(SourceText(f"https://{number}.example/", text[:SPEED_CHARACTERS]))
    began = time.perf_counter()
    passages = Passages(pages, "sv")
    indexed = time.perf_counter() - began
    asked = [each.claim for each in claims.own("sv", 1)]
    began = time.perf_counter()
    ground(asked, passages)
    each_ms = (time.perf_counter() - began) / len(asked) * 1000
    figure = f"{each_ms:.1f} ms a claim; index once {indexed:.2f} s"
    size = f"{SPEED_SOURCES} x {SPEED_CHARACTERS:,} characters"
    return Measured("Grounding: speed", figure, "own made pages", size, "< 50 ms a claim")
