"""Changes that SQLite does by itself, in its own ALTER TABLE."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bacowr.dbops.sqlite.catalog import create_of, has_statistics, pragma, write
from bacowr.dbops.sqlite.tokens import fold, literal, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from bacowr.dbops.sqlite.edits import AddColumn, DropColumn, RenameColumn


@contextmanager
def setting(connection: sa.Connection, name: str, value: int) -> Iterator[None]:
    """Give a pragma this value for the length of the block."""
    before = pragma(connection, name)
    if before == value:
        yield
        return
    write(connection, f"PRAGMA {name} = {value}")
    try:
        yield
    finally:
        write(connection, f"PRAGMA {name} = {before}")


def rename_columns(
    connection: sa.Connection, table: str, renames: tuple[RenameColumn, ...]
) -> None:
    """Rename columns all at once: they may exchange their names.

    SQLite takes the new names into indexes, triggers, views, keys and checks, which it does only
    without `legacy_alter_table`.
    """
    with setting(connection, "legacy_alter_table", 0):
        pending = [(edit.column, edit.new) for edit in renames]
        while pending:
            taken = {fold(column.name) for column in create_of(connection, table).columns}
            ready = next((p for p in pending if fold(p[1]) not in taken - {fold(p[0])}), None)
            old, new = ready or (pending[0][0], f"_dbops_aside_{pending[0][0]}")
            pending = [p for p in pending if p[0] != old]
            if ready is None:
                target = next(edit.new for edit in renames if edit.column == old)
                pending.append((new, target))
            change = f"RENAME COLUMN {quote(old)} TO {spelled(connection, new)}"
            write(connection, f"ALTER TABLE {quote(table)} {change}")


def spelled(connection: sa.Connection, name: str) -> str:
    """Return a name as SQLAlchemy would write it: quoted only if it must be."""
    return connection.dialect.identifier_preparer.quote(name)


def add_column(connection: sa.Connection, table: str, edit: AddColumn) -> None:
    """Add a column behind the last one."""
    write(connection, f"ALTER TABLE {quote(table)} ADD COLUMN {edit.definition}")


def drop_column(connection: sa.Connection, table: str, edit: DropColumn) -> None:
    """Drop a column that nothing else names."""
    with setting(connection, "legacy_alter_table", 0):
        write(connection, f"ALTER TABLE {quote(table)} DROP COLUMN {quote(edit.column)}")


def rename_table(connection: sa.Connection, table: str, new: str) -> None:
    """Rename a table with whatever names it, and take its statistics along."""
    with setting(connection, "legacy_alter_table", 0):
        write(connection, f"ALTER TABLE {quote(table)} RENAME TO {spelled(connection, new)}")
    automatic = literal(f"sqlite_autoindex_{table}_")
    for statistics in has_statistics(connection):
        write(
            connection,
            f"UPDATE {statistics} SET tbl = {literal(new)}, idx = CASE "
            f"WHEN substr(idx, 1, length({automatic})) = {automatic} "
            f"THEN {literal(f'sqlite_autoindex_{new}_')} || substr(idx, length({automatic}) + 1) "
            f"ELSE idx END WHERE tbl = {literal(table)}",
        )
