"""Values of no declared type, written as literals by what they are."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from typing import TYPE_CHECKING

from sqlalchemy.types import NullType

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

QUOTED = (str, dt.date, dt.time, dt.timedelta, uuid.UUID)
BARE = (int, float, decimal.Decimal)


class Guessed(NullType):
    """The type of a column that a revision's lightweight table leaves out."""

    cache_ok = True

    def literal_processor(self, dialect: sa.Dialect) -> Callable[[object], str]:
        """Return the function that writes a value."""
        del dialect
        return literal


def literal(value: object) -> str:
    """Write a value as PostgreSQL reads it. Raises TypeError for what has no literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value not in {float("inf"), float("-inf")} and value == value:  # noqa: PLR0124 - NaN.
        return repr(value)
    if isinstance(value, BARE) and not isinstance(value, float):
        return str(value)
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'::bytea"
    if isinstance(value, (dict, list)):
        value = json.dumps(value)
    if isinstance(value, (*QUOTED, float)):
        return "'" + str(value).replace("'", "''") + "'"
    raise TypeError(f"{type(value).__name__} has no literal; give its column a type")


def guess_types(dialect: sa.Dialect) -> None:
    """Let this dialect write values of untyped columns."""
    colspecs = getattr(dialect, "colspecs", {})
    dialect.colspecs = {**colspecs, NullType: Guessed}
