"""A schema as PostgreSQL's statements, in an order in which they can be run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlalchemy.dialects import postgresql

from bacowr.dbops.schema.chart import rules_of
from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.names import columns_in, reference_in
from bacowr.dbops.schema.postgres_tables import quoted, table_statements

_quote = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call] # Untyped there.
SEQUENCE_WORDS = {
    "type": "AS",
    "increment": "INCREMENT BY",
    "start": "START WITH",
    "min": "MINVALUE",
    "max": "MAXVALUE",
    "cache": "CACHE",
}
COMMENTED = {
    Kind.TABLE: "TABLE",
    Kind.SEQUENCE: "SEQUENCE",
    Kind.ENUM: "TYPE",
    Kind.INDEX: "INDEX",
    Kind.FUNCTION: "FUNCTION",
}
"""What is commented on by its own name alone."""
ON_TABLE = {
    Kind.PRIMARY_KEY: "CONSTRAINT",
    Kind.UNIQUE: "CONSTRAINT",
    Kind.CHECK: "CONSTRAINT",
    Kind.FOREIGN_KEY: "CONSTRAINT",
    Kind.EXCLUDE: "CONSTRAINT",
    Kind.TRIGGER: "TRIGGER",
    Kind.POLICY: "POLICY",
}


def postgres_statements(schema: Schema) -> Iterator[str]:
    """Yield the statements that make a schema."""
    if any(True for _ in schema.of(Kind.FUNCTION)):
        yield "SET check_function_bodies = false"
    names = {one.table or one.name for one in schema.items if one.kind is not Kind.EXTENSION}
    for name in sorted(
        {one.split("(")[0].partition(".")[0] for one in names if "." in one.split("(")[0]}
    ):
        yield f"CREATE SCHEMA IF NOT EXISTS {_quote(name)}"
    yield from _types(schema)
    yield from table_statements(schema)
    yield from _foreign_keys(schema)
    for item in schema.of(Kind.INDEX):
        yield _index(item)
    yield from _views(schema)
    yield from _triggers(schema)
    for item in schema.of(Kind.POLICY):
        yield _policy(item)
    for item in schema.items:
        yield from _comment(item)


def _types(schema: Schema) -> Iterator[str]:
    for item in schema.of(Kind.EXTENSION):
        into = f" SCHEMA {_quote(item.facts['schema'])}" if "schema" in item.facts else ""
        yield f"CREATE EXTENSION IF NOT EXISTS {_quote(item.name)}{into}"
    for item in schema.of(Kind.ENUM):
        yield f"CREATE TYPE {quoted(item.name)} AS ENUM ({item.facts['values']})"
    for item in schema.of(Kind.DOMAIN):
        yield _domain(item)
    for item in schema.of(Kind.SEQUENCE):
        words = [
            f"{word} {item.facts[name]}"
            for name, word in SEQUENCE_WORDS.items()
            if name in item.facts
        ]
        words += ["CYCLE"] if "cycle" in item.facts else []
        unlogged = "UNLOGGED " if "unlogged" in item.facts else ""
        yield " ".join([f"CREATE {unlogged}SEQUENCE {quoted(item.name)}", *words])
    for item in schema.of(Kind.FUNCTION):
        yield item.facts["definition"]


def _domain(item: Item) -> str:
    facts = item.facts
    if facts["type"].startswith("("):
        return f"CREATE TYPE {quoted(item.name)} AS {facts['type']}"
    words = [f"CREATE DOMAIN {quoted(item.name)} AS {facts['type']}"]
    words += [f'COLLATE "{facts["collation"]}"'] if "collation" in facts else []
    words += [f"DEFAULT {facts['default']}"] if "default" in facts else []
    words += ["NOT NULL"] if "not null" in facts else []
    words += [facts["checks"].replace("), CHECK (", ") CHECK (")] if "checks" in facts else []
    return " ".join(words)


def _foreign_keys(schema: Schema) -> Iterator[str]:
    names = {
        one.name: [c.name for c in schema.of(Kind.COLUMN, one.name)]
        for one in schema.of(Kind.TABLE)
    }
    for item in schema.of(Kind.FOREIGN_KEY):
        parent, listed = reference_in(item.facts["references"], names)
        columns = _list(item.facts["columns"], names.get(item.table, []))
        parents = _list(listed, names.get(parent, []))
        rules = f" {rules}" if (rules := rules_of(item)) else ""
        yield (
            f"ALTER TABLE {quoted(item.table)} ADD CONSTRAINT {_quote(item.name)}\n"
            f"    FOREIGN KEY ({columns}) REFERENCES {quoted(parent)} ({parents}){rules}"
        )


def _list(text: str, known: Sequence[str]) -> str:
    return ", ".join(_quote(one) for one in columns_in(text, known))


def _index(item: Item) -> str:
    facts = item.facts
    words = ["CREATE UNIQUE INDEX" if "unique" in facts else "CREATE INDEX"]
    words.append(f"{_quote(item.name)} ON {quoted(item.table)}")
    words += [f"USING {_quote(facts['method'])}"] if "method" in facts else []
    words.append(f"({facts['keys']})")
    words += [f"INCLUDE ({facts['include']})"] if "include" in facts else []
    words += [facts["options"]] if "options" in facts else []
    words += [f"WHERE {facts['where']}"] if "where" in facts else []
    statement = " ".join(words)
    if "clustered" in facts:
        statement += f";\nALTER TABLE {quoted(item.table)} CLUSTER ON {_quote(item.name)}"
    return statement


def _views(schema: Schema) -> Iterator[str]:
    """Yield the views, one that reads another after that."""
    waiting = list(schema.of(Kind.VIEW))
    while waiting:
        ready = [one for one in waiting if not any(_reads(one, other) for other in waiting)]
        for item in ready or waiting:
            yield _view(item)
        waiting = [one for one in waiting if one not in ready] if ready else []


def _reads(view: Item, other: Item) -> bool:
    name = re.escape(other.name.rpartition(".")[2])
    return view is not other and bool(re.search(rf"\b{name}\b", view.facts["definition"]))


def _view(item: Item) -> str:
    kind = "MATERIALIZED VIEW" if "materialized" in item.facts else "VIEW"
    options = f" WITH ({item.facts['options']})" if "options" in item.facts else ""
    return f"CREATE {kind} {quoted(item.name)}{options} AS\n{item.facts['definition']}"


def _triggers(schema: Schema) -> Iterator[str]:
    modes = {"no": "DISABLE", "always": "ENABLE ALWAYS", "replica": "ENABLE REPLICA"}
    for item in schema.of(Kind.TRIGGER):
        yield item.facts["definition"]
        if "enabled" in item.facts:
            kind = "RULE" if item.facts["definition"].startswith("CREATE RULE") else "TRIGGER"
            mode = modes[item.facts["enabled"]]
            yield f"ALTER TABLE {quoted(item.table)} {mode} {kind} {_quote(item.name)}"


def _policy(item: Item) -> str:
    facts = item.facts
    words = [f"CREATE POLICY {_quote(item.name)} ON {quoted(item.table)}"]
    words += ["AS RESTRICTIVE"] if "restrictive" in facts else []
    words.append(f"FOR {facts['command']}")
    words += [f"TO {facts['roles']}"] if "roles" in facts else []
    words += [f"USING ({facts['using']})"] if "using" in facts else []
    words += [f"WITH CHECK ({facts['with check']})"] if "with check" in facts else []
    return " ".join(words)


def _comment(item: Item) -> Iterator[str]:
    if "comment" not in item.facts:
        return
    text = "'" + item.facts["comment"].replace("'", "''") + "'"
    if item.kind in ON_TABLE:
        is_rule = item.facts.get("definition", "").startswith("CREATE RULE")
        word = "RULE" if is_rule else ON_TABLE[item.kind]
        subject = f"{word} {_quote(item.name)} ON {quoted(item.table)}"
    elif item.kind is Kind.COLUMN:
        subject = f"COLUMN {quoted(item.table)}.{_quote(item.name)}"
    elif item.kind is Kind.VIEW:
        word = "MATERIALIZED VIEW" if "materialized" in item.facts else "VIEW"
        subject = f"{word} {quoted(item.name)}"
    elif item.kind is Kind.DOMAIN:
        word = "TYPE" if item.facts["type"].startswith("(") else "DOMAIN"
        subject = f"{word} {quoted(item.name)}"
    elif item.kind is Kind.FUNCTION:
        subject = f"FUNCTION {_function(item.name)}"
    else:
        front = item.table.rpartition(".")[0] if item.kind is Kind.INDEX else ""
        name = f"{_quote(front)}.{_quote(item.name)}" if front else quoted(item.name)
        subject = f"{COMMENTED[item.kind]} {name}"
    yield f"COMMENT ON {subject} IS {text}"


def _function(name: str) -> str:
    front, bracket, rest = name.partition("(")
    return f"{quoted(front)}{bracket}{rest}"
