"""What names a table or its columns where SQLite itself doesn't look, or looks too late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bacowr.dbops.sqlite.edits import DropColumn, DropIndex, Edit, RenameColumn, RenameTable
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.tokens import (
    Token,
    TokenKind,
    fold,
    mentions,
    same_name,
    significant,
    unquote,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bacowr.dbops.sqlite.catalog import Index, SchemaObject, Table

_VIRTUAL: Final = ("CREATE", "VIRTUAL")


@dataclass(frozen=True)
class ExternalContent:
    """A full-text table that reads its texts from another table's columns."""

    name: str
    content: str
    columns: tuple[str, ...]


def require_no_dependents(table: Table, edits: Sequence[Edit]) -> None:
    """Raise RefusedChange if an edit takes away or renames what something else names.

    Views, triggers and keys that SQLite checks by itself are found on the twin instead.
    """
    dropped_indexes = {fold(edit.name) for edit in edits if isinstance(edit, DropIndex)}
    for edit in edits:
        if isinstance(edit, RenameColumn | DropColumn):
            verb = "renamed" if isinstance(edit, RenameColumn) else "dropped"
            _require_not_searched(table, edit.column, verb)
        if isinstance(edit, RenameTable):
            _require_not_content(table)
        if isinstance(edit, DropColumn):
            _require_not_indexed(table, edit.column, dropped_indexes)
            _require_not_watched(table, edit.column)


def external_contents(objects: tuple[SchemaObject, ...], table: str) -> list[ExternalContent]:
    """Return the full-text tables whose content is this table."""
    found = (_external_content(o) for o in objects if o.type == "table" and o.sql)
    return [item for item in found if item and same_name(item.content, table)]


def _external_content(item: SchemaObject) -> ExternalContent | None:
    """Read `CREATE VIRTUAL TABLE name USING fts5(a, b, content='t', content_rowid='id')`."""
    tokens = significant(item.sql or "")
    if not all(token.is_word(word) for token, word in zip(tokens, _VIRTUAL, strict=False)):
        return None
    opening = next((i for i, token in enumerate(tokens) if token.is_operator("(")), None)
    if opening is None:
        return None
    arguments = _arguments(tokens[opening + 1 : -1])
    options = {
        argument[0].text.lower(): unquote("".join(token.text for token in argument[2:]))
        for argument in arguments
        if len(argument) > 2 and argument[1].is_operator("=")  # noqa: PLR2004 - name = value.
    }
    columns = [a[0].name for a in arguments if not (len(a) > 1 and a[1].is_operator("="))]
    if not options.get("content"):
        return None
    rowid = options.get("content_rowid", "rowid")
    return ExternalContent(item.name, options["content"], (*columns, rowid))


def _arguments(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    arguments: list[list[Token]] = [[]]
    for token in tokens:
        if token.is_operator(","):
            arguments.append([])
        else:
            arguments[-1].append(token)
    return [tuple(argument) for argument in arguments if argument]


def _require_not_searched(table: Table, column: str, verb: str) -> None:
    for item in external_contents(table.objects, table.name):
        if fold(column) in map(fold, item.columns):
            raise RefusedChange(
                f"Column {column!r} of {table.name!r} cannot be {verb}: the full-text table "
                f"{item.name!r} reads it. Drop {item.name!r} first, and create and fill it anew."
            )


def _require_not_content(table: Table) -> None:
    for item in external_contents(table.objects, table.name):
        raise RefusedChange(
            f"Table {table.name!r} cannot be renamed: the full-text table {item.name!r} reads "
            f"it. Drop {item.name!r} first, and create and fill it anew."
        )


def _require_not_indexed(table: Table, column: str, dropped: set[str]) -> None:
    for index in table.indexes:
        if index.sql is None or fold(index.name) in dropped:
            continue
        if _is_on(index, column):
            raise RefusedChange(
                f"Column {column!r} of {table.name!r} cannot be dropped: the index "
                f"{index.name!r} is on it. Drop that first: drop_index({index.name!r})."
            )


def _is_on(index: Index, column: str) -> bool:
    """Tell whether an index holds a column, or computes or selects by it."""
    names = [name for name in index.columns if name is not None]
    if fold(column) in map(fold, names):
        return True
    tokens = significant(index.sql or "")
    start = next(i for i, token in enumerate(tokens) if token.is_word("ON")) + 2
    return mentions(" ".join(token.text for token in tokens[start:]), column)


def _require_not_watched(table: Table, column: str) -> None:
    """Refuse if a trigger is `UPDATE OF` the column, or means it by a "quoted" name.

    SQLite lets both dangle: the trigger never fires, and the name becomes a string.
    """
    for item in table.objects:
        if item.type not in ("trigger", "view") or item.sql is None:
            continue
        tokens = significant(item.sql)
        watches = same_name(item.table, table.name) and fold(column) in map(fold, _watched(tokens))
        quoted = mentions(item.sql, table.name) and any(
            token.kind is TokenKind.QUOTED and same_name(token.name, column) for token in tokens
        )
        if watches or quoted:
            raise RefusedChange(
                f"Column {column!r} of {table.name!r} cannot be dropped: the {item.type} "
                f"{item.name!r} names it. Drop or replace that first."
            )


def _watched(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """Return the columns of a trigger's `UPDATE OF a, b ON`."""
    for index in range(len(tokens) - 1):
        if tokens[index].is_word("UPDATE") and tokens[index + 1].is_word("OF"):
            rest = tokens[index + 2 :]
            end = next(i for i, token in enumerate(rest) if token.is_word("ON"))
            return tuple(token.name for token in rest[:end] if token.is_name)
        if tokens[index].is_word("BEGIN"):
            break
    return ()
