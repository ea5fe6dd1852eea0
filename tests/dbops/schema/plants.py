"""Single differences, planted: what is done to a clean schema, and what must be said of it.

A twin is a change that changes nothing: nothing may be said of it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plant:
    """A difference by name: how it comes about, and words of the lines that tell it."""

    name: str
    do: str
    says: tuple[str, ...]
    instead_of: str = ""
    """On SQLite, the part of the clean text that `do` takes the place of."""


def plant(name: str, do: str, *says: str, instead_of: str = "") -> Plant:
    return Plant(name, do, says, instead_of)
