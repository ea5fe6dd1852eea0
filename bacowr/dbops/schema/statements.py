"""SQL that makes or takes away what Alembic has no operation for, from the facts of an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.lint.sql.tokens import tokenize
from bacowr.dbops.schema.model import Item, Kind
from bacowr.dbops.sqlite.tokens import quote as quote_always

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SEQUENCE_WORDS = {
    "type": "AS",
    "increment": "INCREMENT BY",
    "min": "MINVALUE",
    "max": "MAXVALUE",
    "start": "START WITH",
    "cache": "CACHE",
}
DEFERRABLE = {"initially deferred": "DEFERRABLE INITIALLY DEFERRED"}
DROPS = {
    Kind.ENUM: "TYPE",
    Kind.DOMAIN: "DOMAIN",
    Kind.SEQUENCE: "SEQUENCE",
    Kind.FUNCTION: "FUNCTION",
    Kind.EXTENSION: "EXTENSION",
    Kind.TABLE: "TABLE",
    Kind.VIEW: "VIEW",
}


def name_of(whole: str) -> str:
    """Return a name, its schema in front or not, as both databases take it."""
    return ".".join(
        one if one.isidentifier() and one == one.lower() else quote_always(one)
        for one in whole.split(".")
    )


def removal(item: Item, dialect: str) -> str:
    """Return the statement that takes an item away."""
    if item.kind is Kind.TRIGGER:
        where = f" ON {name_of(item.table)}" if dialect == "postgresql" else ""
        return f"DROP TRIGGER {name_of(item.name)}{where}"
    if item.kind is Kind.POLICY:
        return f"DROP POLICY {name_of(item.name)} ON {name_of(item.table)}"
    word = "MATERIALIZED VIEW" if "materialized" in item.facts else DROPS[item.kind]
    name = item.name if item.kind is Kind.FUNCTION else name_of(item.name)
    return f"DROP {word} {name}"


def creation(item: Item, dialect: str) -> str | None:
    """Return the statement that makes an item, None where its facts don't tell enough."""
    name, facts = name_of(item.name), item.facts
    definition = facts.get("definition")
    if item.kind is Kind.ENUM:
        return f"CREATE TYPE {name} AS ENUM ({facts['values']})"
    if item.kind is Kind.SEQUENCE:
        words = [f"{word} {facts[one]}" for one, word in SEQUENCE_WORDS.items() if one in facts]
        return " ".join([f"CREATE SEQUENCE {name}", *words, *(["CYCLE"] * ("cycle" in facts))])
    if item.kind is Kind.EXTENSION:
        return f"CREATE EXTENSION IF NOT EXISTS {name}"
    if item.kind is Kind.POLICY:
        return " ".join(_policy_words(item))
    if item.kind is Kind.VIEW and definition and dialect == "postgresql":
        word = "MATERIALIZED VIEW" if "materialized" in facts else "VIEW"
        return f"CREATE {word} {name} AS {definition.rstrip(';')}"
    return definition


def _policy_words(item: Item) -> Iterator[str]:
    facts = item.facts
    yield f"CREATE POLICY {name_of(item.name)} ON {name_of(item.table)}"
    yield from (["AS RESTRICTIVE"] if "restrictive" in facts else [])
    yield f"FOR {facts.get('command', 'ALL')} TO {facts.get('roles', 'public')}"
    yield from ([f"USING ({facts['using']})"] if "using" in facts else [])
    yield from ([f"WITH CHECK ({facts['with check']})"] if "with check" in facts else [])


def table_creation(item: Item, parts: Iterable[Item], dialect: str) -> str | None:
    """Return the statement that makes a table with its columns and constraints; None if it can't.

    Indexes, triggers and policies are made behind it.
    """
    if item.facts.keys() - {"comment", "options"} or (
        item.facts.get("options") and dialect != "sqlite"
    ):
        return None
    lines = []
    for part in parts:
        if part.kind is Kind.COLUMN:
            lines.append(column_clause(part))
        elif part.kind in CLAUSES:
            lines.append(constraint_clause(part))
    body = ",\n    ".join(lines)
    options = item.facts.get("options", "")
    return f"CREATE TABLE {name_of(item.name)} (\n    {body}\n)" + (
        f" {options}" if options else ""
    )


def column_clause(item: Item) -> str:
    """Return a column as CREATE TABLE and ADD COLUMN take it."""
    facts = item.facts
    words = [name_of(item.name), _type(facts)]
    words += [f'COLLATE "{facts["collation"]}"'] if "collation" in facts else []
    if "generated" in facts:
        expression, _, kind = facts["generated"].rpartition(" ")
        words.append(f"GENERATED ALWAYS AS ({expression}) {kind}")
    words += [f"GENERATED {facts['identity'].strip()} AS IDENTITY"] if "identity" in facts else []
    words += [f"DEFAULT {facts['default']}"] if "default" in facts else []
    words += ["NOT NULL"] if "not null" in facts and "serial" not in facts else []
    return " ".join(word for word in words if word)


def _type(facts: Mapping[str, str]) -> str:
    kind = facts.get("type", "")
    if "serial" in facts:
        return {"bigint": "BIGSERIAL", "smallint": "SMALLSERIAL"}.get(kind, "SERIAL")
    return kind


def constraint_clause(item: Item) -> str:
    """Return a constraint as CREATE TABLE and ADD CONSTRAINT take it."""
    name = f"CONSTRAINT {name_of(item.name)} " if item.name else ""
    return name + " ".join(_constraint_words(item))


def _constraint_words(item: Item) -> Iterator[str]:
    facts = item.facts
    if item.kind is Kind.EXCLUDE:
        yield facts["definition"]
        return
    if item.kind is Kind.CHECK:
        yield f"CHECK ({facts['expression']})"
        return
    columns = f"({facts['columns']})"
    if item.kind is Kind.FOREIGN_KEY:
        yield f"FOREIGN KEY {columns} REFERENCES {facts['references']}"
        for action in ("on delete", "on update", "match"):
            if action in facts:
                yield f"{action.upper()} {facts[action].upper()}"
    else:
        nulls = " NULLS NOT DISTINCT" if "nulls" in facts else ""
        yield f"{CLAUSES[item.kind]}{nulls} {columns}"
        yield from ([f"INCLUDE ({facts['include']})"] if "include" in facts else [])
    if "deferrable" in facts:
        yield DEFERRABLE.get(facts["deferrable"], "DEFERRABLE")


CLAUSES = {
    Kind.PRIMARY_KEY: "PRIMARY KEY",
    Kind.UNIQUE: "UNIQUE",
    Kind.CHECK: "CHECK",
    Kind.FOREIGN_KEY: "FOREIGN KEY",
    Kind.EXCLUDE: "EXCLUDE",
}


def to_consider(item: Item, dialect: str) -> str:
    """Return SQL that puts an index or a constraint on its table; nothing if none is known."""
    if item.kind is Kind.INDEX:
        return index_creation(item)
    if item.kind in CLAUSES and dialect == "postgresql":
        return f"ALTER TABLE {name_of(item.table)} ADD {constraint_clause(item)}"
    return ""


def index_creation(item: Item) -> str:
    """Return the statement that makes an index."""
    facts = item.facts
    unique = "UNIQUE " if "unique" in facts else ""
    method = f" USING {facts['method']}" if "method" in facts else ""
    words = [f"CREATE {unique}INDEX {name_of(item.name)} ON {name_of(item.table)}{method}"]
    words.append(f"({facts['keys']})")
    words += [f"INCLUDE ({facts['include']})"] if "include" in facts else []
    words += [facts["options"]] if "options" in facts else []
    words += [f"WHERE {facts['where']}"] if "where" in facts else []
    return " ".join(words)


def enum_values(item: Item) -> list[str]:
    """Return an enum's values, each as a literal of SQL."""
    return [token.text for token in tokenize(item.facts.get("values", "")) if token.text != ","]
