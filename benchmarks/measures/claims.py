"""Labeled claims: our own set, and WiCE in its published form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bacowr.engine.grounding.passages import Passages, SourceText
from bacowr.engine.text.words import WORD

OWN = Path(__file__).parents[2] / "tests" / "data" / "quality"
LABELS = {"+": "supported", "~": "partially_supported", "-": "not_supported"}


@dataclass(frozen=True)
class Example:
    """A claim, its label, the pages it is held against, and where its unsupported words begin."""

    claim: str
    label: str
    passages: Passages
    unsupported: frozenset[int]


def own(language: str, half: int) -> list[Example]:
    """Read one half of our own set; a claim is held against all ten passages of its half."""
    text = (OWN / f"grounding_{language}.txt").read_text(encoding="utf-8")
    blocks = [each.splitlines() for each in re.split(r"^= ", text, flags=re.MULTILINE)[1:]][half::2]
    pages = [SourceText(f"https://{language}.example/{n}", b[1]) for n, b in enumerate(blocks)]
    passages = Passages(pages, language)
    return [
        _bracketed(line, passages) for block in blocks for line in block[2:] if line[:1] in LABELS
    ]


def wice(folder: Path, part: str) -> Iterator[Example]:
    """Read `data/entailment_retrieval/claim`: each claim against its own page."""
    for row in _rows(folder / "data" / "entailment_retrieval" / "claim" / f"{part}.jsonl"):
        yield Example(row["claim"], row["label"], _page(row["evidence"]), frozenset())


def wice_words(folder: Path, part: str) -> Iterator[Example]:
    """Read `data/non_supported_tokens`: the words that annotators found unsupported."""
    for row in _rows(folder / "data" / "non_supported_tokens" / f"{part}.jsonl"):
        starts: set[int] = set()
        place = 0
        for token, is_unsupported in zip(
            row["claim_tokens"], row["non_supported_spans"], strict=True
        ):
            found = row["claim"].find(token, place)
            place = found + len(token) if found >= 0 else place
            if is_unsupported and found >= 0:
                starts.update(found + each.start() for each in WORD.finditer(token))
        yield Example(row["claim"], row["label"], _page(row["evidence"]), frozenset(starts))


def _page(evidence: list[str]) -> Passages:
    return Passages([SourceText("https://wice.example/", "\n".join(evidence))], "en")


def _rows(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]  # JSON is whatever it is.
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _bracketed(line: str, passages: Passages) -> Example:
    claim, inside = "", False
    starts: set[int] = set()
    pieces = re.split(r"([\[\]])", line[2:])
    for piece in pieces:
        if piece in {"[", "]"}:
            inside = piece == "["
            continue
        if inside:
            starts.update(len(claim) + each.start() for each in WORD.finditer(piece))
        claim += piece
    return Example(claim, LABELS[line[0]], passages, frozenset(starts))
