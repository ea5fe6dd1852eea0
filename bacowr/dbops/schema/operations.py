"""Alembic's operations that turn what was found into what is expected.

`flask db migrate` writes with them what autogenerate doesn't see, `flask db drift --write` a
whole revision. Turned round, the differences give the way back:

    there = to_operations(compare(expected, found), found, models)
    back = to_operations(compare(found, expected), expected, Models.of(None, dialect))
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from bacowr.dbops.proposing.operations import RenamedParts, Verbatim
from bacowr.dbops.schema import columns, parts
from bacowr.dbops.schema.difference import NAME, Change, Difference, subject_of
from bacowr.dbops.schema.enums import revalue
from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.statements import creation, removal, table_creation, to_consider

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bacowr.dbops.schema.modelled import Models

WHOLE = {Kind.TRIGGER, Kind.VIEW, Kind.FUNCTION, Kind.EXTENSION, Kind.SEQUENCE, Kind.DOMAIN}
WHOLE |= {Kind.POLICY, Kind.ENUM}


class Step(IntEnum):
    """When something is done: what others stand on comes first, and goes last."""

    VALUES = 0
    TYPES = 1
    TAKE_OFF = 2
    TABLES = 3
    COLUMNS = 4
    KEYS = 5
    CONSTRAINTS = 6
    INDEXES = 7
    PUT_ON = 8
    DROP_TABLES = 9
    DROP_TYPES = 10


@dataclass
class Remade:
    """The operations, in an order that works, and what no operation can be written for."""

    operations: list[ops.MigrateOperation] = field(default_factory=list)
    left: list[Difference] = field(default_factory=list)


ALONE = (ops.CreateTableOp, ops.DropTableOp, RenamedParts)
"""What isn't put in a batch, though it is about one table."""
Steps = list[tuple[Step, Any]]
TURNED = {Change.MISSING: Change.UNEXPECTED, Change.UNEXPECTED: Change.MISSING}


def turned(difference: Difference) -> Difference:
    """Return a difference as seen from its other side."""
    change = TURNED.get(difference.change, difference.change)
    return Difference(
        change, difference.found, difference.expected, difference.facts, difference.parts
    )


def to_operations(differences: Iterable[Difference], found: Schema, models: Models) -> Remade:
    """Return what makes the expected schema of the one that was found.

    What the models have is written in their words, which serve every database; the rest as the
    server worded it. Alembic's renderers write all of it.
    """
    remade = Remade()
    steps: Steps = []
    for difference in differences:
        if difference.change is Change.REORDERED:
            continue
        made = _of(difference, found, models)
        if made is None:
            remade.left.append(difference)
        else:
            steps += made
    ordered = [one for _, one in sorted(steps, key=lambda pair: pair[0])]
    remade.operations = list(_gathered(ordered))
    return remade


def _of(difference: Difference, found: Schema, models: Models) -> Steps | None:
    item = difference.item
    if item.kind is Kind.TABLE:
        return _table(difference, models, found.dialect)
    if item.kind is Kind.COLUMN:
        made = columns.change(difference, models)
        return None if made is None else [(Step.COLUMNS, one) for one in made]
    if item.kind in WHOLE:
        return _whole(difference, found)
    return _part(difference, models)


def _whole(difference: Difference, schema: Schema) -> Steps | None:
    """Take away and make what stands by itself, or is one statement on a table."""
    expected, found = difference.expected, difference.found
    if expected and found and expected.kind is Kind.ENUM:
        change = revalue(expected, found, schema)
        return [(Step.VALUES, change)]
    steps: Steps = []
    if found is not None:
        step = Step.DROP_TYPES if found.kind in {Kind.ENUM, Kind.DOMAIN} else Step.TAKE_OFF
        step = Step.DROP_TYPES if found.kind is Kind.SEQUENCE else step
        sql = removal(found, schema.dialect)
        steps.append((step, _executed(sql, found, f"drops {subject_of(found)}", schema.dialect)))
    if expected is not None:
        made = creation(expected, schema.dialect)
        if made is None:
            return None
        early = {Kind.ENUM, Kind.DOMAIN, Kind.SEQUENCE, Kind.EXTENSION}
        step = Step.TYPES if expected.kind in early else Step.PUT_ON
        words = f"creates {subject_of(expected)}"
        steps.append((step, _executed(made, expected, words, schema.dialect)))
    return steps


def _part(difference: Difference, models: Models) -> Steps | None:
    """Take a constraint or an index away and make it as it is expected."""
    if difference.facts == ("valid",):
        made = parts.validate(difference)
        return None if made is None else [(Step.PUT_ON, made)]
    if difference.facts == (NAME,):
        renamed = parts.rename(difference, models)
        return None if renamed is None else [(Step.TAKE_OFF, renamed)]
    steps: Steps = []
    if difference.found is not None:
        taken = parts.drop(difference.found)
        if taken is None:
            return None
        steps.append((Step.TAKE_OFF, taken))
    if difference.expected is not None:
        item = difference.expected
        made = parts.create(item, models)
        if made is None:
            made = _sql_part(item, models.dialect.name)
        if made is None:
            return None
        step = Step.INDEXES if item.kind is Kind.INDEX else Step.CONSTRAINTS
        step = Step.KEYS if item.kind in {Kind.PRIMARY_KEY, Kind.UNIQUE} else step
        steps.append((step, made))
    return steps


def _sql_part(item: Item, dialect: str) -> Verbatim | None:
    sql = to_consider(item, dialect)
    return _executed(sql, item, f"creates {subject_of(item)}", dialect) if sql else None


def _table(difference: Difference, models: Models, dialect: str) -> Steps | None:
    if difference.change is Change.CHANGED:
        return _commented(difference)
    item = difference.item
    schema, _, name = item.name.rpartition(".")
    if difference.change is Change.UNEXPECTED:
        return [(Step.DROP_TABLES, ops.DropTableOp(name, schema=schema or None))]
    table = models.table(item.name)
    if table is not None:
        made: Steps = [(Step.TABLES, ops.CreateTableOp.from_table(table))]
        indexes = sorted(table.indexes, key=lambda one: str(one.name))
        return [*made, *((Step.INDEXES, ops.CreateIndexOp.from_index(one)) for one in indexes)]
    sql = table_creation(item, difference.parts, dialect)
    if sql is None:
        return None
    steps: Steps = [(Step.TABLES, Verbatim(_call(sql), f"creates table {item.name}"))]
    for part in difference.parts:
        if part.kind is Kind.INDEX:
            steps.append((Step.INDEXES, _sql_part(part, dialect)))
        elif part.kind is Kind.TRIGGER and (trigger := creation(part, dialect)):
            words = f"creates {subject_of(part)}"
            steps.append((Step.PUT_ON, _executed(trigger, part, words, dialect)))
    return steps


def _commented(difference: Difference) -> Steps | None:
    if difference.facts != ("comment",) or not difference.expected or not difference.found:
        return None
    schema, _, name = difference.item.name.rpartition(".")
    old, new = (one.facts.get("comment") for one in (difference.found, difference.expected))
    if new is None:
        return [
            (Step.PUT_ON, ops.DropTableCommentOp(name, existing_comment=old, schema=schema or None))
        ]
    change = ops.CreateTableCommentOp(name, new, existing_comment=old, schema=schema or None)
    return [(Step.PUT_ON, change)]


def _executed(sql: str, item: Item, words: str, dialect: str) -> Verbatim:
    """Run SQL; where only one server knows such a thing, on that one."""
    general = {Kind.INDEX, Kind.TRIGGER, Kind.VIEW} if dialect == "sqlite" else {Kind.INDEX}
    if item.kind in general:
        return Verbatim(_call(sql), words)
    return Verbatim(f'if op.get_context().dialect.name == "{dialect}":\n    {_call(sql)}', words)


def _call(sql: str) -> str:
    return f"op.execute({sql!r})"


def _gathered(operations: list[Any]) -> Iterator[ops.MigrateOperation]:
    """Put what changes one table and stands together in one batch."""
    group: ops.ModifyTableOps | None = None
    for one in operations:
        table = getattr(one, "source_table", None) or getattr(one, "table_name", None)
        if table is None or isinstance(one, ALONE):
            group = None
            yield one
            continue
        schema = getattr(one, "source_schema", None) or getattr(one, "schema", None)
        if group is None or (group.table_name, group.schema) != (table, schema):
            group = ops.ModifyTableOps(table, [], schema=schema)
            yield group
        group.ops.append(one)
