"""Constraints and indexes taken off a table and put on it, as Alembic's operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops

from bacowr.dbops.lint.fixes.plans import on_postgres
from bacowr.dbops.proposing.operations import NewName, NewPrimaryKey, RenamedParts, Verbatim
from bacowr.dbops.schema.difference import Difference, subject_of
from bacowr.dbops.schema.model import Item, Kind
from bacowr.dbops.schema.statements import name_of

if TYPE_CHECKING:
    from bacowr.dbops.schema.modelled import Models

TYPES = {
    Kind.PRIMARY_KEY: "primary",
    Kind.UNIQUE: "unique",
    Kind.CHECK: "check",
    Kind.FOREIGN_KEY: "foreignkey",
    Kind.EXCLUDE: None,
}


def drop(item: Item) -> Any:  # noqa: ANN401 - One of Alembic's untyped operations, or None.
    """Return what takes a constraint or an index off; None where it has no name to say."""
    schema, _, table = item.table.rpartition(".")
    if not item.name:
        return None
    if item.kind is Kind.INDEX:
        return ops.DropIndexOp(_final(item.name), table, schema=schema or None)
    return ops.DropConstraintOp(_final(item.name), table, TYPES[item.kind], schema=schema or None)


def create(item: Item, models: Models) -> Any:  # noqa: ANN401 - The same.
    """Return what puts it on, in the models' words where they have it; None where none serve."""
    part = models.part(item)
    if part is None:
        return _from_facts(item)
    if isinstance(part, sa.Index):
        return ops.CreateIndexOp.from_index(part)
    if isinstance(part, sa.PrimaryKeyConstraint):
        columns = [one.name for one in part.columns]
        return NewPrimaryKey(
            models.name_of(part), part.table.name, columns, schema=part.table.schema
        )
    return ops.AddConstraintOp.from_constraint(part)


def rename(difference: Difference, models: Models) -> RenamedParts | None:
    """Return what gives a constraint or an index another name; None where one has none."""
    expected, found = difference.expected, difference.found
    if expected is None or found is None or not expected.name or not found.name:
        return None
    taken, made = drop(found), create(expected, models)
    if made is None:
        return None
    schema, _, table = expected.table.rpartition(".")
    return RenamedParts(table, schema or None, [NewName(found.name, expected.name, taken, made)])


def validate(difference: Difference) -> Verbatim | None:
    """Return what has PostgreSQL look at the rows of a constraint that was added without."""
    item = difference.item
    if item.kind not in {Kind.CHECK, Kind.FOREIGN_KEY} or "valid" in item.facts:
        return None
    sql = f"ALTER TABLE {name_of(item.table)} VALIDATE CONSTRAINT {name_of(item.name)}"
    return Verbatim(on_postgres(sql), f"validates {subject_of(item)}")


def _from_facts(item: Item) -> Any:  # noqa: ANN401 - The same.
    schema, _, table = item.table.rpartition(".")
    words: dict[str, Any] = {"schema": schema or None}
    name = _final(item.name) if item.name else None
    if item.kind is Kind.CHECK:
        return ops.CreateCheckConstraintOp(name, table, sa.text(_colons(item)), **words)
    if not _is_plain(item):
        return None
    columns = item.facts["columns"].split(", ")
    if item.kind is Kind.PRIMARY_KEY:
        return NewPrimaryKey(name, table, columns, **words)
    if item.kind is Kind.UNIQUE:
        return ops.CreateUniqueConstraintOp(name, table, columns, **words)
    return _foreign_key(item, table, columns)


def _foreign_key(item: Item, table: str, columns: list[str]) -> ops.CreateForeignKeyOp:
    parent, _, rest = item.facts["references"].partition(" (")
    front, _, parent = parent.rpartition(".")
    schema = item.table.rpartition(".")[0]
    words: dict[str, Any] = {"source_schema": schema or None, "referent_schema": front or None}
    words |= {"ondelete": item.facts.get("on delete"), "onupdate": item.facts.get("on update")}
    if "deferrable" in item.facts:
        words |= {"deferrable": True, "initially": item.facts["deferrable"].split()[1].upper()}
    remote = rest.rstrip(")").split(", ")
    return ops.CreateForeignKeyOp(_final(item.name), table, parent, columns, remote, **words)


def _is_plain(item: Item) -> bool:
    """Tell whether Alembic's operation says all of it."""
    plain = {"columns", "comment", "references", "on delete", "on update", "deferrable"}
    allowed = plain if item.kind is Kind.FOREIGN_KEY else {"columns", "comment"}
    return not item.facts.keys() - allowed and bool(item.name)


def _colons(item: Item) -> str:
    """Return a CHECK's text with what looks like a bound parameter said to be none."""
    return item.facts["expression"].replace(":", r"\:")


def _final(name: str) -> Any:  # noqa: ANN401 - SQLAlchemy's conv().
    """Return a name that a naming convention is to leave as it is."""
    return sa.schema.conv(name)
