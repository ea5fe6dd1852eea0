"""Sentences, LIX and languages: how well running text is read."""

from __future__ import annotations

import csv
import statistics
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from bacowr.engine.text.language import MIN_CHARACTERS, identified, likeliest
from bacowr.engine.text.lix import lix
from bacowr.engine.text.sentences import sentences
from benchmarks.measures.claims import OWN
from benchmarks.measures.figures import Counts, Measured

LANGUAGES = ("sv", "en", "da", "nb", "fi")

# A folder of the set, the columns of its tables by name, and the figures to compare with.
SERIES = (
    ("Sweden Opening of Parliament speeches", "openparl_se", "<= 0.6", "0.53; textstat 0.91"),
    ("Sweden Royal Christmas speeches", "xmas_royal_se", "<= 0.6", "0.33; textstat 0.62"),
    ("Norway Opening of Parliament speeches", "openparl_no", "<= 0.35", "0.29; textstat 0.30"),
)
LINGUA = (
    ("sv", {"sv"}, "0.982"),
    ("en", {"en"}, "0.995"),
    ("da", {"da"}, "0.992"),
    ("nb", {"nb", "no"}, "0.883"),
    ("nn", {"nn"}, "0.949"),
    ("fi", {"fi"}, "1.000"),
)
GOALS = {"sv": ">= 0.98", "nb": ">= 0.88", "nn": ">= 0.94"}


def lix_error(folder: Path | None) -> Iterator[Measured]:
    if folder:
        table = _lix_table(folder / "lix.csv")
        for series, column, goal, reference in SERIES:
            errors = list(_lix_errors(folder / series, table.get(column, {})))
            if errors:
                figure = f"{statistics.mean(errors):.2f}"
                size = f"{len(errors)} texts"
                yield Measured(
                    f"LIX error: {series}", figure, "Straubinger/lix", size, goal, reference
                )
        return
    texts = tomllib.loads((OWN / "lix.toml").read_text(encoding="utf-8"))["texts"]
    errors = []
    for each in texts:
        right = each["words"] / each["sentences"] + 100 * each["long"] / each["words"]
        errors.append(abs((lix(each["text"]) or 0) - right))
    figure = f"{statistics.mean(errors):.2f}"
    yield Measured(
        "LIX error", figure, "own, counted by hand", f"{len(errors)} texts", "<= 0.6", "0.53"
    )


def _lix_table(path: Path) -> dict[str, dict[str, list[float]]]:
    """Read the table in either published form: one column a series, or one row a text."""
    table: dict[str, dict[str, list[float]]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if "lix" in row:
                series = f"{row.get('series', '')}_{row.get('country', '')}".lower()
                cells = {series: row["lix"]}
            else:
                cells = {name: value for name, value in row.items() if name != "year"}
            for column, value in cells.items():
                if value and value.replace(".", "", 1).isdigit():
                    table.setdefault(column, {}).setdefault(row["year"], []).append(float(value))
    return table


def _lix_errors(folder: Path, years: dict[str, list[float]]) -> Iterator[float]:
    for file in sorted(folder.glob("*.txt")):
        right = years.get(file.name[:4], [])
        if len(right) == 1:
            yield abs((lix(file.read_text(encoding="utf-8", errors="replace")) or 0) - right[0])


def splitting(talbanken: Path | None) -> Iterator[Measured]:
    if talbanken:
        file = next(iter(sorted(talbanken.glob("*talbanken-ud-test.conllu"))))
        gold = [
            line.removeprefix("# text = ").strip()
            for line in file.read_text(encoding="utf-8").splitlines()
            if line.startswith("# text = ")
        ]
        yield _split("sv", gold, "UD Talbanken test", "0.950 (.:!?), 0.956 (capital after)")
        text = " ".join(gold)
        figure = f"{lix(text) or 0:.1f}"
        yield Measured(
            "LIX of Talbanken", figure, "UD Talbanken test", "1 text", "-", "44.1; gold 43.5"
        )
    for language in LANGUAGES:
        yield _split(language, _gold(language), f"own, {language}", "-")


def _split(language: str, gold: Sequence[str], data: str, reference: str) -> Measured:
    text, right, place = " ".join(gold), set(), 0
    for each in gold:
        place += len(each)
        right.add(place)
        place += 1
    found = {each.end for each in sentences(text)}
    counts = Counts(len(found & right), len(found - right), len(right - found))
    figure = f"{counts.f1:.3f} (P {counts.precision:.3f}, R {counts.recall:.3f})"
    size = f"{len(gold)} sentences"
    return Measured(f"Sentence split F1: {language}", figure, data, size, ">= 0.95", reference)


def _gold(language: str) -> list[str]:
    return (OWN / f"sentences_{language}.txt").read_text(encoding="utf-8").splitlines()


def _joined(lines: Sequence[str]) -> list[str]:
    """Join our own short sentences until there is enough to tell a language by."""
    texts = [""]
    for line in lines:
        if len(texts[-1]) >= MIN_CHARACTERS:
            texts.append("")
        texts[-1] = f"{texts[-1]} {line}".strip()
    return texts


def languages(lingua: Path | None) -> Iterator[Measured]:
    for language, accepted, reference in LINGUA:
        if lingua:
            file = lingua / "language-testdata" / "sentences" / f"{language}.txt"
            lines = file.read_text(encoding="utf-8").splitlines()[:1000]
        else:
            lines = _joined(_gold(language))
        data = "lingua-py sentences" if lingua else f"own, {language}"
        right = sum(likeliest(each) in accepted for each in lines) / len(lines)
        long = [each for each in lines if len(each.strip()) >= MIN_CHARACTERS]
        answered = sum(identified(each) in accepted for each in long)
        figure = f"{right:.3f}; of those long enough {answered} of {len(long)}"
        yield Measured(
            f"Language: {language}",
            figure,
            data,
            f"{len(lines)} texts",
            GOALS.get(language, "-"),
            reference if lingua else "-",
        )
