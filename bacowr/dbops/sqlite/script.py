"""A revision's statements as a script for the sqlite3 client, with the guards it needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bacowr.dbops.engines import execute_raw
from bacowr.dbops.sqlite.shadow import Sender, literal
from bacowr.dbops.sqlite.tokens import fold, significant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine.interfaces import DBAPIConnection

    from bacowr.dbops.sqlite.shadow import Written
    from bacowr.dbops.sqlite.tokens import Token

HEADER = """\
.bail on
PRAGMA foreign_keys=OFF;
"""
UNDONE = re.compile(r"ROLLBACK TO (?:SAVEPOINT )?(.+)", re.IGNORECASE)
MIN_WORDS = 3  # DROP TABLE name
# Settings that belong to the session or are made by the script itself.
KEPT_PRAGMAS = frozenset(
    {"LEGACY_ALTER_TABLE", "WRITABLE_SCHEMA", "USER_VERSION", "APPLICATION_ID"}
)
# What a guard compares of a table: columns in their order, keys, indexes down to their columns,
# what hangs on it, and how often the words stand in its text that no pragma tells of.
WORDS = ("CHECK", "AUTOINCREMENT", "WITHOUT", "COLLATE", "CONFLICT", "DEFERRABLE")
COUNTS = " || ' ' || ".join(
    f"(length(sql) - length(replace(upper(sql), '{word}', ''))) / {len(word)}" for word in WORDS
)
SHAPE = f"""\
SELECT coalesce((SELECT group_concat(one, ', ') FROM (
  SELECT name || ' ' || upper(type) || ' ' || "notnull" || pk || hidden || ' ' || replace(replace(
  replace(coalesce(dflt_value, ''), ' ', ''), '(', ''), ')', '') AS one
  FROM pragma_table_xinfo({{table}}) ORDER BY cid)), '')
 || '; ' || coalesce((SELECT group_concat(one, ', ') FROM (
  SELECT "from" || ' ' || "table" || ' ' || coalesce("to", '') || ' ' || on_delete || on_update
  AS one FROM pragma_foreign_key_list({{table}}) ORDER BY 1)), '')
 || '; ' || coalesce((SELECT group_concat(one, ', ') FROM (
  SELECT l.name || ' ' || l.origin || l."unique" || l.partial || ' ' || coalesce(x.name, '') || ' '
  || x.desc || x.coll AS one FROM pragma_index_list({{table}}) AS l, pragma_index_xinfo(l.name) AS x
  WHERE x.key ORDER BY l.name, x.seqno)), '')
 || '; ' || coalesce((SELECT group_concat(one, ', ') FROM (
  SELECT type || ' ' || name || ' ' || replace(replace(replace(lower(coalesce(sql, '')),
  ' ', ''), char(10), ''), '"', '') AS one FROM sqlite_master
  WHERE tbl_name = {{table}} COLLATE NOCASE AND type <> 'table' ORDER BY 1)), '')
 || '; ' || (SELECT {COUNTS}
  FROM sqlite_master WHERE name = {{table}} COLLATE NOCASE AND type = 'table')"""
ORPHANS = 'SELECT "table", rowid, parent FROM pragma_foreign_key_check'


def take_picture(raw: DBAPIConnection) -> dict[str, str]:
    """Return the shape of every table, as the guards in the script will see it."""
    rows = execute_raw(
        raw,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%'",
    )
    names = [str(name) for (name,) in rows]
    return {name: str(execute_raw(raw, SHAPE.format(table=literal(name)))[0][0]) for name in names}


@dataclass(frozen=True)
class Chapter:
    """One revision of the script: where it begins, what it did, and what it wants first."""

    title: str
    revision: str
    heads: tuple[str, ...]
    written: Sequence[Written]
    before: Mapping[str, str]
    preamble: tuple[str, ...] = ()
    epilogue: tuple[str, ...] = ()


def render(chapter: Chapter, version_table: str) -> str:
    """Write one revision: its own transaction, guards first, a check of foreign keys last."""
    body = _body(chapter)
    last = max((n for n, one in enumerate(body) if one == "COMMIT"), default=len(body))
    lines = [f"-- {chapter.title}", "BEGIN IMMEDIATE", *chapter.preamble]
    lines += _guard_heads(chapter, version_table)
    for name in _replaced(chapter):
        lines += _guard_shape(name, chapter)
    lines += [f"CREATE TEMP TABLE dbops_orphans AS {ORPHANS}", *body[:last]]
    lines += [*chapter.epilogue, *_guard_orphans(chapter), "COMMIT", *body[last + 1 :]]
    return "\n".join(line if line.startswith("--") else f"{line};" for line in lines) + "\n"


def _body(chapter: Chapter) -> list[str]:
    """Return what the revision did, with the questions it put to the rows as guards."""
    body: list[str] = []
    for one in chapter.written:
        if one.sender is Sender.CONDITION:
            message = f"Rows stand against revision {chapter.revision}; run it online to see which"
            body += _guard(message, f"SELECT ({one.sql}) = 0")
        else:
            body += _kept(one)
        undone = UNDONE.fullmatch(body[-1]) if body else None
        if undone and f"SAVEPOINT {undone[1]}" in body:
            while body[-1] != f"SAVEPOINT {undone[1]}":
                body.pop()
    return body[1:] if body[:1] == ["BEGIN IMMEDIATE"] else body


def _kept(one: Written) -> list[str]:
    """Return the statement as the script wants it; nothing when it wants none."""
    tokens = significant(one.sql)
    if not tokens:
        return []
    first = tokens[0].text.upper()
    if first in {"BEGIN", "COMMIT", "END"}:
        return ["BEGIN IMMEDIATE" if first == "BEGIN" else "COMMIT"]
    if first in {"SELECT", "VALUES", "EXPLAIN", "WITH"} and _returns_rows(tokens):
        return []
    if first == "PRAGMA":
        setting = "=" in one.sql and tokens[1].text.upper() in KEPT_PRAGMAS
        return [one.sql] if setting else []
    return [_without_returning(one.sql, tokens).strip().rstrip(";")]


def _returns_rows(tokens: Sequence[Token]) -> bool:
    changes = ("INSERT", "UPDATE", "DELETE", "REPLACE")
    return not any(token.is_word(*changes) for token in tokens)


def _without_returning(sql: str, tokens: Sequence[Token]) -> str:
    if not tokens[0].is_word("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"):
        return sql
    for token in reversed(tokens):
        if token.is_word("RETURNING"):
            return sql[: token.start]
    return sql


def _replaced(chapter: Chapter) -> list[str]:
    """Return the tables that were there before and that the revision drops or writes anew."""
    known = {fold(name): name for name in chapter.before}
    named = [_replaced_by(significant(one.sql)) for one in chapter.written]
    return list(dict.fromkeys(known[name] for name in named if name in known))


def _replaced_by(tokens: Sequence[Token]) -> str:
    words = [token for token in tokens if not token.is_word("IF", "EXISTS")]
    if len(words) < MIN_WORDS:
        return ""
    if words[0].is_word("DROP") and words[1].is_word("TABLE"):
        return fold(words[-1].name)
    edits = words[0].is_word("UPDATE") and words[1].is_word("SQLITE_MASTER", "SQLITE_SCHEMA")
    return fold(words[-1].name) if edits else ""


def _guard(message: str, condition: str) -> list[str]:
    """Return statements that stop the script, with this message, unless the condition holds."""
    quoted = '"' + message.replace('"', "'") + '"'
    return [
        f"CREATE TEMP TABLE dbops_guard (ok INTEGER NOT NULL CONSTRAINT {quoted} CHECK (ok))",
        f"INSERT INTO dbops_guard {condition}",
        "DROP TABLE temp.dbops_guard",
    ]


def _guard_heads(chapter: Chapter, version_table: str) -> list[str]:
    expected = ", ".join(sorted(chapter.heads))
    message = f"The database is not at {expected or 'the base'}, where this script begins"
    found = (
        f"SELECT coalesce((SELECT group_concat(version_num, ', ') FROM "
        f"(SELECT version_num FROM {version_table} ORDER BY 1)), '')"
    )
    return _guard(message, f"SELECT ({found}) = {literal(expected)}")


def _guard_shape(name: str, chapter: Chapter) -> list[str]:
    message = f"Table {name} is not as the revisions leave it, and {chapter.revision} replaces it"
    shape = SHAPE.format(table=literal(name))
    return _guard(message, f"SELECT coalesce(({shape}), '') = {literal(chapter.before[name])}")


def _guard_orphans(chapter: Chapter) -> list[str]:
    message = f"Revision {chapter.revision} leaves rows that refer to nothing"
    return [
        *_guard(message, f"SELECT NOT EXISTS ({ORPHANS} EXCEPT SELECT * FROM dbops_orphans)"),
        "DROP TABLE temp.dbops_orphans",
    ]
