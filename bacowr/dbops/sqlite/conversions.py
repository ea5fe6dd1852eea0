"""Which values would not come through a change of type, as a SQL condition."""

from __future__ import annotations

from typing import Final

from bacowr.dbops.sqlite.affinity import Affinity, Calendar, affinity, calendar, keeps_meaning

_DAY: Final = "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]"
_CLOCK: Final = "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]"
_PATTERNS: Final = {
    Calendar.DATE: (_DAY,),
    Calendar.DATETIME: (_DAY, f"{_DAY}[ T]{_CLOCK}", f"{_DAY}[ T]{_CLOCK}.*"),
    Calendar.TIME: (_CLOCK, f"{_CLOCK}.*"),
}
_NUMBER_TYPES: Final = frozenset({"NUMERIC", "DECIMAL", "DEC", "NUMBER", "BOOLEAN", "BOOL"})
_ROUND_TRIP: Final = "CAST(CAST({c} AS NUMERIC) AS TEXT) = {c}"
_WHOLE: Final = "CAST(CAST({c} AS INTEGER) AS TEXT) = {c}"
_NOT_A_NUMBER: Final = "{c} GLOB '*[^0-9.eE+ -]*'"
_FITS: Final = {
    Affinity.INTEGER: {
        "integer": "1",
        "real": "{c} = CAST({c} AS INTEGER)",
        "text": _WHOLE,
    },
    Affinity.NUMERIC: {"integer": "1", "real": "1", "text": _ROUND_TRIP},
    Affinity.REAL: {
        "integer": "CAST(CAST({c} AS REAL) AS INTEGER) = {c}",
        "real": "1",
        "text": f"CAST(CAST({{c}} AS REAL) AS TEXT) = {{c}} OR {_ROUND_TRIP}",
    },
    Affinity.TEXT: {
        "integer": "1",
        "real": "CAST(CAST({c} AS TEXT) AS REAL) = {c}",
        "text": "1",
    },
    Affinity.BLOB: {"blob": "1"},
}
_ANY_TEXT: Final = {"integer": "1", "real": "1", "text": f"{_NOT_A_NUMBER} OR {_ROUND_TRIP}"}


def misfits(column: str, old: str, new: str) -> str | None:
    """Return the condition that picks the values of `column` which would not fit; None if all do.

    A value fits if it is stored under the new type as it should be, and reads back the same.
    SQLite itself never complains: a cast makes 2020 of '2020-01-01' and 0 of 'abc'. A type that
    SQLite doesn't know (JSON, UUID) has numeric affinity, which must not touch its texts.
    """
    if keeps_meaning(old, new) or not new:
        return None
    dates = calendar(new)
    if dates is not None:
        patterns = " OR ".join(f"{column} GLOB '{pattern}'" for pattern in _PATTERNS[dates])
        return f"{column} IS NOT NULL AND NOT (typeof({column}) = 'text' AND ({patterns}))"
    branches = " ".join(
        f"WHEN '{kind}' THEN ({condition.format(c=column)})"
        for kind, condition in _fits(new).items()
    )
    return f"{column} IS NOT NULL AND NOT coalesce(CASE typeof({column}) {branches} ELSE 0 END, 0)"


def _fits(new: str) -> dict[str, str]:
    kind = affinity(new)
    is_number = new.upper().partition("(")[0].strip() in _NUMBER_TYPES
    return _FITS[kind] if kind is not Affinity.NUMERIC or is_number else _ANY_TEXT
