"""The key a backfill goes by: its columns, its conditions, and its values as text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import sqlalchemy as sa

from bacowr.dbops.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from bacowr.dbops.backfill.declaration import Backfill

Values = tuple[Any, ...]
ROWID: Final = "rowid"
WITH_MAXIMUM: Final = (sa.Integer, sa.Numeric, sa.String, sa.Date, sa.DateTime)
TAGS: Final[dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]]] = {
    "uuid": (UUID, str, UUID),
    "decimal": (Decimal, str, Decimal),
    "moment": (datetime, datetime.isoformat, datetime.fromisoformat),
    "day": (date, date.isoformat, date.fromisoformat),
    "bytes": (bytes, bytes.hex, bytes.fromhex),
}
"""How values that JSON doesn't know are written and read; a moment is a day too, so it's first."""


def dump(values: Values | None) -> str:
    """Write a key's values as text; nothing for none."""
    return "" if values is None else json.dumps([_tagged(one) for one in values])


def load(text: str) -> Values | None:
    """Read what `dump` wrote."""
    return tuple(_untagged(one) for one in json.loads(text)) if text else None


def _tagged(value: object) -> object:
    for tag, (kind, write, _) in TAGS.items():
        if isinstance(value, kind):
            return {tag: write(value)}
    return value


def _untagged(value: object) -> object:
    if isinstance(value, dict):
        ((tag, text),) = value.items()
        return TAGS[tag][2](text)
    return value


@dataclass(frozen=True)
class Key:
    """The columns a table is walked by, as SQL names them."""

    table: str
    columns: tuple[str, ...]
    types: tuple[Any, ...]

    def condition(self, operator: str, name: str) -> str:
        """Return a comparison of the key with values that are bound under a name."""
        ours = ", ".join(f"{self.table}.{column}" for column in self.columns)
        theirs = ", ".join(f":{name}_{n}" for n in range(len(self.columns)))
        if len(self.columns) == 1:
            return f"{ours} {operator} {theirs}"
        return f"({ours}) {operator} ({theirs})"

    def binds(self, name: str, values: Values) -> dict[str, Any]:
        """Return the values as parameters of the key's types."""
        return {
            f"{name}_{n}": sa.bindparam(f"{name}_{n}", value, type_=self.types[n])
            for n, value in enumerate(values)
        }

    @property
    def has_maximum(self) -> bool:
        """Tell whether max() gives the last key: not of several columns, nor of a UUID."""
        return len(self.columns) == 1 and isinstance(self.types[0], WITH_MAXIMUM)

    def ordered(self, direction: str = "") -> str:
        """Return the columns as ORDER BY takes them."""
        return ", ".join(f"{column}{direction}" for column in self.columns)


def key_of(connection: sa.Connection, backfill: Backfill) -> Key:
    """Look up a backfill's key in the database; raise Refused where there is none to go by."""
    inspector = sa.inspect(connection)
    preparer = connection.dialect.identifier_preparer
    table = preparer.format_table(sa.table(backfill.table, schema=backfill.schema))
    try:
        known = {
            one["name"]: one["type"]
            for one in inspector.get_columns(backfill.table, backfill.schema)
        }
        found = inspector.get_pk_constraint(backfill.table, backfill.schema)
    except sa.exc.NoSuchTableError:
        raise refuse("no-table", f"There is no table {backfill.table} to backfill.") from None
    named = (backfill.key,) if isinstance(backfill.key, str) else backfill.key
    names = named or tuple(found["constrained_columns"])
    if not names and connection.dialect.name == "sqlite":
        names = (ROWID,)
    missing = [one for one in names if one not in known and one != ROWID]
    if missing or not names:
        raise refuse(
            "no-key",
            f"The table {backfill.table} has no {', '.join(missing) or 'primary key'} to go by.",
            remedy='Name a unique, indexed column: Backfill(…, key="…").',
        )
    types = tuple(known.get(one, sa.Integer()) for one in names)
    return Key(table, tuple(preparer.quote(one) for one in names), types)
