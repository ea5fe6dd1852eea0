"""How much of a page's article is found, and how little else."""

from __future__ import annotations

import gzip
import json
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bacowr.engine.page.body import body_text
from benchmarks.measures import claims
from benchmarks.measures.figures import Measured

SHINGLE = 4


def measure(benchmark: Path | None) -> Iterator[Measured]:
    pairs = list(_published(benchmark) if benchmark else _own())
    data = "scrapinghub benchmark" if benchmark else "own made pages, three layouts"
    scores = [_shares(_shingles(right), _shingles(found)) for right, found in pairs]
    precision = statistics.mean(tp / (tp + fp) for tp, fp, _ in scores if tp + fp)
    recall = statistics.mean(tp / (tp + fn) for tp, _, fn in scores if tp + fn)
    f1 = 2 * precision * recall / (precision + recall)
    figure = f"{f1:.3f} (P {precision:.3f}, R {recall:.3f})"
    reference = "trafilatura 2.3.1: 0.957" if benchmark else "-"
    yield Measured("Extraction F1", figure, data, f"{len(pairs)} pages", ">= 0.955", reference)


def _published(folder: Path) -> Iterator[tuple[str, str]]:
    """Read ground-truth.json and html/*.html.gz; scored as the set's evaluate.py does."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for key, row in truth.items():
        html = gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes()).decode("utf-8")
        yield row.get("articleBody", ""), body_text(html)[0]


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text)
    starts = range(max(1, len(tokens) - SHINGLE + 1))
    return Counter(tuple(tokens[start : start + SHINGLE]) for start in starts if tokens)


def _shares(
    right: Counter[tuple[str, ...]], found: Counter[tuple[str, ...]]
) -> tuple[float, float, float]:
    both, extra, missed = (right & found).total(), (found - right).total(), (right - found).total()
    total = (both + extra + missed) or 1
    return both / total, extra / total, missed / total


_MENU = "<nav><ul><li><a href='/'>Start</a></li><li><a href='/om'>Om oss</a></li></ul></nav>"
_FOOT = "<footer><p>Kontakta oss gärna. Alla rättigheter förbehållna.</p></footer>"
_SIDE = "<aside><h3>Mest läst</h3><ul><li><a href='/a'>Så väljer du golv</a></li></ul></aside>"
_MAIN = "<h1>Rubrik</h1>{body}"
_LAYOUTS = (
    f"<body>{_MENU}<main><article>{_MAIN}</article></main>{_SIDE}{_FOOT}</body>",
    f"<body><div class='top'>{_MENU}</div><div id='content'>{_MAIN}</div>{_FOOT}</body>",
    f"<body>{_MENU}<table><tr><td>{_MAIN}</td><td>{_SIDE}</td></tr></table>{_FOOT}</body>",
)


def _own() -> Iterator[tuple[str, str]]:
    """Put our own passages, three at a time, into three layouts."""
    texts: Sequence[str] = [
        source.text
        for language in ("sv", "en")
        for half in (0, 1)
        for source in claims.own(language, half)[0].passages.sources
    ]
    for number in range(0, len(texts) - 2, 3):
        three = texts[number : number + 3]
        body = "".join(f"<p>{each}</p>" for each in three)
        for layout in _LAYOUTS:
            html = f"<html><head><title>Rubrik</title></head>{layout.format(body=body)}</html>"
            yield "\n".join(["Rubrik", *three]), body_text(html)[0]
