"""Counting hits and misses, and the line of a table that a measure gives."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """One figure, the set it was measured on, and what it is held against."""

    measure: str
    figure: str
    data: str
    size: str
    goal: str
    reference: str = "-"


@dataclass(frozen=True)
class Counts:
    """True and false finds, and misses."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Give the share of the finds that are right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        """Give the share that was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        """Give the harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def counted(found: Sequence[bool], wanted: Sequence[bool]) -> Counts:
    """Count a list of decisions against the right ones."""
    pairs = list(zip(found, wanted, strict=True))
    return Counts(pairs.count((True, True)), pairs.count((True, False)), pairs.count((False, True)))


def auc(scores: Sequence[float], wanted: Sequence[bool]) -> float:
    """Give the chance that a wanted one scores above an unwanted one; ties count half."""
    yes = [each for each, right in zip(scores, wanted, strict=True) if right]
    no = [each for each, right in zip(scores, wanted, strict=True) if not right]
    above = sum((one > other) + 0.5 * (one == other) for one in yes for other in no)
    return above / (len(yes) * len(no))


def best_threshold(scores: Sequence[float], wanted: Sequence[bool]) -> float:
    """Give the threshold with the best F1, in the middle between two scores."""
    ordered = sorted(set(scores))
    middles = [(one + other) / 2 for one, other in itertools.pairwise(ordered)]
    return max(
        [ordered[0], *middles],
        key=lambda each: counted([score >= each for score in scores], wanted).f1,
    )
