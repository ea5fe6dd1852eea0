"""A PostgreSQL enum that has other values: added in place, or the type made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.lint.fixes.plans import ON_POSTGRES, on_postgres, quoted
from bacowr.dbops.proposing.operations import Verbatim
from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.statements import enum_values, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def revalue(expected: Item, found: Item, schema: Schema) -> Verbatim:
    """Return what gives an enum the values that are expected; `schema` is where it was found.

    Values that are only added stay out of the transaction, since nothing before PostgreSQL 12
    could add one inside. Else the type is made anew and every column of it moved over, which
    fails where a row holds a value that goes: nothing is lost.
    """
    new, old = enum_values(expected), enum_values(found)
    if [one for one in new if one in old] == old:
        return _added(expected, new, old)
    told = f"makes enum {expected.name} anew with the values {', '.join(new)}"
    return Verbatim(on_postgres(*_replaced(expected, found, schema)), told)


def _added(item: Item, new: list[str], old: list[str]) -> Verbatim:
    lines = [ON_POSTGRES, "    with op.get_context().autocommit_block():"]
    known = list(old)
    for place, value in enumerate(new):
        if value in known:
            continue
        where = f"AFTER {new[place - 1]}" if place else f"BEFORE {old[0]}"
        sql = f"ALTER TYPE {name_of(item.name)} ADD VALUE IF NOT EXISTS {value} {where}"
        lines.append(f"        op.execute({quoted(sql)})")
    added = ", ".join(one for one in new if one not in old)
    return Verbatim("\n".join(lines), f"adds {added} to enum {item.name}")


def _replaced(expected: Item, found: Item, schema: Schema) -> Iterator[str]:
    front, _, bare = expected.name.rpartition(".")
    aside = f"{bare}_before"
    kind = name_of(expected.name)
    yield f"ALTER TYPE {name_of(found.name)} RENAME TO {name_of(aside)}"
    yield f"CREATE TYPE {kind} AS ENUM ({expected.facts['values']})"
    for column in schema.of(Kind.COLUMN):
        if column.facts.get("type") != found.name:
            continue
        table, name = name_of(column.table), name_of(column.name)
        default = column.facts.get("default")
        change = f"ALTER TABLE {table} ALTER COLUMN {name}"
        if default:
            yield f"{change} DROP DEFAULT"
        yield f"{change} TYPE {kind} USING {name}::text::{kind}"
        if default:
            yield f"{change} SET DEFAULT {default}"
    yield f"DROP TYPE {name_of(f'{front}.{aside}' if front else aside)}"
