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

from bacowr.engine.grounding.weighing import Logistic
from benchmarks.measures import claims
from benchmarks.measures.grounding import fit_pair


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wice", type=Path, help="a clone of ryokamoi/wice")
    wish = parser.parse_args()
    examples = (
        list(claims.wice(wish.wice, "dev"))
        if wish.wice
        else claims.own("sv", 0) + claims.own("en", 0)
    )
    pair = fit_pair(examples)
    show("supported", pair.supported)
    show("unsupported", pair.unsupported)


def show(name: str, model: Logistic) -> None:
    print(f"[model.{name}]\nbias = {model.bias:.3f}")
    print("weights = { " + ", ".join(f"{k} = {v:.3f}" for k, v in model.weights.items()) + " }")
    print(f"threshold = {model.threshold:.3f}\n")


if __name__ == "__main__":
    main()
