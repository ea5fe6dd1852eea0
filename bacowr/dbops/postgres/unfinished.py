"""What a broken statement outside a transaction left behind, and whether it had finished."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bacowr.dbops.engines import execute_raw
from bacowr.dbops.statements import body_of

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

PART = r'(?:"(?:[^"]|"")+"|[^\s."()]+)'
NAME = rf"(?:{PART}\.)?{PART}"
CREATE_INDEX = re.compile(
    r"create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?"
    rf"(?P<index>{PART})\s+on\s+(?:only\s+)?(?P<table>{NAME})",
    re.IGNORECASE,
)
DROP_INDEX = re.compile(
    rf"drop\s+index\s+concurrently\s+(?:if\s+exists\s+)?(?P<index>{NAME})\s*"
    r"(?:restrict)?\s*;?\s*$",
    re.IGNORECASE,
)
REINDEX = re.compile(
    rf"reindex\s+(?:\(.*?\)\s*)?(?:index|table)\s+concurrently\s+(?P<name>{NAME})",
    re.IGNORECASE | re.DOTALL,
)
DETACH = re.compile(
    rf"alter\s+table\s+(?:if\s+exists\s+)?(?P<parent>{NAME})\s+detach\s+partition\s+"
    rf"(?P<child>{NAME})\s+concurrently",
    re.IGNORECASE,
)


def clear_up(raw: DBAPIConnection, statement: str, *, begun: bool) -> bool:
    """Remove what an earlier try of the statement left, and tell whether it had finished.

    `begun` says that the ledger saw an earlier run begin this very statement. An invalid index
    of the name is dropped in any case: IF NOT EXISTS would keep it for ever.
    """
    body = body_of(statement)
    if found := CREATE_INDEX.match(body):
        return _clear_index(raw, found["index"], found["table"]) and begun
    if found := DETACH.match(body):
        return _finish_detaching(raw, found["parent"], found["child"], begun=begun)
    if not begun:
        return False
    if found := DROP_INDEX.match(body):
        return execute_raw(raw, f"SELECT to_regclass({_text(found['index'])})") == [(None,)]
    if found := REINDEX.match(body):
        _clear_copies(raw, found["name"])
    return False


def _clear_index(raw: DBAPIConnection, index: str, table: str) -> bool:
    """Return whether the table has a valid index of this name; drop an invalid one."""
    rows = execute_raw(
        raw,
        "SELECT i.indisvalid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) "
        "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE i.indrelid = to_regclass({_text(table)}) AND c.relname = {_text(_plain(index))}",
    )
    for is_valid, name in rows:
        if is_valid:
            return True
        execute_raw(raw, f"DROP INDEX CONCURRENTLY {name}")
    return False


def _clear_copies(raw: DBAPIConnection, name: str) -> None:
    """Drop the invalid copies that a broken REINDEX CONCURRENTLY leaves beside its indexes."""
    rows = execute_raw(
        raw,
        "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) "
        "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND i.indrelid = COALESCE("
        f"(SELECT indrelid FROM pg_index WHERE indexrelid = to_regclass({_text(name)})), "
        f"to_regclass({_text(name)}))",
    )
    for (copy,) in rows:
        execute_raw(raw, f"DROP INDEX CONCURRENTLY {copy}")


def _finish_detaching(raw: DBAPIConnection, parent: str, child: str, *, begun: bool) -> bool:
    """Return whether the partition is no part any more, finishing what was broken off."""
    rows = execute_raw(
        raw,
        "SELECT inhdetachpending FROM pg_inherits "
        f"WHERE inhrelid = to_regclass({_text(child)}) "
        f"AND inhparent = to_regclass({_text(parent)})",
    )
    if rows == [(True,)]:
        execute_raw(raw, f"ALTER TABLE {parent} DETACH PARTITION {child} FINALIZE")
        return True
    return begun and not rows


def _plain(name: str) -> str:
    """Return an identifier as the catalog has it."""
    if name.startswith('"'):
        return name[1:-1].replace('""', '"')
    return name.lower()


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
