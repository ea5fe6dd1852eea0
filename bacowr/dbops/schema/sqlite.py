"""A SQLite database's items, read from the texts that it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.schema.model import Item, Kind
from bacowr.dbops.schema.spelling import spelled, sqlite_default, without_outer_parens
from bacowr.dbops.sqlite.catalog import objects, read
from bacowr.dbops.sqlite.create_table import Clause, ClauseKind, Column, CreateTable, is_integer
from bacowr.dbops.sqlite.cursor import END, Cursor
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse
from bacowr.dbops.sqlite.tokens import fold, same_name, significant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import sqlalchemy as sa

    from bacowr.dbops.sqlite.catalog import SchemaObject

KINDS = {
    ClauseKind.PRIMARY_KEY: Kind.PRIMARY_KEY,
    ClauseKind.UNIQUE: Kind.UNIQUE,
    ClauseKind.CHECK: Kind.CHECK,
    ClauseKind.FOREIGN_KEY: Kind.FOREIGN_KEY,
}
ACTIONS = ("DELETE", "UPDATE")


def read_sqlite(connection: sa.Connection) -> Iterator[Item]:
    """Yield what the file holds, SQLite's own tables left out."""
    everything = objects(connection)
    hidden = _shadow_tables(connection)
    texts = [o for o in everything if o.sql and o.name not in hidden and o.table not in hidden]
    parsed = [table for one in texts if (table := _parsed(one)) is not None]
    tables = {fold(table.name): table for table in parsed}
    for one in texts:
        if one.name.lower().startswith("sqlite_"):
            continue
        if one.type == "table":
            yield from _read_table(one, tables)
        elif one.type == "index":
            yield _read_index(one, tables.get(fold(one.table)))
        elif one.type == "view":
            yield Item(Kind.VIEW, one.name, "", {"definition": spelled(one.sql or "")})
        else:
            yield Item(Kind.TRIGGER, one.name, one.table, {"definition": spelled(one.sql or "")})


def _shadow_tables(connection: sa.Connection) -> frozenset[str]:
    """Return the tables that virtual tables keep for themselves (SQLite knows since 3.37)."""
    rows = read(connection, "PRAGMA main.table_list")
    return frozenset(row[1] for row in rows if row[2] == "shadow")


def _parsed(one: SchemaObject) -> CreateTable | None:
    if one.type != "table" or one.sql is None:
        return None
    try:
        return parse(one.sql)
    except RefusedChange:
        return None


def _read_table(one: SchemaObject, tables: Mapping[str, CreateTable]) -> Iterator[Item]:
    table = tables.get(fold(one.name))
    if table is None:
        yield Item(Kind.TABLE, one.name, "", {"virtual": _behind_name(one.sql or "")})
        return
    options = ", ".join(sorted(table.options))
    yield Item(Kind.TABLE, one.name, "", {"options": options} if options else {})
    for column in table.columns:
        yield Item(Kind.COLUMN, column.name, one.name, _column_facts(column, table))
        for clause in column.clauses:
            yield from _read_clause(clause, column, table, tables)
    for clause in table.constraints:
        yield from _read_clause(clause, None, table, tables)


def _behind_name(sql: str) -> str:
    """Return what makes a virtual table: its module and arguments."""
    text = spelled(sql)
    return text[text.upper().find("USING ") :]


def _column_facts(column: Column, table: CreateTable) -> dict[str, str]:
    facts = {"type": spelled(column.type).upper()} if column.type else {}
    not_null = column.find(ClauseKind.NOT_NULL)
    in_key = table.is_without_rowid and any(
        same_name(column.name, one) for one in table.primary_key()
    )
    # The key of a table without rowids can't be null, and neither can the rowid by another name.
    if not_null and not in_key and table.rowid_alias() != column.name:
        facts["not null"] = _conflict(table, not_null) or "yes"
    default = column.find(ClauseKind.DEFAULT)
    value = sqlite_default(default.body, column.type) if default else ""
    if value:
        facts["default"] = value
    collation = column.find(ClauseKind.COLLATE)
    if collation and collation.body.upper() != "BINARY":
        facts["collation"] = spelled(collation.body).upper()
    generated = column.find(ClauseKind.GENERATED)
    if generated:
        kind = "STORED" if generated.columns else "VIRTUAL"
        facts["generated"] = f"{without_outer_parens(spelled(generated.body))} {kind}"
    return facts


def _conflict(table: CreateTable, clause: Clause) -> str:
    """Return what happens to a row that breaks a constraint, where it isn't the usual."""
    tokens = significant(_text(table, clause))
    for first, second, word in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if first.is_word("ON") and second.is_word("CONFLICT") and not word.is_word("ABORT"):
            return f"on conflict {word.text.lower()}"
    return ""


def _text(table: CreateTable, clause: Clause) -> str:
    return table.sql[clause.span.start : clause.span.end]


def _read_clause(
    clause: Clause, column: Column | None, table: CreateTable, tables: Mapping[str, CreateTable]
) -> Iterator[Item]:
    kind = KINDS.get(clause.kind)
    if kind is None:
        return
    if kind is Kind.CHECK:
        facts = {"expression": without_outer_parens(spelled(clause.body))}
    elif kind is Kind.FOREIGN_KEY:
        facts = _key_facts(clause, column, table, tables)
    elif kind is Kind.PRIMARY_KEY:
        facts = _primary_facts(clause, column, table)
    else:
        facts = {"columns": column.name if column else _columns(clause.body)}
    conflict = _conflict(table, clause)
    if conflict:
        facts["on conflict"] = conflict.removeprefix("on conflict ")
    yield Item(kind, clause.name or "", table.name, facts)


def _columns(body: str) -> str:
    """Return a list of key columns, without what is so anyway."""
    return ", ".join(_key(part) for part in _split(body))


def _key(text: str, collations: Mapping[str, str] | None = None) -> str:
    words = text.removesuffix(" AUTOINCREMENT").removesuffix(" ASC")
    column, _, collation = words.removesuffix(" DESC").rpartition(" COLLATE ")
    usual = (collations or {}).get(fold(column), "BINARY")
    if column and collation.upper() == usual:
        words = column + (" DESC" if words.endswith(" DESC") else "")
    return words


def _split(body: str) -> list[str]:
    """Divide a text at the commas that stand in no parentheses."""
    parts: list[str] = []
    depth = start = 0
    for token in significant(body):
        depth += token.is_operator("(") - token.is_operator(")")
        if depth == 0 and token.is_operator(","):
            parts.append(spelled(body[start : token.start]))
            start = token.end
    return [*parts, spelled(body[start:])]


def _primary_facts(clause: Clause, column: Column | None, table: CreateTable) -> dict[str, str]:
    words = clause.body.upper().split()
    columns = _columns(clause.body)
    if column is not None:
        columns = f"{column.name} DESC" if "DESC" in words else column.name
    facts = {"columns": columns}
    if table.has_autoincrement:
        facts["autoincrement"] = "yes"
    key = table.primary_key()
    alone = len(key) == 1 and is_integer(table.column(key[0]).type)
    if alone and not table.is_without_rowid and table.rowid_alias() is None:
        facts["rowid"] = "no"
    return facts


def _key_facts(
    clause: Clause, column: Column | None, table: CreateTable, tables: Mapping[str, CreateTable]
) -> dict[str, str]:
    parent = tables.get(fold(clause.parent or ""))
    referred = clause.parent_columns or (parent.primary_key() if parent else ())
    told = f"{parent.name if parent else clause.parent} ({', '.join(referred)})"
    columns = column.name if column else ", ".join(clause.columns)
    facts = {"columns": columns, "references": told}
    cursor = Cursor(_text(table, clause))
    while cursor.peek() is not END:
        facts |= _reference_word(cursor)
    return facts


def _reference_word(cursor: Cursor) -> dict[str, str]:
    for word in ACTIONS:
        if cursor.accept("ON", word):
            first = cursor.take().text.upper()
            action = f"{first} {cursor.take().text.upper()}" if first in {"SET", "NO"} else first
            return {} if action == "NO ACTION" else {f"on {word.lower()}": action}
    if cursor.accept("NOT", "DEFERRABLE"):
        if cursor.accept("INITIALLY"):
            cursor.take()
        return {}
    if cursor.accept("DEFERRABLE"):
        late = cursor.accept("INITIALLY") and cursor.take().is_word("DEFERRED")
        return {"deferrable": f"initially {'deferred' if late else 'immediate'}"}
    cursor.take()
    return {}


def _read_index(one: SchemaObject, table: CreateTable | None) -> Item:
    cursor = Cursor(one.sql or "")
    facts: dict[str, str] = {}
    cursor.accept("CREATE")
    if cursor.accept("UNIQUE"):
        facts["unique"] = "yes"
    while not cursor.accept("ON"):
        cursor.take()
    cursor.take()
    collations = {
        fold(column.name): found.body.upper()
        for column in (table.columns if table else ())
        if (found := column.find(ClauseKind.COLLATE))
    }
    facts["keys"] = ", ".join(_key(part, collations) for part in _split(cursor.parens()))
    if cursor.accept("WHERE"):
        facts["where"] = without_outer_parens(spelled(cursor.sql[cursor.peek().start :]))
    return Item(Kind.INDEX, one.name, one.table, facts)
