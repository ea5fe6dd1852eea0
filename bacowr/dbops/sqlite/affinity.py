"""SQLite's affinities: what a declared type makes of the values stored under it."""

from __future__ import annotations

from enum import StrEnum


class Affinity(StrEnum):
    """The five affinities of https://www.sqlite.org/datatype3.html#determination_of_column_affinity."""

    INTEGER = "INTEGER"
    TEXT = "TEXT"
    BLOB = "BLOB"
    REAL = "REAL"
    NUMERIC = "NUMERIC"


class Calendar(StrEnum):
    """What SQLAlchemy writes, as text, under the types that SQLite itself doesn't have."""

    DATE = "DATE"
    DATETIME = "DATETIME"
    TIME = "TIME"


_RULES = (
    (("INT",), Affinity.INTEGER),
    (("CHAR", "CLOB", "TEXT"), Affinity.TEXT),
    (("BLOB",), Affinity.BLOB),
    (("REAL", "FLOA", "DOUB"), Affinity.REAL),
)


def affinity(declared: str) -> Affinity:
    """Return the affinity of a declared type."""
    upper = declared.upper()
    for words, found in _RULES:
        if any(word in upper for word in words):
            return found
    return Affinity.NUMERIC if declared else Affinity.BLOB


def calendar(declared: str) -> Calendar | None:
    """Return what a declared type holds of the calendar, or None."""
    words = declared.upper().replace("(", " ").split()
    first = words[0] if words else ""
    if first == "TIMESTAMP":
        return Calendar.DATETIME
    return Calendar(first) if first in Calendar.__members__ else None


def keeps_bytes(old: str, new: str) -> bool:
    """Tell whether the stored bytes are the same under both declared types."""
    return affinity(old) is affinity(new)


def keeps_meaning(old: str, new: str) -> bool:
    """Tell whether values that were right under the old type are right under the new one."""
    return keeps_bytes(old, new) and calendar(old) is calendar(new)
