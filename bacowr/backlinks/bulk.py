"""Adding many deal records at once, as programs send them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.backlinks import deals, queries, service
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import EventType
from bacowr.base.db import transaction
from bacowr.base.errors import Invalid
from bacowr.base.types import new_id

MOST = 1_000
NOT_AN_OBJECT = "Send a JSON object."


@dataclass(frozen=True)
class Brought:
    """What came of many rows: the records made, those that were known, and what was wrong."""

    made: Sequence[Backlink]
    known: int
    errors: Sequence[str]

    @property
    def imported_count(self) -> int:
        """How many records were made."""
        return len(self.made)

    @property
    def message(self) -> str:
        """What came of it, in a sentence."""
        text = f"{len(self.made)} imported"
        text += f", {self.known} known already" if self.known else ""
        return f"{text}, {len(self.errors)} with faults." if self.errors else f"{text}."


@transaction
def bring(rows: Sequence[object], *, owner: User) -> Brought:
    """Add the rows that are in order; the others are told by their number, from 1.

    A row about a link that the library has, or that an earlier row was about, adds nothing.
    Raise Invalid for no rows and for more than a thousand.
    """
    if not 1 <= len(rows) <= MOST:
        text = f"Send 1 to {MOST:,} backlinks; these are {len(rows):,}."
        raise Invalid(text, fields={"backlinks": [text]})
    read: list[dict[str, Any]] = []
    errors: list[str] = []
    for number, row in enumerate(rows, 1):
        values, told = _read(row)
        errors += [f"Row {number}: {text}" for text in told]
        read += [values] if values else []
    service.lock_library(owner)
    keys = {*queries.by_match([each["match_key"] for each in read], owner=owner)}
    made = []
    for values in read:
        if values["match_key"] not in keys:
            keys.add(values["match_key"])
            made.append(service.add(values, owner=owner, by=EventType.IMPORTED))
    audit.note("backlink.import", "backlinks", new_id(), actor=owner, added=len(made))
    return Brought(made, len(read) - len(made), errors)


def _read(row: object) -> tuple[dict[str, Any] | None, Sequence[str]]:
    if not isinstance(row, Mapping):
        return None, [NOT_AN_OBJECT]
    try:
        return deals.read_deal(row), ()
    except Invalid as error:
        return None, [f"{name}: {' '.join(texts)}" for name, texts in error.fields.items()]
