"""What changes between two schemas, told forward: added, removed, changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from bacowr.dbops.schema.difference import (
    NAME,
    Change,
    Difference,
    compare,
    facts_text,
    subject_of,
)
from bacowr.dbops.schema.model import Item, Kind, Schema

SIGNS = {
    Change.MISSING: "-",
    Change.UNEXPECTED: "+",
    Change.CHANGED: "~",
    Change.REORDERED: "~",
}
WORDS = {
    Change.MISSING: "removed",
    Change.UNEXPECTED: "added",
    Change.CHANGED: "changed",
    Change.REORDERED: "reordered",
}


def changes(before: Schema, after: Schema) -> list[Difference]:
    """Return what has to be done to the one to get the other."""
    return compare(before, after, order=True)


def lines_of(differences: Iterable[Difference]) -> Iterator[str]:
    """Yield a line for each thing that was added (+), removed (-) or changed (~).

    The parts of a table that came or went stand below it.
    """
    for one in differences:
        yield from short_lines_of([one], columns=False)
        for part in one.parts:
            yield _line(f"{SIGNS[one.change]}  ", part)


def short_lines_of(differences: Iterable[Difference], *, columns: bool = True) -> Iterator[str]:
    """Yield the same, with no more of a whole table than its columns' names."""
    for one in differences:
        sign = SIGNS[one.change]
        if one.change is Change.REORDERED:
            yield f"{sign} {one.subject}: its columns stand in another order"
        elif one.change is Change.CHANGED:
            for name, old, new in one.values():
                yield f"{sign} {one.subject}: {name} {old} → {new}"
        else:
            names = [part.name for part in one.parts if part.kind is Kind.COLUMN]
            yield _line(sign, one.item) + (f" ({', '.join(names)})" if names and columns else "")


def facts_of(differences: Iterable[Difference]) -> list[dict[str, object]]:
    """Return the same for a machine."""
    return [
        {
            "change": WORDS[one.change],
            "kind": one.item.kind,
            "table": one.item.table,
            "name": one.item.name,
            "before": _facts(one.expected),
            "after": _facts(one.found),
            "parts": [asdict(part) for part in one.parts],
        }
        for one in differences
    ]


def _facts(item: Item | None) -> dict[str, str] | None:
    return None if item is None else {NAME: item.name, **item.facts}


def _line(sign: str, item: Item) -> str:
    told = facts_text(item)
    return f"{sign} {subject_of(item)}{': ' if told else ''}{told}"
