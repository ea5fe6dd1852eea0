"""A PostgreSQL database's items, read from its catalog as the server words them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bacowr.dbops.lint.sql.tokens import Token, tokenize
from bacowr.dbops.postgres.digest import literal
from bacowr.dbops.schema.model import Item, Kind
from bacowr.dbops.schema.postgres_queries import MISSING, PRESENT, QUERIES
from bacowr.dbops.schema.spelling import without_outer_parens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EXPRESSIONS = frozenset({"expression", "using", "with check", "where"})
USUAL_METHOD = "btree"


def read_postgres(connection: sa.Connection) -> Iterator[Item]:
    """Yield what every schema of the database holds; extensions' own objects are left out.

    Names of the default schema come without it, whatever the session's search path is.
    """
    version = int((connection.dialect.server_version_info or (0,))[0])
    words = dict(PRESENT)
    for since, missing in MISSING.items():
        words |= missing if version < since else {}
    with _only_default_schema(connection) as default:
        for kind, query in QUERIES:
            for name, value in words.items():
                query = query.replace("{" + name + "}", value)  # noqa: PLW2901 - Filled in.
            for row in connection.execute(literal(query)).mappings().all():
                yield _item(kind, row, default)


@contextmanager
def _only_default_schema(connection: sa.Connection) -> Iterator[str]:
    """Let the server name things by their schema, those of the default one aside."""
    asked = sa.text(
        "SELECT current_setting('search_path'), coalesce((SELECT s FROM unnest(current_schemas("
        "false)) AS s WHERE s <> 'pg_catalog' LIMIT 1), 'public')"
    )
    before, default = connection.execute(asked).one()
    setting = sa.text("SELECT set_config('search_path', :path, true)")
    quoted = connection.dialect.identifier_preparer.quote_identifier(default)
    connection.execute(setting, {"path": quoted})
    try:
        yield default
    finally:
        if not connection.invalidated and connection.in_transaction():
            connection.execute(setting, {"path": before})


def _item(kind: Kind, row: Mapping[Any, Any], default: str) -> Item:
    facts = {str(name): str(value) for name, value in row.items() if value is not None}
    schema, table, name = (facts.pop(one, "") for one in ("schema", "table", "name"))
    front = "" if schema in {"", default} else f"{schema}."
    if "schema of it" in facts:
        facts["schema"] = facts.pop("schema of it")
    if kind is Kind.INDEX:
        facts = index_facts(facts.pop("definition")) | facts
    for one in EXPRESSIONS & facts.keys():
        facts[one] = without_outer_parens(facts[one])
    told = {one: value.strip() for one, value in facts.items() if value}
    if table:
        return Item(kind, name, front + table, told)
    return Item(kind, front + name, "", told)


def index_facts(definition: str) -> dict[str, str]:
    """Return what `pg_get_indexdef` says of an index, its own name and its table left out."""
    tokens = tokenize(definition)
    facts = {"unique": "yes"} if tokens[1].word == "UNIQUE" else {}
    at = next(n for n, token in enumerate(tokens) if token.word == "USING")
    if tokens[at + 1].name != USUAL_METHOD:
        facts["method"] = tokens[at + 1].name
    keys, at = _in_parens(definition, tokens, at + 2)
    facts["keys"] = keys
    if at < len(tokens) and tokens[at].word == "INCLUDE":
        facts["include"], at = _in_parens(definition, tokens, at + 1)
    where = next((n for n in range(at, len(tokens)) if tokens[n].word == "WHERE"), len(tokens))
    if where < len(tokens):
        facts["where"] = definition[tokens[where].end :].strip()
    if where > at:
        facts["options"] = definition[tokens[at].start : tokens[where - 1].end]
    return facts


def _in_parens(text: str, tokens: tuple[Token, ...], at: int) -> tuple[str, int]:
    """Return what stands in the parentheses that open here, and where it goes on."""
    depth, start = 1, tokens[at].end
    while depth:
        at += 1
        depth += tokens[at].is_operator("(") - tokens[at].is_operator(")")
    return text[start : tokens[at].start], at + 1
