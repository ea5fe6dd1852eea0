"""A type as a server words it, as SQLAlchemy's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa

WORDED = re.compile(r"(?P<name>[^(\[]+?)\s*(?:\((?P<numbers>\d+(?:,\s*\d+)?)\))?(?P<zone> with.*)?")
ZONED = " time zone"


def type_of(text: str, dialect: sa.Dialect) -> Any:  # noqa: ANN401 - Any of SQLAlchemy's types, or None.
    """Return the type, None for one that the dialect doesn't know by this name."""
    match = WORDED.fullmatch(text.strip())
    known = getattr(dialect, "ischema_names", {})
    if match is None:
        return None
    name = match["name"] if match["name"] in known else match["name"].partition(" with")[0]
    kind = known.get(name)
    if kind is None:
        return None
    numbers = [int(one) for one in (match["numbers"] or "").split(",") if one]
    if text.endswith(ZONED):
        return kind(timezone=" with time zone" in text) if not numbers else None
    return kind(*numbers)
