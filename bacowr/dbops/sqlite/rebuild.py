"""The rebuild of a table under an edited text, with everything that hangs on it kept.

The order of steps is the one of https://www.sqlite.org/lang_altertable.html#otheralter; each
extra step answers something that SQLite drops along with the old table.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bacowr.dbops.sqlite.catalog import exists, has_statistics, load, pragma, read_one, write
from bacowr.dbops.sqlite.copying import Copy, copy_rows
from bacowr.dbops.sqlite.native import setting
from bacowr.dbops.sqlite.proof import require_equal_rows
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.text_edit import is_allowed, write_text
from bacowr.dbops.sqlite.tokens import literal, quote, same_name, tokenize

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bacowr.dbops.sqlite.catalog import Table
    from bacowr.dbops.sqlite.copying import Progress
    from bacowr.dbops.sqlite.create_table import CreateTable

_RESERVED: Final = "_dbops_new_{}"


def rebuild(
    connection: sa.Connection,
    table: Table,
    target: CreateTable,
    added: frozenset[str],
    progress: Progress | None = None,
) -> int:
    """Give a table another text by copying its rows; returns their number.

    `added` names the columns that take their default and no old value. Raises if a row doesn't
    agree with the new text, or if the copy doesn't prove equal: roll back then.
    """
    require_no_enforcement(connection)
    new = reserved_name(connection, table.name)
    copy = Copy.between(table.create, target, new, added)
    with setting(connection, "secure_delete", 0), setting(connection, "legacy_alter_table", 1):
        write(connection, under_other_name(target, new))
        rows = copy_rows(connection, copy, progress)
        require_equal_rows(connection, copy)
        _keep_sequence(connection, table.create, target, new)
        statistics = has_statistics(connection)
        _move_statistics(connection, statistics, table.name, new)
        write(connection, f"DROP TABLE {quote(table.name)}")
        write(connection, f"ALTER TABLE {quote(new)} RENAME TO {quote(table.name)}")
        _restore_spelling(connection, target)
        for statement in _dependents(table):
            write(connection, statement)
        _move_statistics(connection, statistics, new, table.name)
        _forget_lost_statistics(connection, statistics, table)
    return rows


def require_no_enforcement(connection: sa.Connection) -> None:
    """Refuse to drop a table while SQLite would delete its children with it."""
    if pragma(connection, "foreign_keys"):
        raise RefusedChange(
            "PRAGMA foreign_keys is on, and dropping the old table would delete or clear the rows "
            "that point to it. Turn it off before the transaction begins: inside, SQLite ignores "
            "the pragma."
        )


def reserved_name(connection: sa.Connection, table: str) -> str:
    """Return a name for the table in the making that nothing else has."""
    name = _RESERVED.format(table)
    while exists(connection, name):
        name += "_"
    return name


def under_other_name(target: CreateTable, new: str) -> str:
    """Return the text under another name, and without that name in front of columns.

    SQLite doesn't take `CHECK (t.n > 0)` in a table that isn't called t. There, t.n and n are
    the same.
    """
    tokens = [token for token in tokenize(target.sql) if not token.is_trivia]
    spans = [(target.name_span.start, target.name_span.end, quote(new))]
    for token, following in pairwise(tokens):
        if following.is_operator(".") and token.is_name and same_name(token.name, target.name):
            spans.append((token.start, following.end, ""))
    sql = target.sql
    for start, end, text in sorted(spans, reverse=True):
        sql = sql[:start] + text + sql[end:]
    return sql


def _keep_sequence(
    connection: sa.Connection, before: CreateTable, after: CreateTable, new: str
) -> None:
    """Copy the highest id ever given; the copy itself only noted the highest one left."""
    if not (before.has_autoincrement and after.has_autoincrement):
        return
    write(connection, f"DELETE FROM sqlite_sequence WHERE name = {literal(new)}")
    write(
        connection,
        f"INSERT INTO sqlite_sequence (name, seq) SELECT {literal(new)}, seq "
        f"FROM sqlite_sequence WHERE name = {literal(before.name)}",
    )


def _move_statistics(
    connection: sa.Connection, statistics: tuple[str, ...], old: str, new: str
) -> None:
    """Book the planner's statistics under another table; DROP TABLE would delete them."""
    for name in statistics:
        write(connection, f"UPDATE {name} SET tbl = {literal(new)} WHERE tbl = {literal(old)}")


def _forget_lost_statistics(
    connection: sa.Connection, statistics: tuple[str, ...], before: Table
) -> None:
    """Drop what is known about automatic indexes that are gone, or number other columns now."""
    now = load(connection, before.name).indexes
    kept = {(index.name, index.columns) for index in now}
    lost = [
        index.name
        for index in before.indexes
        if index.sql is None and (index.name, index.columns) not in kept
    ]
    for name in statistics if lost else ():
        write(connection, f"DELETE FROM {name} WHERE idx IN ({', '.join(map(literal, lost))})")


def _restore_spelling(connection: sa.Connection, target: CreateTable) -> None:
    """Write the table's name as it was written: RENAME TO puts it in quotes."""
    stored = read_one(
        connection,
        f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = {literal(target.name)}",
    )
    if stored != target.sql and is_allowed(connection):
        write_text(connection, target.name, target.sql)


def _dependents(table: Table) -> list[str]:
    """Return the texts of the indexes and triggers, in the order in which they were made."""
    names = {index.name for index in table.indexes} | {trigger.name for trigger in table.triggers}
    return [o.sql for o in table.objects if o.name in names and o.sql and o.type != "table"]
