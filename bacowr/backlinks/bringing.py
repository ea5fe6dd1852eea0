"""From a file of placements to the library: taken in once, looked over, stored by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.backlinks import importing
from bacowr.backlinks.columns import FIELDS
from bacowr.backlinks.importing import Action, OnDuplicate, Plan, Wish
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid
from bacowr.intake import columns
from bacowr.intake import queries as imports
from bacowr.intake import service as intake
from bacowr.intake.models import ImportKind, ImportRun
from bacowr.intake.reading import sha256_of
from bacowr.intake.table import Fault

MOST_OFFERED = 20
CHANGING = frozenset({Action.ADD, Action.OVERWRITE})
ON_DUPLICATE, CURRENCY = "on_duplicate", "currency"


@dataclass(frozen=True)
class LookedRow:
    """One row of a file, what its cells say by our names, and what becomes of it."""

    number: int
    action: Action
    duplicate_of: str | None
    is_red: bool
    values: Mapping[str, str]
    faults: Sequence[Fault]


@dataclass(frozen=True)
class Looked:
    """What becomes, or became, of a file; `error` says why nothing can."""

    rows: Sequence[LookedRow]
    faults: Sequence[Fault]
    mapping: Mapping[int, str]
    error: str | None = None

    def count(self, action: Action) -> int:
        """Count the rows that something becomes of."""
        return sum(each.action == action for each in self.rows)

    @property
    def red(self) -> int:
        """How many rows bring followed links that something was given for, without a reason."""
        return sum(each.is_red for each in self.rows)

    @property
    def will_change(self) -> int:
        """How many rows change the library."""
        return self.count(Action.ADD) + self.count(Action.OVERWRITE)


def get(run_id: str, *, owner: User) -> ImportRun:
    """Get an import of placements that the person may see; raise NotFound for any other."""
    return imports.get(run_id, ImportKind.PLACEMENTS, owner=owner)


def bring(data: bytes | str, name: str, *, owner: User) -> tuple[ImportRun, bool]:
    """Take a file in and look it over; the same one again gives the import that exists, and True.

    Raise Invalid for what is no table. Nothing is stored in the library.
    """
    known = imports.find_same(sha256_of(data), ImportKind.PLACEMENTS, owner=owner)
    if known is not None:
        return known, True
    return _bring(data, name, owner), False


@transaction
def _bring(data: bytes | str, name: str, owner: User) -> ImportRun:
    run = intake.take_in(data, name, ImportKind.PLACEMENTS, owner=owner)
    look_over(run, owner=owner)
    return run


@transaction
def change(
    run: ImportRun, override: columns.Override, settings: Mapping[str, str], *, by: User
) -> None:
    """Say which column is which and what holds for all rows, and look it over; Conflict if closed.

    Raise Invalid for an answer to duplicates that there isn't.
    """
    if settings.get(ON_DUPLICATE, OnDuplicate.SKIP) not in set(OnDuplicate):
        text = "Choose what becomes of known links."
        raise Invalid(text, fields={ON_DUPLICATE: [text]})
    intake.change(run, override, settings)
    look_over(run, owner=by)


@transaction
def look_over(run: ImportRun, *, owner: User) -> None:
    """Say what would become of each row, and keep it; the library stays as it is."""
    try:
        found = importing.plan(intake.table_of(run), wish_of(run), owner=owner)
    except Invalid as error:
        intake.report(run, {"error": error.message})
    else:
        intake.report(run, _as_json(found))


@transaction
def store(run: ImportRun, *, by: User) -> None:
    """Bring the rows in that are in order, once, and keep what became of each; Conflict if closed.

    The rows are held against the library as it is now, which may have changed since the look.
    Raise Invalid while a column is missing that every row needs.
    """
    intake.change(run, intake.override_of(run), run.settings)  # Nobody else closes it meanwhile.
    found = importing.store(intake.table_of(run), wish_of(run), owner=by)
    intake.report(run, _as_json(found))
    intake.close(run, run.id, by=by)


def wish_of(run: ImportRun) -> Wish:
    """Give how a file is to be read."""
    currency = str(run.settings.get(CURRENCY, ""))
    return Wish(
        OnDuplicate(run.settings.get(ON_DUPLICATE, OnDuplicate.SKIP)),
        intake.override_of(run),
        {CURRENCY: currency} if currency else {},
    )


def looked(run: ImportRun) -> Looked:
    """Give what was kept of the last look, or of the storing, with the cells of each row."""
    table, kept = intake.table_of(run), run.report
    mapping = columns.matched(table.headings, FIELDS, intake.override_of(run))
    faults = [Fault(**each) for each in kept.get("faults", ())]
    of_row: dict[int | None, list[Fault]] = {}
    for each in faults:
        of_row.setdefault(each.row, []).append(each)
    cells = {row.number: row for row in table.rows}
    rows = [
        LookedRow(
            number,
            Action(action),
            duplicate,
            is_red and Action(action) in CHANGING,
            columns.values_of(cells[number], mapping),
            of_row.get(number, ()),
        )
        for number, action, duplicate, is_red in kept.get("rows", ())
    ]
    return Looked(rows, of_row.get(None, ()), mapping, kept.get("error"))


def open_imports(owner: User) -> list[Any]:
    """List the files that were brought and not decided on, newest first."""
    select: sa.Select[*tuple[Any, ...]] = imports.open_of(owner, ImportKind.PLACEMENTS)
    return list(db.session.execute(select.limit(MOST_OFFERED)))


def _as_json(found: Plan) -> dict[str, Any]:
    return {
        "rows": [
            [each.number, each.action.value, each.duplicate_of, each.is_red] for each in found.rows
        ],
        "faults": [asdict(each) for each in found.faults],
    }
