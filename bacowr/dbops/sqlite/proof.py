"""Proofs that a change lost nothing; each only reads, and raises if it finds a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.util import CommandError

from bacowr.dbops.sqlite.catalog import read_one
from bacowr.dbops.sqlite.tokens import quote

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bacowr.dbops.sqlite.copying import Copy


class LostSomethingError(CommandError):
    """A proof failed: the change must be rolled back, and this is a fault of the program."""


def require_equal_rows(connection: sa.Connection, copy: Copy) -> None:
    """Raise LostSomethingError unless each row of the one table is in the other, cell by cell.

    Cells are compared without collation. Only a column without affinity can hold 1 here and 1.0
    there; so only there the types are compared, too. A column whose affinity changed is compared
    as the new affinity reads it.
    """
    old, new = quote(copy.source), quote(copy.target)
    names = [name for name in copy.columns if copy.rowid is None or quote(name) != copy.rowid[1]]
    different = " OR ".join(_differs(name, copy) for name in names) or "0"
    unfound = f"n.{copy.rowid[1] if copy.rowid else quote(copy.key[0])} IS NULL"
    wrong = read_one(
        connection,
        f"SELECT count(*) FROM {old} AS o LEFT JOIN {new} AS n ON {_same_row(copy)} "
        f"WHERE {unfound} OR {different}",
    )
    if wrong:
        raise LostSomethingError(f"{copy.source}: {wrong} rows would not be the same.")


def _same_row(copy: Copy) -> str:
    if copy.rowid is not None:
        return f"n.{copy.rowid[1]} = o.{copy.rowid[0]}"
    return " AND ".join(f"n.{quote(name)} IS o.{quote(name)}" for name in copy.key)


def _differs(name: str, copy: Copy) -> str:
    old, new = f"o.{quote(name)}", f"n.{quote(name)}"
    if name in copy.changed:
        return f"{old} IS NOT {new}"
    if name in copy.untyped:
        return f"{old} IS NOT {new} COLLATE BINARY OR typeof({old}) <> typeof({new})"
    return f"{old} IS NOT {new} COLLATE BINARY"
