"""Tables as PostgreSQL's statements: parents before what inherits from them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.dialects import postgresql

from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.names import columns_in

_quote = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call] # Untyped there.
SERIALS = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
DEFERRED = frozenset({"valid", "enforced"})
"""What a constraint says that can only be said when it is added later."""


def quoted(name: str) -> str:
    """Return a name with quotes where it needs them, its schema in front apart."""
    schema, dot, rest = name.partition(".")
    return f"{_quote(schema)}.{_quote(rest)}" if dot else _quote(name)


def table_statements(schema: Schema) -> Iterator[str]:
    """Yield what makes the tables, without what other tables are needed for."""
    for item in _parents_first(schema):
        yield _table(item, schema)
        yield from _afterwards(item, schema)


def _parents_first(schema: Schema) -> list[Item]:
    waiting = list(schema.of(Kind.TABLE))
    ordered: list[Item] = []
    while waiting:
        names = {one.name for one in waiting}
        ready = [
            one for one in waiting if not names & set(one.facts.get("inherits", "").split(", "))
        ]
        ordered += ready or waiting
        waiting = [one for one in waiting if one not in ordered]
    return ordered


def _table(item: Item, schema: Schema) -> str:
    facts = item.facts
    unlogged = "UNLOGGED " if "unlogged" in facts else ""
    kind = "FOREIGN TABLE" if "server" in facts else "TABLE"
    head = f"CREATE {unlogged}{kind} {quoted(item.name)}"
    constraints = [_constraint(one, schema) for one in _constraints(item, schema, later=False)]
    if "partition" in facts:
        body = f" ({', '.join(constraints)})" if constraints else ""
        head += f" PARTITION OF {facts['inherits']}{body} {facts['partition']}"
    else:
        columns = [_column(one) for one in schema.of(Kind.COLUMN, item.name)]
        lines = ",\n".join(f"    {line}" for line in [*columns, *constraints])
        head += f" (\n{lines}\n)" if lines else " ()"
        head += f" INHERITS ({facts['inherits']})" if "inherits" in facts else ""
    head += f" PARTITION BY {facts['partitioned by']}" if "partitioned by" in facts else ""
    head += f" SERVER {_quote(facts['server'])}" if "server" in facts else ""
    return head + (f" WITH ({facts['options']})" if "options" in facts else "")


def _constraints(item: Item, schema: Schema, *, later: bool) -> Iterator[Item]:
    for kind in (Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.CHECK, Kind.EXCLUDE):
        for one in schema.of(kind, item.name):
            if bool(DEFERRED & one.facts.keys()) is later:
                yield one


def _column(item: Item) -> str:
    facts = item.facts
    kind = facts["type"]
    words = [_quote(item.name), SERIALS.get(kind, kind) if "serial" in facts else kind]
    words += [f"COMPRESSION {facts['compression']}"] if "compression" in facts else []
    words += [f'COLLATE "{facts["collation"]}"'] if "collation" in facts else []
    words += [f"DEFAULT {facts['default']}"] if "default" in facts else []
    if "identity" in facts:
        way, _, options = facts["identity"].partition(" (")
        words.append(f"GENERATED {way} AS IDENTITY{f' ({options}' if options else ''}")
    if "generated" in facts:
        expression, _, kept = facts["generated"].rpartition(" ")
        words.append(f"GENERATED ALWAYS AS ({expression}) {kept}")
    return " ".join([*words, *(["NOT NULL"] if "not null" in facts else [])])


def _constraint(item: Item, schema: Schema) -> str:
    facts = item.facts
    words = [f"CONSTRAINT {_quote(item.name)}"]
    if item.kind is Kind.EXCLUDE:
        return f"{words[0]} {facts['definition']}"
    if item.kind is Kind.CHECK:
        words.append(f"CHECK ({facts['expression']})")
    else:
        words += [item.kind.upper(), _key(item, schema)]
    words += ["NO INHERIT"] if "no inherit" in facts else []
    words += [f"DEFERRABLE {facts['deferrable'].upper()}"] if "deferrable" in facts else []
    words += ["NOT VALID"] if "valid" in facts else []
    return " ".join([*words, *(["NOT ENFORCED"] if "enforced" in facts else [])])


def _key(item: Item, schema: Schema) -> str:
    facts = item.facts
    known = [one.name for one in schema.of(Kind.COLUMN, item.table)]
    columns = ", ".join(_quote(one) for one in columns_in(facts["columns"], known))
    columns += " WITHOUT OVERLAPS" if "without overlaps" in facts else ""
    nulls = "NULLS NOT DISTINCT " if "nulls" in facts else ""
    include = f" INCLUDE ({facts['include']})" if "include" in facts else ""
    return f"{nulls}({columns}){include}"


def _afterwards(item: Item, schema: Schema) -> Iterator[str]:
    """Yield what is said of a table once it is there."""
    table = f"ALTER TABLE {quoted(item.name)}"
    for one in _constraints(item, schema, later=True):
        yield f"{table} ADD {_constraint(one, schema)}"
    for column in schema.of(Kind.COLUMN, item.name):
        yield from _column_settings(column, table)
    security = item.facts.get("row security")
    if security:
        yield f"{table} ENABLE ROW LEVEL SECURITY"
    if security == "forced":
        yield f"{table} FORCE ROW LEVEL SECURITY"
    if item.facts.get("replica identity") in {"nothing", "full"}:
        yield f"{table} REPLICA IDENTITY {item.facts['replica identity'].upper()}"


def _column_settings(column: Item, table: str) -> Iterator[str]:
    facts = column.facts
    name = _quote(column.name)
    if "storage" in facts:
        yield f"{table} ALTER COLUMN {name} SET STORAGE {facts['storage'].upper()}"
    if "statistics" in facts:
        yield f"{table} ALTER COLUMN {name} SET STATISTICS {facts['statistics']}"
    if "options" in facts:
        yield f"{table} ALTER COLUMN {name} SET ({facts['options']})"
    if facts.get("serial", "yes") != "yes":
        front, _, rest = column.table.rpartition(".")
        sequence = f"{front}.{rest}_{column.name}_seq" if front else f"{rest}_{column.name}_seq"
        yield f"ALTER SEQUENCE {quoted(sequence)} {facts['serial']}"
