"""The copy of a table's rows, rowids included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bacowr.dbops.sqlite.affinity import Affinity, affinity
from bacowr.dbops.sqlite.catalog import read, read_one, write
from bacowr.dbops.sqlite.proof import LostSomethingError
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.tokens import fold, quote

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bacowr.dbops.sqlite.create_table import CreateTable

Progress = Callable[[str, int, int], None]
"""Called with a table's name, the number of rows copied so far and the number of all."""

_ROWID_NAMES: Final = ("rowid", "_rowid_", "oid")
_CHUNKS: Final = 100
_WORTH_CHUNKS: Final = 100_000


@dataclass(frozen=True)
class Copy:
    """What is copied from where to where: pairs of columns by name, and the rowid if it counts."""

    source: str
    target: str
    columns: tuple[str, ...]
    changed: tuple[str, ...]
    untyped: tuple[str, ...]
    key: tuple[str, ...]
    rowid: tuple[str, str] | None
    steps_by: str | None
    is_whole: bool

    @classmethod
    def between(
        cls, before: CreateTable, after: CreateTable, target: str, added: frozenset[str]
    ) -> Copy:
        """Return the copy from one text's table to the other's, called `target` until the end.

        Raises RefusedChange if the rowid is out of reach behind columns of all its names.
        """
        columns = tuple(
            column.name
            for column in after.columns
            if not column.is_generated
            and before.find_column(column.name) is not None
            and fold(column.name) not in added
            and not before.column(column.name).is_generated
        )
        changed = tuple(
            name
            for name in columns
            if affinity(before.column(name).type) is not affinity(after.column(name).type)
        )
        return cls(
            source=before.name,
            target=target,
            columns=columns,
            changed=changed,
            untyped=tuple(
                name for name in columns if affinity(before.column(name).type) is Affinity.BLOB
            ),
            key=before.primary_key() if before.is_without_rowid else (),
            rowid=_rowids(before, after, columns),
            steps_by=None if before.is_without_rowid else _rowid_name(before),
            is_whole=_is_whole(before, after, added),
        )


def _rowids(
    before: CreateTable, after: CreateTable, columns: tuple[str, ...]
) -> tuple[str, str] | None:
    """Return what to call the rowid in the old and the new table; None if there is none.

    A copied column that becomes the rowid by another name brings the rowids with it.
    """
    if before.is_without_rowid or after.is_without_rowid:
        return None
    alias = after.rowid_alias()
    if alias is not None and alias in columns:
        return quote(alias), quote(alias)
    return _rowid_name(before), _rowid_name(after)


def _rowid_name(table: CreateTable) -> str:
    alias = table.rowid_alias()
    if alias is not None:
        return quote(alias)
    for name in _ROWID_NAMES:
        if table.find_column(name) is None:
            return name
    raise RefusedChange(
        f"Table {table.name!r} has columns called rowid, _rowid_ and oid, which hide the rowids "
        "that would have to be kept. Rename one of them first."
    )


def _is_whole(before: CreateTable, after: CreateTable, added: frozenset[str]) -> bool:
    """Tell whether all columns are copied in their order, so that SQLite may copy pages.

    A rowid without a name of its own would be given anew that way.
    """
    names = [fold(column.name) for column in before.columns]
    return (
        not added
        and names == [fold(column.name) for column in after.columns]
        and not any(column.is_generated for column in (*before.columns, *after.columns))
        and bool(before.rowid_alias() or before.is_without_rowid)
        and before.rowid_alias() == after.rowid_alias()
        and before.is_without_rowid == after.is_without_rowid
    )


def copy_rows(connection: sa.Connection, copy: Copy, progress: Progress | None) -> int:
    """Copy all rows and return how many were there; tells `progress` a hundred times.

    Raises LostSomethingError if another number of rows arrived.
    """
    total = int(read_one(connection, f"SELECT count(*) FROM {quote(copy.source)}") or 0)
    source, target = quote(copy.source), quote(copy.target)
    if progress is not None:
        progress(copy.source, 0, total)
    if copy.is_whole:
        arrived = write(connection, f"INSERT INTO {target} SELECT * FROM {source}")
    else:
        told = progress if total >= _WORTH_CHUNKS else None
        arrived = _copy_columns(connection, copy, told, total)
    if arrived != total:
        raise LostSomethingError(f"{copy.source}: {total} rows became {arrived}.")
    if progress is not None:
        progress(copy.source, total, total)
    return total


def _copy_columns(
    connection: sa.Connection, copy: Copy, progress: Progress | None, total: int
) -> int:
    names = [quote(name) for name in copy.columns]
    columns, values = list(names), list(names)
    if copy.rowid is not None and copy.rowid[1] not in columns:
        columns.insert(0, copy.rowid[1])
        values.insert(0, copy.rowid[0])
    statement = (
        f"INSERT INTO {quote(copy.target)} ({', '.join(columns)}) "
        f"SELECT {', '.join(values)} FROM {quote(copy.source)}"
    )
    if progress is None or copy.steps_by is None:
        return write(connection, statement)
    done = 0
    for low, high in _ranges(connection, copy.source, copy.steps_by):
        done += write(connection, f"{statement} WHERE {copy.steps_by} BETWEEN {low} AND {high}")
        progress(copy.source, done, total)
    return done


def _ranges(connection: sa.Connection, table: str, rowid: str) -> list[tuple[int, int]]:
    """Cut the rowids, whatever their gaps, into ranges of equal width."""
    ((low, high),) = read(connection, f"SELECT min({rowid}), max({rowid}) FROM {quote(table)}")
    width = max((high - low) // _CHUNKS, 1)
    starts = range(low, high + 1, width)
    return [(start, min(start + width - 1, high)) for start in starts]
