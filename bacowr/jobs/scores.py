"""Scores as programs are told them: from 0 to 1 (domain 3.10); people see 0 to 100."""

from typing import Any

from marshmallow import fields

HIGHEST_SCORE = 100


def shown_score(score: float | None) -> float | None:
    """Give a score as the API tells it: from 0 to 1."""
    return None if score is None else round(score / HIGHEST_SCORE, 4)


class Score(fields.Float):
    """A score of 0 to 100 that is shown from 0 to 1."""

    def _serialize(self, value: Any, *_about: Any, **_more: Any) -> float | None:  # noqa: ANN401 - Marshmallow's own.
        return shown_score(value)
