"""The comparison of two schemas: what is missing, unexpected or changed, said in one line each."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.spelling import postgres_default, postgres_sense, sqlite_sense
from bacowr.dbops.sqlite.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Key = tuple[object, ...]

NAME: Final = "name"
RENAMABLE: Final = frozenset(
    {Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.CHECK, Kind.FOREIGN_KEY, Kind.EXCLUDE, Kind.INDEX}
)
AUTOMATIC: Final = re.compile(r".+_(pkey|key|fkey|check|excl|idx)\d*\Z")
"""How PostgreSQL calls what nobody named, after a table that may be called otherwise since."""
VERBATIM: Final = frozenset({"comment", "values", "options", "command", "roles"})


class Change(StrEnum):
    """How a found item differs from the expected one."""

    MISSING = "missing"
    UNEXPECTED = "unexpected"
    CHANGED = "changed"
    REORDERED = "reordered"
    """The columns of a table stand in another order, which hardly ever matters."""


@dataclass(frozen=True)
class Difference:
    """One thing that isn't alike in two schemas.

    A table that only one side has is one difference: `parts` are its columns, constraints,
    indexes, triggers and policies. `facts` names the changed facts; "name" is the item's own name.
    """

    change: Change
    expected: Item | None
    found: Item | None
    facts: tuple[str, ...] = ()
    parts: tuple[Item, ...] = ()

    @property
    def item(self) -> Item:
        """Return the item it is about, as expected where it was."""
        item = self.expected or self.found
        if item is None:
            raise ValueError("A difference without an item.")
        return item

    @property
    def subject(self) -> str:
        """Return what it is about, in words: `column users.name`."""
        return subject_of(self.item)

    def to_text(self) -> str:
        """Say it in one line, from the side of what was found."""
        if self.change in {Change.MISSING, Change.UNEXPECTED}:
            told = facts_text(self.item)
            return f"{self.subject} is {self.change}{': ' if told else ''}{told}"
        if self.change is Change.REORDERED:
            return f"{self.subject} has its columns in another order"
        changes = "; ".join(f"{name} is {new} instead of {old}" for name, old, new in self.values())
        return f"{self.subject} differs: {changes}"

    def values(self) -> Iterator[tuple[str, str, str]]:
        """Yield each changed fact with what was expected and what was found."""
        if self.expected is None or self.found is None:
            return
        old = {NAME: self.expected.name, **self.expected.facts}
        new = {NAME: self.found.name, **self.found.facts}
        for name in self.facts:
            yield name, _short(old.get(name, "")), _short(new.get(name, ""))


def subject_of(item: Item) -> str:
    """Return what an item is, in words: `index ix_name on users`."""
    if item.kind is Kind.COLUMN:
        return f"{item.kind} {item.table}.{item.name}"
    words = " ".join(word for word in (str(item.kind), item.name) if word)
    return f"{words} on {item.table}" if item.table else words


def facts_text(item: Item) -> str:
    """Return an item's facts on one line."""
    return ", ".join(f"{name} {_short(value)}" for name, value in item.facts.items())


def _short(text: str) -> str:
    return " ".join(text.split()) or "none"


def compare(expected: Schema, found: Schema, *, order: bool = False) -> list[Difference]:
    """Return what is not alike, in the order in which a schema is told.

    Texts that mean the same to their server are alike. A name that PostgreSQL or SQLite gave by
    itself is like any other such. The order of columns is only looked at when asked for.
    """
    comparison = _Comparison(expected, found)
    differences = comparison.differences()
    return differences + list(comparison.reordered()) if order else differences


class _Comparison:
    def __init__(self, expected: Schema, found: Schema) -> None:
        self.schemas = expected, found
        self.dialect = expected.dialect
        self.fold: Callable[[str], str] = fold if self.dialect == "sqlite" else str
        self.missing = list(expected.items)
        self.unexpected = list(found.items)
        self.changed: list[Difference] = []

    def differences(self) -> list[Difference]:
        for rule in (self.by_name, self.by_sense, self.by_columns, self.by_table):
            self.match(rule)
        told = [Difference(Change.MISSING, one, None) for one in self.missing]
        told += [Difference(Change.UNEXPECTED, None, one) for one in self.unexpected]
        places = {kind: place for place, kind in enumerate(Kind)}
        found = [*self.gathered(told), *self.changed]
        return sorted(found, key=lambda one: (places[one.item.kind], one.item.table, one.item.name))

    def match(self, rule: Callable[[Item], Key | None]) -> None:
        """Pair what the rule gives the same key, and note how the pairs differ."""
        waiting: dict[Key, list[Item]] = defaultdict(list)
        for item in self.unexpected:
            key = rule(item)
            if key is not None:
                waiting[key].append(item)
        still: list[Item] = []
        paired: set[int] = set()
        for item in self.missing:
            key = rule(item)
            if key is None or not waiting.get(key):
                still.append(item)
                continue
            other = waiting[key].pop(0)
            paired.add(id(other))
            self.judge(item, other)
        self.missing = still
        self.unexpected = [one for one in self.unexpected if id(one) not in paired]

    def judge(self, item: Item, other: Item) -> None:
        names = dict.fromkeys([*item.facts, *other.facts])
        facts = [name for name in names if self.sense(item, name) != self.sense(other, name)]
        named = self.fold(item.name) != self.fold(other.name)
        if named and not (_is_automatic(item) and _is_automatic(other)):
            facts.insert(0, NAME)
        if facts:
            self.changed.append(Difference(Change.CHANGED, item, other, tuple(facts)))

    def by_name(self, item: Item) -> Key | None:
        if not item.name:
            return None
        return item.kind, self.fold(item.table), self.fold(item.name)

    def by_sense(self, item: Item) -> Key | None:
        if item.kind not in RENAMABLE:
            return None
        facts = {name: self.sense(item, name) for name in item.facts if name != "comment"}
        return item.kind, self.fold(item.table), json.dumps(facts, sort_keys=True)

    def by_columns(self, item: Item) -> Key | None:
        if item.kind not in RENAMABLE or not _is_automatic(item) or "columns" not in item.facts:
            return None
        return item.kind, self.fold(item.table), self.sense(item, "columns")

    def by_table(self, item: Item) -> Key | None:
        return (self.fold(item.table),) if item.kind is Kind.PRIMARY_KEY else None

    def sense(self, item: Item, name: str) -> str:
        """Return what a fact means to the server, however it is written."""
        text = item.facts.get(name, "")
        if name in VERBATIM or item.kind in {Kind.FUNCTION, Kind.EXTENSION}:
            return text
        if self.dialect == "sqlite":
            return sqlite_sense(text)
        return postgres_sense(postgres_default(text) if name == "default" else text)

    def gathered(self, told: list[Difference]) -> list[Difference]:
        """Let a table that only one side has be one difference, with its parts."""
        whole = {(one.change, one.item.name): one for one in told if one.item.kind is Kind.TABLE}
        parts: dict[tuple[Change, str], list[Item]] = defaultdict(list)
        for one in told:
            parts[one.change, one.item.table].append(one.item)
        kept = [one for one in told if (one.change, one.item.table) not in whole]
        return [
            Difference(one.change, one.expected, one.found, (), tuple(parts[key]))
            if one.item.kind is Kind.TABLE and (key := (one.change, one.item.name)) in whole
            else one
            for one in kept
        ]

    def reordered(self) -> Iterator[Difference]:
        expected, found = self.schemas
        tables = {self.fold(item.name): item for item in found.of(Kind.TABLE)}
        for item in expected.of(Kind.TABLE):
            other = tables.get(self.fold(item.name))
            if other is None:
                continue
            here, there = (
                [self.fold(one.name) for one in schema.of(Kind.COLUMN, table.name)]
                for schema, table in ((expected, item), (found, other))
            )
            if [one for one in here if one in there] != [one for one in there if one in here]:
                yield Difference(Change.REORDERED, item, other)


def _is_automatic(item: Item) -> bool:
    """Tell whether the server, and no person, gave the name."""
    return not item.name or AUTOMATIC.match(item.name) is not None
