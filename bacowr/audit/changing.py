"""What a write changed: before and after, without secrets and without long texts."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa

from bacowr.base.db import Model

REDACTED: Final = "[redacted]"
LONGEST: Final = 200
UNTOLD: Final = frozenset({"id", "created_at", "updated_at", "version"})
_secret = re.compile(
    r"secret|passw|token|hash|cipher|credential|signature|(^|_)key($|_)", re.IGNORECASE
)

Changes = dict[str, list[Any]]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """Return what differs, as name: [before, after].

    A secret is told as changed, and no more; so is what a long text said.
    """
    names = sorted((before.keys() | after.keys()) - UNTOLD)
    return {
        name: [_told(name, before.get(name)), _told(name, after.get(name))]
        for name in names
        if before.get(name) != after.get(name)
    }


def unsaved(resource: Model) -> Changes:
    """Return what was changed of a stored thing and is not written to the database yet."""
    state = sa.inspect(resource)
    if not state.persistent:
        return {}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for column in state.mapper.column_attrs:
        name, history = column.key, state.attrs[column.key].history
        if history.added and history.deleted:
            before[name], after[name] = history.deleted[0], history.added[0]
    return changes(before, after)


def _told(name: str, value: Any) -> Any:  # noqa: ANN401  # Whatever a column holds.
    if value is None or isinstance(value, bool | int | float):
        return REDACTED if value is not None and _secret.search(name) else value
    if _secret.search(name):
        return REDACTED
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = str(value) if isinstance(value, str | Decimal) else repr(value)
    return text if len(text) <= LONGEST else f"[{len(text)} characters]"
