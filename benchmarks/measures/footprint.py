"""Whether texts that share sentences are found, unrelated ones left alone, and how fast."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bacowr.engine.originality.limits import limits
from bacowr.engine.originality.own_text import plain_runs
from bacowr.engine.originality.shingles import ShingleIndex
from bacowr.engine.text.words import count
from benchmarks.measures.figures import Measured

SENTENCES = 60
SHARED = (2, 3, 4, 6, 9)
SEED = 7
REFERENCES = {2: "0.40", 3: "0.82", 4: "0.93", 6: "1.00", 9: "1.00"}
_CITATION = re.compile(r"\[[^\]]{1,12}\]")

Article = Sequence[str]


def measure(storm: Path | None, batch: int = 500) -> Iterator[Measured]:
    articles = list(_fresh_wiki(storm)) if storm else _invented(random.Random(SEED), 87)
    data = "FreshWiki" if storm else "own, made of random words"
    for shared in SHARED:
        yield _found(articles, shared, data, REFERENCES[shared])
    yield _false_alarms(articles, data)
    yield _speed(data, articles, batch)


def _found(articles: Sequence[Article], shared: int, data: str, reference: str) -> Measured:
    """Keep some random sentences in place and take the rest from the next article."""
    chance, flagged = random.Random(SEED), 0
    for number, article in enumerate(articles):
        mixed = list(articles[(number + 1) % len(articles)])
        for place in chance.sample(range(SENTENCES), shared):
            mixed[place] = article[place]
        flagged += _share(mixed, article) >= limits().warning
    return Measured(
        f"Footprint: sharing {shared} of {SENTENCES} found",
        f"{flagged / len(articles):.2f}",
        data,
        f"{len(articles)} pairs",
        ">= 0.99" if shared == 6 else "-",
        reference,
    )


def _false_alarms(articles: Sequence[Article], data: str) -> Measured:
    alarms, most, pairs = 0, 0.0, 0
    index = ShingleIndex()
    for number, article in enumerate(articles):
        for each in index.overlaps(plain_runs(" ".join(article))):
            alarms += each.share >= limits().warning
            most = max(most, each.share)
        pairs += number
        index.add(str(number), plain_runs(" ".join(article)))
    figure = f"{alarms}; largest share {most:.3f}"
    return Measured("Footprint: false alarms", figure, data, f"{pairs:,} pairs", "0", "0; 0.018")


def _speed(data: str, articles: Sequence[Article], number: int) -> Measured:
    """Compare each article with all before it, and index it; sentences are drawn at random."""
    chance = random.Random(SEED)
    pool = [sentence for article in articles for sentence in article]
    batch = [" ".join(chance.choices(pool, k=SENTENCES)) for _ in range(number)]
    began = time.perf_counter()
    index = ShingleIndex()
    for key, text in enumerate(batch):
        runs = plain_runs(text)
        index.overlaps(runs, limits().warning)
        index.add(str(key), runs)
    seconds = time.perf_counter() - began
    words = sum(map(count, batch)) // number
    size = f"{number} articles of {words} words"
    return Measured(
        "Footprint: index and compare", f"{seconds:.1f} s", data, size, "< 60 s", "0.4 s"
    )


def _share(one: Article, other: Article) -> float:
    index = ShingleIndex()
    index.add("other", plain_runs(" ".join(other)))
    return max((each.share for each in index.overlaps(plain_runs(" ".join(one)))), default=0.0)


def _fresh_wiki(folder: Path) -> Iterator[Article]:
    """Read FreshWiki/json: articles with over 60 sentences of more than 5 words, cut to 60."""
    for file in sorted((folder / "FreshWiki" / "json").glob("*.json")):
        data = json.loads(file.read_text(encoding="utf-8"))
        lines = [_CITATION.sub("", each) for each in _lines(data["content"])]
        kept = [each for each in lines if len(each.split()) > 5]
        if len(kept) > SENTENCES:
            yield kept[:SENTENCES]


def _lines(sections: Sequence[dict]) -> Iterator[str]:  # type: ignore[type-arg]  # JSON.
    for section in sections:
        for each in section.get("section_content", ()):
            yield each["sentence"]
        yield from _lines(section.get("subsections", ()))


def _invented(chance: random.Random, number: int) -> list[Article]:
    """Make texts of frequent and rare words; no two sentences are alike but by chance."""
    letters = "abdefgiklmnoprstuvåäö"
    rare = ["".join(chance.choices(letters, k=chance.randint(4, 11))) for _ in range(8000)]
    frequent = [each[:3] for each in rare[:60]]
    return [
        [
            " ".join(
                chance.choice(frequent if chance.random() < 0.45 else rare)
                for _ in range(chance.randint(6, 26))
            )
            + "."
            for _ in range(SENTENCES)
        ]
        for _ in range(number)
    ]
