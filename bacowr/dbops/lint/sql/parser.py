"""From tokens to a statement; what isn't known to change a schema stays opaque."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bacowr.dbops.lint.sql.alterations import read_actions
from bacowr.dbops.lint.sql.columns import ColumnDef, Constraint, read_column, read_constraint
from bacowr.dbops.lint.sql.reader import Reader, parts_of, plain
from bacowr.dbops.lint.sql.statements import Statement, Verb
from bacowr.dbops.lint.sql.tokens import Token, UnreadableSqlError, split

if TYPE_CHECKING:
    from collections.abc import Callable

PERSISTENCE = ("GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED")
CONSTRAINT_WORDS = {"CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "EXCLUDE"}


def parse(sql: str) -> tuple[Statement, ...]:
    """Return the statements of a text; one that can't be read comes out opaque, saying why."""
    try:
        return tuple(parse_tokens(tokens) for tokens in split(sql))
    except UnreadableSqlError as error:
        return (Statement(Verb.OPAQUE, (), why_opaque=str(error)),)


def parse_tokens(tokens: tuple[Token, ...]) -> Statement:
    """Return the statement that these tokens are."""
    reader = Reader(tokens)
    first = reader.word
    reader.skip()
    if first in {"CREATE", "DROP", "ALTER"}:
        return _read_definition(first, reader)
    if first in READERS:
        return READERS[first](reader)
    verb = SIMPLE.get(first)
    if verb is None:
        return _opaque(reader, f"what {first or tokens[0].text} does isn't known from its text")
    return Statement(verb, tokens, words=_words(tokens))


def _words(tokens: tuple[Token, ...]) -> frozenset[str]:
    return frozenset(token.word for token in tokens if token.word)


def _opaque(reader: Reader, why: str) -> Statement:
    return Statement(Verb.OPAQUE, reader.tokens, words=_words(reader.tokens), why_opaque=why)


def _read_definition(first: str, reader: Reader) -> Statement:
    """Read what follows CREATE, ALTER or DROP."""
    words = _words(reader.tokens)
    reader.take("OR", "REPLACE")
    while reader.word in (*PERSISTENCE, "UNIQUE", "RECURSIVE", "CONSTRAINT", "FOREIGN"):
        reader.skip()
    kind = reader.word
    reader.skip()
    if kind == "MATERIALIZED":
        reader.take("VIEW")
        kind = "VIEW"
    special = DEFINITIONS.get((first, kind))
    if special is not None:
        return replace(special(reader), words=words)
    verb = KINDS.get(kind)
    if verb is None:
        return _opaque(reader, f"what {first} {kind} does isn't known from its text")
    _existence(reader)
    name = reader.name()
    tail = _table_behind_on(reader)
    return Statement(verb, reader.tokens, table=tail, name=name, words=words)


def _existence(reader: Reader) -> None:
    _ = reader.take("CONCURRENTLY")
    _ = reader.take("IF", "NOT", "EXISTS") or reader.take("IF", "EXISTS")


def _table_behind_on(reader: Reader) -> str:
    while not reader.is_done:
        if reader.take("ON"):
            reader.take("ONLY")
            return reader.name()
        reader.skip()
    return ""


def _create_table(reader: Reader) -> Statement:
    _existence(reader)
    table = reader.name()
    if reader.take("PARTITION", "OF"):
        return Statement(Verb.CREATE_TABLE, reader.tokens, table=table, tables=(reader.name(),))
    columns: list[ColumnDef] = []
    constraints: list[Constraint] = []
    for part in parts_of(reader.parens()):
        inside = Reader(part)
        if inside.word in CONSTRAINT_WORDS:
            name = inside.name() if inside.take("CONSTRAINT") else ""
            found = read_constraint(inside, name)
            constraints += [found] if found else []
        elif inside.word != "LIKE":
            columns.append(read_column(inside))
    inline = [one for column in columns for one in column.constraints]
    return Statement(
        Verb.CREATE_TABLE,
        reader.tokens,
        table=table,
        definitions=tuple(columns),
        constraints=(*constraints, *inline),
    )


def _alter_table(reader: Reader) -> Statement:
    _existence(reader)
    reader.take("ONLY")
    table = reader.name()
    return Statement(Verb.ALTER_TABLE, reader.tokens, table=table, actions=read_actions(reader))


def _drop(verb: Verb) -> Callable[[Reader], Statement]:
    def read(reader: Reader) -> Statement:
        _existence(reader)
        tables = reader.names()
        first = tables[0] if tables else ""
        table = first if verb is Verb.DROP_TABLE else ""
        return Statement(verb, reader.tokens, table=table, name=first, tables=tables)

    return read


def _create_index(reader: Reader) -> Statement:
    _existence(reader)
    name = "" if reader.sees("ON") else reader.name()
    reader.take("ON")
    reader.take("ONLY")
    table = reader.name()
    if reader.take("USING"):
        reader.skip()
    columns = tuple(plain(part) for part in parts_of(reader.parens()))
    return Statement(Verb.CREATE_INDEX, reader.tokens, table=table, name=name, columns=columns)


def _create_view(reader: Reader) -> Statement:
    _existence(reader)
    name = reader.name()
    names = tuple(token.name for token in reader.rest())
    return Statement(Verb.CREATE_VIEW, reader.tokens, name=name, columns=names)


def _row_change(verb: Verb) -> Callable[[Reader], Statement]:
    def read(reader: Reader) -> Statement:
        while reader.word in {"INTO", "FROM", "ONLY", "OR"}:
            reader.take("OR")
            reader.skip()
        table = reader.name()
        return Statement(verb, reader.tokens, table=table, words=_words(reader.tokens))

    return read


def _on_tables(verb: Verb, *fillers: str) -> Callable[[Reader], Statement]:
    """Read a command whose tables stand behind options and filler words."""

    def read(reader: Reader) -> Statement:
        reader.parens()
        while reader.word in fillers:
            reader.skip()
        tables = reader.names()
        return Statement(
            verb,
            reader.tokens,
            table=tables[0] if tables else "",
            name=tables[0] if tables else "",
            tables=tables,
            words=_words(reader.tokens),
        )

    return read


def _setting(verb: Verb) -> Callable[[Reader], Statement]:
    def read(reader: Reader) -> Statement:
        _ = reader.take("LOCAL") or reader.take("SESSION")
        name = "timezone" if reader.take("TIME", "ZONE") else reader.name()
        _ = reader.take("TO") or reader.take_operator("=")
        value = " ".join(token.text.strip("'\"") for token in reader.rest())
        return Statement(
            verb, reader.tokens, name=name, columns=(value,), words=_words(reader.tokens)
        )

    return read


def _with(reader: Reader) -> Statement:
    """A WITH is what its strongest part does."""
    words = _words(reader.tokens)
    for verb in (Verb.DELETE, Verb.UPDATE, Verb.INSERT):
        if verb.value.upper() in words:
            return Statement(verb, reader.tokens, table=_changed(reader, verb), words=words)
    return Statement(Verb.SELECT, reader.tokens, words=words)


def _changed(reader: Reader, verb: Verb) -> str:
    while not reader.is_done:
        if reader.take(verb.value.upper()):
            _ = reader.take("INTO") or reader.take("FROM")
            return reader.name()
        reader.skip()
    return ""


def _select(reader: Reader) -> Statement:
    """SELECT set_config(…) is a SET; any other one only reads."""
    words = _words(reader.tokens)
    if reader.take("SET_CONFIG"):
        parts = parts_of(reader.parens())
        if len(parts) == 3:  # noqa: PLR2004 - Name, value, is it local.
            name, value, local = (" ".join(t.text for t in part).strip("'") for part in parts)
            scope = {"LOCAL"} if local.lower() == "true" else set()
            return Statement(
                Verb.SET, reader.tokens, name=name, columns=(value,), words=words | scope
            )
    return Statement(Verb.SELECT, reader.tokens, words=words)


DEFINITIONS: dict[tuple[str, str], Callable[[Reader], Statement]] = {
    ("CREATE", "TABLE"): _create_table,
    ("ALTER", "TABLE"): _alter_table,
    ("DROP", "TABLE"): _drop(Verb.DROP_TABLE),
    ("CREATE", "INDEX"): _create_index,
    ("DROP", "INDEX"): _drop(Verb.DROP_INDEX),
    ("CREATE", "VIEW"): _create_view,
    ("DROP", "VIEW"): _drop(Verb.DROP_VIEW),
}
KINDS = {
    "INDEX": Verb.ALTER_INDEX,
    "TYPE": Verb.ALTER_TYPE,
    "DOMAIN": Verb.ALTER_DOMAIN,
    "TRIGGER": Verb.CREATE_TRIGGER,
    "EVENT": Verb.CREATE_TRIGGER,
    "POLICY": Verb.POLICY,
    "EXTENSION": Verb.NAMESPACE,
    "SCHEMA": Verb.NAMESPACE,
    "SEQUENCE": Verb.SEQUENCE,
    "FUNCTION": Verb.ROUTINE,
    "PROCEDURE": Verb.ROUTINE,
    "AGGREGATE": Verb.ROUTINE,
    "VIEW": Verb.CREATE_VIEW,
    "COLLATION": Verb.NAMESPACE,
    "STATISTICS": Verb.NAMESPACE,
    "VIRTUAL": Verb.CREATE_VIEW,
}
SIMPLE = {
    "COMMENT": Verb.COMMENT,
    "GRANT": Verb.GRANT,
    "REVOKE": Verb.GRANT,
    "SAVEPOINT": Verb.SAVEPOINT,
    "RELEASE": Verb.SAVEPOINT,
    "BEGIN": Verb.BEGIN,
    "START": Verb.BEGIN,
    "COMMIT": Verb.COMMIT,
    "END": Verb.COMMIT,
    "ROLLBACK": Verb.ROLLBACK,
    "ABORT": Verb.ROLLBACK,
    "SHOW": Verb.SELECT,
    "VALUES": Verb.SELECT,
    "EXPLAIN": Verb.SELECT,
    "PRAGMA": Verb.PRAGMA,
    "NOTIFY": Verb.SELECT,
}
READERS: dict[str, Callable[[Reader], Statement]] = {
    "INSERT": _row_change(Verb.INSERT),
    "REPLACE": _row_change(Verb.INSERT),
    "UPDATE": _row_change(Verb.UPDATE),
    "DELETE": _row_change(Verb.DELETE),
    "MERGE": _row_change(Verb.UPDATE),
    "SELECT": _select,
    "WITH": _with,
    "TRUNCATE": _on_tables(Verb.TRUNCATE, "TABLE", "ONLY"),
    "VACUUM": _on_tables(Verb.VACUUM, "FULL", "FREEZE", "VERBOSE", "ANALYZE"),
    "CLUSTER": _on_tables(Verb.CLUSTER, "VERBOSE"),
    "ANALYZE": _on_tables(Verb.ANALYZE, "VERBOSE"),
    "LOCK": _on_tables(Verb.LOCK, "TABLE", "ONLY"),
    "REINDEX": _on_tables(
        Verb.REINDEX, "TABLE", "INDEX", "SCHEMA", "DATABASE", "SYSTEM", "CONCURRENTLY"
    ),
    "REFRESH": _on_tables(Verb.REFRESH, "MATERIALIZED", "VIEW", "CONCURRENTLY"),
    "SET": _setting(Verb.SET),
    "RESET": _setting(Verb.RESET),
}
