"""Fit the two models of grounding anew and print the part of data/grounding.toml that holds them.

    python benchmarks/fit_grounding.py                # on the first half of our own labeled claims
    python benchmarks/fit_grounding.py --wice FOLDER  # on WiCE's dev claims (a clone of the set)

Held-out claims are never read here; `benchmarks/quality.py` measures on them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bacowr.engine.grounding.features import FEATURES, Features  # The root first.
from bacowr.engine.grounding.judging import best  # The same.
from bacowr.engine.grounding.weighing import Logistic  # The same.
from benchmarks.measures import claims  # The same.
from benchmarks.measures.figures import best_threshold  # The same.
from benchmarks.measures.fitting import fit  # The same.

MODELS = (("supported", "supported", 1), ("unsupported", "not_supported", -1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wice", type=Path, help="a clone of ryokamoi/wice")
    wish = parser.parse_args()
    examples = (
        list(claims.wice(wish.wice, "dev"))
        if wish.wice
        else claims.own("sv", 0) + claims.own("en", 0)
    )
    rows = [best(each.claim, each.passages)[0] for each in examples]
    for name, label, sign in MODELS:
        show(name, rows, [each.label == label for each in examples], sign)


def show(name: str, rows: list[Features], wanted: list[bool], sign: int) -> None:
    bias, weights = fit([each.values for each in rows], wanted, sign)
    named = dict(zip(FEATURES, weights, strict=True))
    model = Logistic(bias, named, 0.5)
    threshold = best_threshold([model.probability(each) for each in rows], wanted)
    print(f"[model.{name}]\nbias = {bias:.3f}")
    print("weights = { " + ", ".join(f"{k} = {v:.3f}" for k, v in named.items()) + " }")
    print(f"threshold = {threshold:.3f}\n")


if __name__ == "__main__":
    main()
