"""A logistic regression with balanced classes, small enough to need no library."""

from __future__ import annotations

import math
from collections.abc import Sequence

STEPS = 4000
RATE = 1.0


def fit(
    rows: Sequence[Sequence[float]], wanted: Sequence[bool], sign: int, penalty: float = 0.01
) -> tuple[float, list[float]]:
    """Fit bias and weights by gradient descent; both classes weigh the same in all.

    No weight may point against `sign`: a claim whose words are found cannot be worse off for it.
    """
    share = {True: 0.5 / sum(wanted), False: 0.5 / (len(wanted) - sum(wanted))}
    bias, weights = 0.0, [0.0] * len(rows[0])
    for _ in range(STEPS):
        slope, slopes = 0.0, [penalty * each for each in weights]
        for row, right in zip(rows, wanted, strict=True):
            logit = bias + sum(w * x for w, x in zip(weights, row, strict=True))
            error = share[right] * (1 / (1 + math.exp(-logit)) - right)
            slope += error
            for place, value in enumerate(row):
                slopes[place] += error * value
        bias -= RATE * slope
        moved = (w - RATE * s for w, s in zip(weights, slopes, strict=True))
        weights = [each if each * sign > 0 else 0.0 for each in moved]
    return bias, weights
