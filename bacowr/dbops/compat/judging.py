"""What the attempts of the old models come to: what breaks, and what may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.difference import Change, compare
from bacowr.dbops.schema.model import Kind
from bacowr.dbops.verify.rows.checks import Check

if TYPE_CHECKING:
    from bacowr.dbops.schema.difference import Difference
    from bacowr.dbops.schema.model import Item, Schema
    from bacowr.dbops.verify.rows.shapes import TableShape

SHOWN = 160
TIGHTENING = {Kind.CHECK, Kind.UNIQUE, Kind.FOREIGN_KEY, Kind.EXCLUDE}
VERBS = {
    "read": "reading",
    "insert": "inserting",
    "whole insert": "inserting all columns of",
    "sparse insert": "inserting only what must be there of",
    "update": "updating",
    "delete": "deleting",
}
STAGES = "Spread it over releases: first code that does without, then the revision that removes it."
DEFAULT = "Give the column a server default, which may go once no old process serves."
REMEDIES = {
    "read": STAGES,
    "insert": DEFAULT,
    "whole insert": DEFAULT,
    "sparse insert": "Let the column be nullable while old processes serve, or give it a default.",
}


@dataclass(frozen=True)
class Attempts:
    """What the probe answered."""

    tables: Mapping[str, Mapping[str, Any]]
    failures: Mapping[tuple[str, str], Mapping[str, str]]
    """By table and action."""
    tried: int

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Attempts:
        """Read the probe's answer."""
        failures = {(one["table"], one["action"]): one for one in answer["failures"]}
        return cls(answer["tables"], failures, answer["tried"])

    def columns(self, table: str) -> Mapping[str, Mapping[str, bool]]:
        """Return what the old models say of a table's columns."""
        found: Mapping[str, Mapping[str, bool]] = self.tables[table]["columns"]
        return found


@dataclass(frozen=True)
class Schemas:
    """The old and the new schema, and the shapes of the new one's tables."""

    old: Schema
    new: Schema
    shapes: Sequence[TableShape]

    def shape(self, table: str) -> TableShape | None:
        """Return the shape of a table of the new schema."""
        return next((one for one in self.shapes if one.name == table), None)


def judge(before: Attempts, after: Attempts, schemas: Schemas) -> Iterator[Finding]:
    """Yield what fails on the new schema and didn't on the old, then what may fail."""
    broken = {table for table, _ in after.failures.keys() - before.failures.keys()}
    for (table, action), failure in after.failures.items():
        if (table, action) in before.failures:
            continue
        if action.endswith(" insert") and (table, "insert") in after.failures:
            continue  # The same, said once.
        yield _break(table, action, failure, after, schemas)
    for table in after.tables:
        if table not in broken:
            yield from _untried(table, after, schemas)
    yield from _tightened(after, schemas)


def _break(
    table: str, action: str, failure: Mapping[str, str], after: Attempts, schemas: Schemas
) -> Finding:
    model = after.tables[table]["model"]
    columns = _columns(table, action, failure, after, schemas)
    where = ", ".join(f"{table}.{column}" for column in columns) or table
    said = failure["error"]
    statement = failure["statement"]
    if statement:
        shown = statement if len(statement) <= SHOWN else f"{statement[: SHOWN - 1]}…"
        said += f" (in {shown})"
    named = f"{model} ({table})" if model != table else table
    message = f"Old code breaks {VERBS[action]} {named}: {said}"
    code = f"compat-{action.replace(' ', '-')}"
    shape = schemas.shape(table)
    present = {one.name for one in shape.columns} if shape else set()
    is_gone = shape is None or bool(set(columns) - present)
    remedy = STAGES if is_gone else REMEDIES.get(action, STAGES)
    return Finding(code, message, where, remedy)


def _columns(
    table: str, action: str, failure: Mapping[str, str], after: Attempts, schemas: Schemas
) -> list[str]:
    """Return the columns that a failure is about, as far as they can be told."""
    shape = schemas.shape(table)
    if shape is None:
        return []
    theirs = after.columns(table)
    present = {one.name for one in shape.columns}
    gone = [name for name in theirs if name not in present]
    if gone:
        return gone
    missing = [name for name in _unfilled(shape, theirs) if name in failure["error"]]
    if missing and action != "read":
        return missing
    return [name for name in theirs if name in failure["error"].split(".")[-1].split('"')]


def _unfilled(shape: TableShape, theirs: Mapping[str, Mapping[str, bool]]) -> list[str]:
    """Return the columns that need a value which the old code may not send."""
    return [
        one.name
        for one in shape.columns
        if one.is_required
        and not (one.has_default or one.is_given)
        and (
            one.name not in theirs
            or (theirs[one.name]["nullable"] and not theirs[one.name]["default"])
        )
    ]


def _untried(table: str, after: Attempts, schemas: Schemas) -> Iterator[Finding]:
    """Name the columns that would break an insert which could not be tried."""
    shape = schemas.shape(table)
    if shape is None:
        return
    for name in _unfilled(shape, after.columns(table)):
        yield Finding(
            "compat-not-null",
            f"{table}.{name} must have a value, and old code may not send one.",
            f"{table}.{name}",
            DEFAULT,
            Level.WARNING,
        )


def _tightened(after: Attempts, schemas: Schemas) -> Iterator[Finding]:
    """Name new rules for tables that old code writes to: it may break them."""
    for difference in compare(schemas.old, schemas.new):
        item = difference.item
        if item.table in after.tables and _tightens(difference) and _is_known(item, after):
            yield Finding(
                "compat-rule",
                f"The {difference.subject} is new, and old code doesn't know it: rows it writes "
                "may be refused.",
                item.table,
                "Add the rule once no old process serves that could break it.",
                Level.WARNING,
            )


def _is_known(item: Item, after: Attempts) -> bool:
    """Tell whether a rule is about a column that old code writes."""
    return any(Check.read(text, after.columns(item.table)).columns for text in item.facts.values())


def _tightens(difference: Difference) -> bool:
    item = difference.item
    if difference.change is Change.CHANGED:
        return item.kind is Kind.CHECK
    is_unique_index = item.kind is Kind.INDEX and "unique" in item.facts
    return difference.change is Change.UNEXPECTED and (item.kind in TIGHTENING or is_unique_index)
