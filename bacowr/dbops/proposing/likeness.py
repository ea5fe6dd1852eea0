"""How alike a dropped and an added column or table are: what a rename leaves to be seen."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable

ALIKE = 0.75
"""How similar two names must be for a type that changed as well; and two tables' columns."""


def names_alike(one: str, other: str) -> float:
    """Return how similar two names are, between 0 and 1; the end or the beginning alone is much."""
    one, other = one.lower(), other.lower()
    if one in other.split("_") or other in one.split("_"):
        return max(ALIKE, SequenceMatcher(None, one, other).ratio())
    return SequenceMatcher(None, one, other).ratio()


def columns_alike(
    dropped: sa.Column[Any], added: sa.Column[Any], same_type: Callable[[Any, Any], bool]
) -> float:
    """Return how likely the one became the other; 0 if it can't be.

    The same type is reason enough to ask. Names, nullability and neighbours decide which of
    several it is.
    """
    alike = names_alike(dropped.name, added.name)
    if not same_type(dropped, added) and alike < ALIKE:
        return 0.0
    if (dropped.computed is None) != (added.computed is None):
        return 0.0
    same_null = 0.3 if dropped.nullable == added.nullable else 0.0
    return 1 + alike + same_null + 0.5 * neighbours_alike(dropped, added)


def neighbours_alike(dropped: sa.Column[Any], added: sa.Column[Any]) -> float:
    """Return how much of the columns before and behind are the same: 0, 0.5 or 1."""
    before = [_beside(column, step) for column in (dropped, added) for step in (-1, 1)]
    return ((before[0] == before[2]) + (before[1] == before[3])) / 2


def _beside(column: sa.Column[Any], step: int) -> str | None:
    table = getattr(column, "table", None)
    if table is None:
        return None
    names = [one.name for one in table.columns]
    at = names.index(column.name) + step if column.name in names else -1
    return names[at] if 0 <= at < len(names) else ""


def tables_alike(dropped: sa.Table, added: sa.Table) -> float:
    """Return how likely the one became the other: how much of their columns they share."""
    one = {column.name for column in dropped.columns}
    other = {column.name for column in added.columns}
    shared = len(one & other) / len(one | other) if one | other else 0.0
    if shared < ALIKE:
        return 0.0
    return shared + 0.1 * names_alike(dropped.name, added.name)
