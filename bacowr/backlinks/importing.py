"""Bringing a list of placements in: what would become of each row, and then the storing of it.

Nothing is stored while a file is looked at; storing looks again, in the same unit of work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.backlinks import deals, queries, service
from bacowr.backlinks.columns import FIELDS, FIX, FIXES
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import EventType, Placement
from bacowr.backlinks.tables import unguarded
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid
from bacowr.base.types import new_id
from bacowr.intake import columns
from bacowr.intake.columns import Override
from bacowr.intake.table import Fault, Table

AT_A_TIME = 500
TOLD_BY = {"price": ("price_cents", "currency"), "currency": ("price_cents", "currency")}


class OnDuplicate(StrEnum):
    """What becomes of a row about a link that the library has, and that says otherwise."""

    SKIP = "skip"
    OVERWRITE = "overwrite"
    NEW = "new"


class Action(StrEnum):
    """What becomes of a row."""

    ADD = "add"
    OVERWRITE = "overwrite"
    SAME = "same"
    SKIP = "skip"
    FAULTY = "faulty"


@dataclass(frozen=True)
class Wish:
    """How a file is to be read: its columns, what holds where a row says nothing, duplicates."""

    on_duplicate: OnDuplicate = OnDuplicate.SKIP
    columns: Override = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedRow:
    """One row, and what would become of it."""

    number: int
    action: Action
    values: Mapping[str, Any]
    told: frozenset[str] = frozenset()
    duplicate_of: str | None = None
    """The id of a record in the library, or the number of an earlier row, as `row 12`."""
    is_red: bool = False


@dataclass(frozen=True)
class Plan:
    """What would become of a file."""

    rows: Sequence[PlannedRow]
    faults: Sequence[Fault]
    mapping: Mapping[int, str]

    def count(self, action: Action) -> int:
        """Count the rows that something is to become of."""
        return sum(each.action is action for each in self.rows)

    @property
    def red(self) -> Sequence[PlannedRow]:
        """The rows about followed links that something was given for, without a reason."""
        return [each for each in self.rows if each.is_red]

    @property
    def will_change(self) -> int:
        """How many rows change the library."""
        return self.count(Action.ADD) + self.count(Action.OVERWRITE)


def plan(table: Table, wish: Wish, *, owner: User) -> Plan:
    """Say what would become of each row; stores nothing.

    Raise Invalid when a column that every row needs is missing. The first row about a link
    counts; a later one that says the same is the same.
    """
    mapping = columns.matched(table.headings, FIELDS, wish.columns)
    _check_columns(mapping)
    faults = list(table.faults)
    broken = {each.row for each in faults if each.row is not None}
    read: list[PlannedRow] = []
    for row in table.rows:
        cells = columns.values_of(row, mapping)
        said = {name: unguarded(text) for name, text in cells.items()}
        found, more = _read(row.number, said, wish)
        faults += _told(table, mapping, row.number, said, more)
        is_faulty = more or row.number in broken
        read.append(PlannedRow(row.number, Action.FAULTY, {}) if is_faulty else found)
    return Plan(_judged(read, wish.on_duplicate, owner), faults, mapping)


@transaction
def store(table: Table, wish: Wish, *, owner: User) -> Plan:
    """Bring the rows in that are in order, and return what became of each; raise as `plan` does.

    A row about a link that is in the library and says the same changes nothing, so a file that is
    brought in twice is there once.
    """
    service.lock_library(owner)
    made = plan(table, wish, owner=owner)
    known = _by_id(row.duplicate_of for row in made.rows if row.action is Action.OVERWRITE)
    for row in made.rows:
        if row.action is Action.ADD:
            service.add(dict(row.values), owner=owner, by=EventType.IMPORTED)
        elif row.action is Action.OVERWRITE and row.duplicate_of in known:
            _overwrite(known[row.duplicate_of], row, owner)
    if made.will_change:
        told = {each.value: made.count(each) for each in Action}
        audit.note("backlink.import", "backlinks", new_id(), actor=owner, **told)
    return made


def _check_columns(mapping: Mapping[int, str]) -> None:
    lacking = [each.label for each in columns.missing(mapping, FIELDS)]
    if not {"publisher_domain", "publisher_url"} & {*mapping.values()}:
        lacking.insert(0, "Publisher or Published page")
    if lacking:
        text = f"No column holds: {', '.join(lacking)}. Name the columns by hand."
        raise Invalid(text, fields={"columns": [text]})


def _read(
    number: int, said: Mapping[str, str], wish: Wish
) -> tuple[PlannedRow, Mapping[str, Sequence[str]]]:
    try:
        values = deals.read_deal({**wish.defaults, **said}, is_history=True)
    except Invalid as error:
        return PlannedRow(number, Action.FAULTY, {}), error.fields
    told = {name for each in said for name in TOLD_BY.get(each, (each,))}
    is_red = deals.is_unexplained(values)
    return PlannedRow(number, Action.ADD, values, frozenset(told), is_red=is_red), {}


def _told(
    table: Table,
    mapping: Mapping[int, str],
    number: int,
    said: Mapping[str, str],
    faults: Mapping[str, Sequence[str]],
) -> list[Fault]:
    return [
        Fault(
            number,
            columns.heading_of(table, mapping, name) or name,
            said.get(name, "")[:80],
            " ".join(texts),
            FIXES.get(name, FIX),
        )
        for name, texts in faults.items()
    ]


def _judged(rows: Sequence[PlannedRow], choice: OnDuplicate, owner: User) -> list[PlannedRow]:
    """Say of each row that is in order whether its link is known, from the file or the library."""
    good = [row for row in rows if row.action is not Action.FAULTY]
    known = queries.by_match([row.values["match_key"] for row in good], owner=owner)
    first: dict[str, PlannedRow] = {}
    judged = []
    for row in rows:
        if row.action is Action.FAULTY:
            judged.append(row)
            continue
        key = row.values["match_key"]
        judged.append(_judge(row, known.get(key, []), first.get(key), choice))
        first.setdefault(key, row)
    return judged


def _judge(
    row: PlannedRow, known: Sequence[Backlink], earlier: PlannedRow | None, choice: OnDuplicate
) -> PlannedRow:
    same = next((each for each in known if queries.says_the_same(each, row.values, row.told)), None)
    if same:
        return _as(row, Action.SAME, same.id)
    if earlier:
        is_same = all(earlier.values[name] == row.values[name] for name in row.told)
        other = Action.ADD if choice is OnDuplicate.NEW else Action.SKIP
        return _as(row, Action.SAME if is_same else other, f"row {earlier.number}")
    if not known:
        return row
    actions = {OnDuplicate.SKIP: Action.SKIP, OnDuplicate.OVERWRITE: Action.OVERWRITE}
    return _as(row, actions.get(choice, Action.ADD), known[0].id)


def _as(row: PlannedRow, action: Action, duplicate_of: str) -> PlannedRow:
    return PlannedRow(row.number, action, row.values, row.told, duplicate_of, row.is_red)


def _by_id(ids: Iterable[str | None]) -> dict[str | None, Backlink]:
    found: dict[str | None, Backlink] = {}
    wanted = [each for each in ids if each]
    for start in range(0, len(wanted), AT_A_TIME):
        some = wanted[start : start + AT_A_TIME]
        for backlink in db.session.scalars(sa.select(Backlink).where(Backlink.id.in_(some))):
            found[backlink.id] = backlink
    return found


def _overwrite(backlink: Backlink, row: PlannedRow, owner: User) -> None:
    """Write what the row told; a sheet is a record of what is, so it may set any placement."""
    told = {name: row.values[name] for name in sorted(row.told)}
    placement = told.pop("placement", backlink.placement)
    changes = {name: value for name, value in told.items() if getattr(backlink, name) != value}
    if changes:
        service.change(backlink, changes, actor=owner.email)
    if placement is not backlink.placement:
        service.set_placement(backlink, Placement(placement), actor=owner.email)
