"""How well claims are told apart, their words marked, and how fast."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bacowr.engine.grounding.judging import best, ground, marks
from bacowr.engine.grounding.passages import Passages, SourceText, content_stems
from bacowr.engine.grounding.weighing import models
from bacowr.engine.text.words import WORD, is_number
from benchmarks.measures import claims
from benchmarks.measures.claims import Example
from benchmarks.measures.figures import Counts, Measured, auc, counted

SPEED_SOURCES = 10
SPEED_CHARACTERS = 50_000


def measure(wice: Path | None) -> Iterator[Measured]:
    if wice:
        examples = list(claims.wice(wice, "test"))
        words = [*claims.wice_words(wice, "dev"), *claims.wice_words(wice, "test")]
        yield from _of(examples, words, "WiCE test", "0.865; F1 0.353", "0.635 (P 0.652, R 0.618)")
    for language in ("sv", "en"):
        examples = claims.own(language, 1)
        partial = [each for each in examples if each.label == "partially_supported"]
        yield from _of(examples, partial, f"own made claims, {language}, held-out half", "-", "-")
    yield _speed()


def _of(
    examples: Sequence[Example], partial: Sequence[Example], data: str, reference: str, words: str
) -> Iterator[Measured]:
    judged = [ground([each.claim], each.passages)[0] for each in examples]
    size = f"{len(examples)} claims"
    absent = [each.label == "not_supported" for each in examples]
    held = [each.label == "supported" for each in examples]
    scores = [each.unsupported for each in judged]
    found = counted([score >= models().unsupported.threshold for score in scores], absent)
    figure = f"AUC {auc(scores, absent):.3f}, F1 {found.f1:.3f}"
    yield Measured("Grounding: not supported", figure, data, size, "AUC >= 0.86", reference)
    figure = f"AUC {auc([each.probability for each in judged], held):.3f}"
    yield Measured("Grounding: supported", figure, data, size, "-", "0.761")
    counts = sum_of([_words(each) for each in partial])
    figure = f"F1 {counts.f1:.3f} (P {counts.precision:.3f}, R {counts.recall:.3f})"
    size = f"{len(partial)} claims"
    yield Measured("Grounding: marked words", figure, data, size, "F1 >= 0.63", words)


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
