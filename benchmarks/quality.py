"""How well text is read and judged: every measure of quality, beside its goal, in one table.

    python benchmarks/quality.py [--lix PATH] [--talbanken PATH] [--extraction PATH]
                                 [--wice PATH] [--lingua PATH] [--storm PATH]

Each path is a clone of a public set (Straubinger/lix, UD_Swedish-Talbanken, scrapinghub's
article-extraction-benchmark, ryokamoi/wice, pemistahl/lingua-py, stanford-oval/storm at its NAACL
backup); the protocols are those of the domain reference, section 8. Without a path a small set of
our own takes its place, and the table says so: figures on it are easier than those on the public
sets, and the reference figures, which were measured on the public sets, don't apply to it. Nothing
here is a test: times depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measures import extraction, footprint, grounding, ordering, splitting
from benchmarks.measures.figures import Measured

SETS = ("lix", "talbanken", "extraction", "wice", "lingua", "storm")


def measures(wish: argparse.Namespace) -> Iterator[Measured]:
    yield from splitting.lix_error(wish.lix)
    yield from splitting.splitting(wish.talbanken)
    yield from splitting.languages(wish.lingua)
    yield from extraction.measure(wish.extraction)
    yield from grounding.measure(wish.wice)
    yield from footprint.measure(wish.storm)
    yield from ordering.measure()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in SETS:
        parser.add_argument(f"--{name}", type=Path, help="a clone of the public set")
    wish = parser.parse_args()
    print("| Measure | Figure | Goal | Reference (public set) | Set | Size |")
    print("|---|---|---|---|---|---|")
    for each in measures(wish):
        cells = (each.measure, each.figure, each.goal, each.reference, each.data, each.size)
        print("| " + " | ".join(cells) + " |", flush=True)
    missing = [f"--{name}" for name in SETS if getattr(wish, name) is None]
    if missing:
        print(f"\nNot given, so measured on our own small sets: {', '.join(missing)}.")


if __name__ == "__main__":
    main()
