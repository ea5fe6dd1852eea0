"""A schema as SQLite's statements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlalchemy.dialects import sqlite

from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.names import columns_in, keys_in, reference_in

CONSTRAINTS = (Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.FOREIGN_KEY, Kind.CHECK)
_BARE = re.compile(r"(?:[-+]?[\w.]+(?:[eE][-+]\d+)?|[xX]?'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")\Z")
_quote = sqlite.dialect().identifier_preparer.quote


def sqlite_statements(schema: Schema) -> Iterator[str]:
    """Yield the statements that make a schema."""
    names = {
        one.name: [c.name for c in schema.of(Kind.COLUMN, one.name)]
        for one in schema.of(Kind.TABLE)
    }
    for item in schema.of(Kind.TABLE):
        yield _table(item, schema, names)
    for item in schema.of(Kind.INDEX):
        unique = "UNIQUE " if "unique" in item.facts else ""
        where = f" WHERE {item.facts['where']}" if "where" in item.facts else ""
        on = f"{_quote(item.table)} ({item.facts['keys']})"
        yield f"CREATE {unique}INDEX {_quote(item.name)} ON {on}{where}"
    for kind in (Kind.VIEW, Kind.TRIGGER):
        for item in schema.of(kind):
            yield item.facts["definition"]


def _table(item: Item, schema: Schema, names: dict[str, list[str]]) -> str:
    if "virtual" in item.facts:
        return f"CREATE VIRTUAL TABLE {_quote(item.name)} {item.facts['virtual']}"
    key = next(iter(schema.of(Kind.PRIMARY_KEY, item.name)), None)
    inline = key if key and {"autoincrement", "rowid"} & key.facts.keys() else None
    lines = [_column(one, inline) for one in schema.of(Kind.COLUMN, item.name)]
    lines += [
        _constraint(one, names)
        for kind in CONSTRAINTS
        for one in schema.of(kind, item.name)
        if one is not inline
    ]
    body = ",\n".join(f"    {line}" for line in lines)
    options = f" {item.facts['options']}" if "options" in item.facts else ""
    return f"CREATE TABLE {_quote(item.name)} (\n{body}\n){options}"


def _column(item: Item, key: Item | None) -> str:
    facts = item.facts
    words = [_quote(item.name), facts.get("type", "")]
    if key is not None:
        words += _inline_key(key, item)
    if "not null" in facts:
        words += ["NOT NULL", facts["not null"].upper() if facts["not null"] != "yes" else ""]
    if "collation" in facts:
        words.append(f"COLLATE {facts['collation']}")
    if "default" in facts:
        value = facts["default"]
        words.append(f"DEFAULT {value if _BARE.match(value) else f'({value})'}")
    if "generated" in facts:
        expression, _, kept = facts["generated"].rpartition(" ")
        words.append(f"GENERATED ALWAYS AS ({expression}) {kept}")
    return " ".join(word for word in words if word)


def _inline_key(key: Item, column: Item) -> Iterator[str]:
    """Yield a key that only a column can bear: one that counts up, or isn't the rowid."""
    name, more = keys_in(key.facts["columns"], [column.name])[0]
    if name != column.name:
        return
    yield from _named(key)
    yield "PRIMARY KEY"
    yield more
    yield from _conflict(key)
    yield "AUTOINCREMENT" if "autoincrement" in key.facts else ""


def _constraint(item: Item, names: dict[str, list[str]]) -> str:
    words = [*_named(item)]
    known = names.get(item.table, [])
    if item.kind is Kind.CHECK:
        words.append(f"CHECK ({item.facts['expression']})")
    elif item.kind is Kind.FOREIGN_KEY:
        words += _foreign(item, known, names)
    else:
        words += [item.kind.upper(), f"({_keys(item.facts['columns'], known)})"]
    return " ".join([*words, *_conflict(item)])


def _foreign(item: Item, known: Sequence[str], names: dict[str, list[str]]) -> Iterator[str]:
    facts = item.facts
    parent, listed = reference_in(facts["references"], names)
    columns = columns_in(listed, names.get(parent, []))
    yield f"FOREIGN KEY ({_keys(facts['columns'], known)})"
    yield f"REFERENCES {_quote(parent)}"
    if columns:
        yield f"({', '.join(map(_quote, columns))})"
    for name in ("on delete", "on update"):
        if name in facts:
            yield f"{name.upper()} {facts[name]}"
    if "deferrable" in facts:
        yield f"DEFERRABLE {facts['deferrable'].upper()}"


def _keys(text: str, known: Sequence[str]) -> str:
    return ", ".join(f"{_quote(name)} {more}".rstrip() for name, more in keys_in(text, known))


def _named(item: Item) -> Iterator[str]:
    if item.name:
        yield f"CONSTRAINT {_quote(item.name)}"


def _conflict(item: Item) -> Iterator[str]:
    if "on conflict" in item.facts:
        yield f"ON CONFLICT {item.facts['on conflict'].upper()}"
