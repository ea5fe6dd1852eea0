"""The door of this package: apply edits to a table, or refuse before the first write."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.sqlite.catalog import (
    find,
    foreign_keys_to,
    load,
    objects,
    violations,
    write,
)
from bacowr.dbops.sqlite.complaints import complaint_in, complaints
from bacowr.dbops.sqlite.dependents import require_no_dependents
from bacowr.dbops.sqlite.edits import AddColumn, AddConstraint
from bacowr.dbops.sqlite.execution import Work
from bacowr.dbops.sqlite.native import setting
from bacowr.dbops.sqlite.planner import Abilities, Path, follow, is_plain, plan, renames_of
from bacowr.dbops.sqlite.preconditions import Preconditions
from bacowr.dbops.sqlite.proof import LostSomethingError
from bacowr.dbops.sqlite.rebuild import require_no_enforcement
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.shadowing import driver, relevant, shadow
from bacowr.dbops.sqlite.text_edit import is_allowed
from bacowr.dbops.sqlite.tokens import mentions, same_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bacowr.dbops.sqlite.catalog import SchemaObject, Table
    from bacowr.dbops.sqlite.complaints import Complaint
    from bacowr.dbops.sqlite.copying import Progress
    from bacowr.dbops.sqlite.create_table import CreateTable
    from bacowr.dbops.sqlite.edits import Edit, RenameColumn
    from bacowr.dbops.sqlite.planner import Plan


def apply(
    connection: sa.Connection,
    table_name: str,
    edits: Sequence[Edit],
    *,
    progress: Progress | None = None,
    path: Path | None = None,
) -> list[str]:
    """Change a table by the cheapest safe path and return what was done, a line each.

    All edits of a call are done together, with one rebuild at most. `path` takes that path where
    a cheaper one would do. Raises RefusedChange, with nothing written, if something could not be
    kept; raises LostSomethingError or a database error if a proof fails later on, and then the
    caller's transaction must be rolled back. Without one, the call has its own.
    """
    edits = tuple(edits)
    with _transaction(connection):
        adds = [edit for edit in edits if isinstance(edit, AddColumn) and is_plain(edit)]
        if path is None and len(adds) == len(edits):
            return _add(connection, find(connection, table_name), adds)
        table = load(connection, table_name)
        require_no_dependents(table, edits)
        renames = renames_of(table.create, edits)
        edits = follow(edits, renames)
        abilities = Abilities(sqlite3.sqlite_version_info, is_allowed(connection))
        start, planned = _rehearse(table, edits, renames, abilities, path)
        Preconditions(connection, table.create, start, planned.all()).require()
        if planned.path is Path.REBUILD:
            require_no_enforcement(connection)
        work = Work(connection, table.name, [], progress)
        try:
            _carry_out(work, planned, work.prepare(edits, renames))
        except sa.exc.IntegrityError as error:
            raise RefusedChange(
                f"Rows of {table.name!r} do not agree with its new definition: {error.orig}. "
                "The transaction must be rolled back; mend the rows first."
            ) from error
        work.finish(edits)
        return work.done


def _add(connection: sa.Connection, table: CreateTable, adds: Sequence[AddColumn]) -> list[str]:
    """Add columns that have nothing about them that SQLite could refuse or misread.

    Nothing that hangs on the table can break by them, so nothing else is looked at, or tried.
    """
    work = Work(connection, table.name, [])
    work.add(table, adds)
    return work.done


def _carry_out(work: Work, planned: Plan, start: CreateTable) -> None:
    """Make the edits of the text, and prove that nothing else changed by it."""
    connection = work.connection
    is_native = planned.path is Path.NATIVE
    before = () if is_native else objects(connection)
    orphans = _Orphans(connection, work.table) if _may_orphan(planned) else None
    work.carry_out(planned, start)
    if not is_native:
        _require_others(work.table, before, objects(connection))
    if orphans is not None:
        orphans.require_no_more()


def _may_orphan(planned: Plan) -> bool:
    """Tell whether a change could leave rows that point to nothing: it copies, or adds a key."""
    added = [e.definition for e in planned.all() if isinstance(e, AddColumn | AddConstraint)]
    return planned.path is Path.REBUILD or any(mentions(text, "REFERENCES") for text in added)


@contextmanager
def _transaction(connection: sa.Connection) -> Iterator[None]:
    """Use the open transaction, or have one of its own, with foreign keys not enforced."""
    if driver(connection).in_transaction:
        yield
        return
    with setting(connection, "foreign_keys", 0):
        write(connection, "BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            write(connection, "ROLLBACK")
            raise
        write(connection, "COMMIT")


def _rehearse(
    table: Table,
    edits: Sequence[Edit],
    renames: tuple[RenameColumn, ...],
    abilities: Abilities,
    path: Path | None,
) -> tuple[CreateTable, Plan]:
    """Do everything on an empty twin; returns the table after the renames, and the plan.

    Raises RefusedChange if SQLite cannot do it, or if something else breaks by it.
    """
    with shadow(relevant(table)) as twin:
        broken = complaints(twin)
        work = Work(twin, table.name, [])
        try:
            start = work.prepare(edits, renames)
            planned = plan(start, edits, abilities, path)
            work.carry_out(planned, start)
            work.finish(edits)
        except (sa.exc.DBAPIError, LostSomethingError) as error:
            raise _refusal(table.name, getattr(error, "orig", error), broken) from error
        worse = sorted(str(c) for c in complaints(twin) if not c.is_among(broken))
    if worse:
        raise RefusedChange(
            f"Table {table.name!r} cannot be changed like this, because it would break "
            f"{'; '.join(worse)}. Drop or replace that first."
        )
    return start, planned


def _refusal(table: str, reason: object, broken: frozenset[Complaint]) -> RefusedChange:
    """Say why SQLite would not do it, naming what it names."""
    complaint = complaint_in(reason)
    if complaint is None:
        return RefusedChange(
            f"Table {table!r} cannot be changed like this: {reason}. Nothing was written."
        )
    if complaint.is_among(broken):
        return RefusedChange(
            f"Table {table!r} cannot be changed, because SQLite reads the whole schema for it, and "
            f"{complaint} leads nowhere already. Drop or mend that first."
        )
    return RefusedChange(
        f"Table {table!r} cannot be changed like this, because it would break {complaint}. "
        "Drop or replace that first."
    )


class _Orphans:
    """The rows without a parent before a change, to compare with those after it."""

    def __init__(self, connection: sa.Connection, table: str) -> None:
        self.connection = connection
        self.table = table
        self.before = self._count()

    def _count(self) -> Counter[str]:
        """Count the rows without a parent, in the table and in those that point to it."""
        tables = {self.table, *foreign_keys_to(self.connection, self.table)}
        try:
            return Counter(violations(self.connection, tuple(sorted(tables))))
        except sa.exc.DBAPIError:
            return Counter()

    def require_no_more(self) -> None:
        """Raise RefusedChange if more rows than before point to nothing."""
        after = self._count()
        more = sum(after.values()) - sum(self.before.values())
        if more > 0:
            raise RefusedChange(
                f"{more} rows of {', '.join(sorted(after))} would point to nothing. "
                "Mend them first."
            )


def _require_others(
    table: str, before: tuple[SchemaObject, ...], after: tuple[SchemaObject, ...]
) -> None:
    """Raise LostSomethingError if a text in the schema changed that isn't the table's own."""
    texts = [
        {
            (item.type, item.name, item.sql)
            for item in found
            if item.sql is not None and not (item.type == "table" and same_name(item.name, table))
        }
        for found in (before, after)
    ]
    if texts[0] != texts[1]:
        lost = ", ".join(sorted(str(name) for _, name, _ in texts[0] ^ texts[1]))
        raise LostSomethingError(f"Changing {table} changed {lost}, too.")
