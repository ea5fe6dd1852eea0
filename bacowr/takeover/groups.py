"""Older rows that belong together, which no row can tell by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bacowr.takeover.conversion import backlinks
from bacowr.takeover.rows import Row
from bacowr.takeover.source import Source

RANKS = {"approved": "0", "rejected": "0", "pending": "1", "needs_regeneration": "1"}
RANKS |= {"regenerating": "1", "regenerated": "1"}
Entries = dict[tuple[str, str], list[tuple[str, str]]]


@dataclass(frozen=True)
class Groups:
    """Which of a table's rows are merged into which others; and ids by what they stand out for."""

    merged: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)


def groups_of(table: str, source: Source) -> Groups:
    """Look at a whole table for what a single row can't tell."""
    look = LOOKS.get(table)
    return look(source) if look else Groups()


def backlink_groups(source: Source) -> Groups:
    """Find the records of one link (N16).

    The earliest stays; those that say the same are merged into it, the others are flagged.
    """
    same: Entries = {}
    alike: Entries = {}
    for values in source.every("backlinks"):
        row = Row("backlinks", values)
        if not row.has_id:
            continue
        entry = (_when(row.moment("created_at")), row.id)
        owner = row.text("user_id") or ""
        same.setdefault((owner, backlinks.contents_key(row)), []).append(entry)
        alike.setdefault((owner, backlinks.match_key(row)), []).append(entry)
    merged = _later_of(same)
    return Groups(merged, {"flagged": frozenset(_later_of(alike)) - merged.keys()})


def item_groups(source: Source) -> Groups:
    """Find the review items about the same job of the same batch.

    A decided one stays before an undecided one, then the one that was made first. One with a
    status that nobody knows stands for itself: it goes to quarantine.
    """
    groups: Entries = {}
    for values in source.every("batch_review_items"):
        row = Row("batch_review_items", values)
        rank = RANKS.get(row.word("review_status"))
        if rank is None or not row.has_id:
            continue
        entry = (rank + _when(row.moment("created_at")), row.id)
        key = (row.text("batch_id") or "", row.text("job_id") or "")
        groups.setdefault(key, []).append(entry)
    return Groups(_later_of(groups))


def batch_groups(source: Source) -> Groups:
    """Find the batches whose own counts aren't those of their items (N14)."""
    text = """
        SELECT b.id FROM {batches} b LEFT JOIN {batch_review_items} i ON i.batch_id = b.id
        GROUP BY b.id, b.total_items, b.items_approved, b.items_rejected
        HAVING coalesce(b.total_items, -1) <> count(i.id)
            OR coalesce(b.items_approved, 0)
               <> coalesce(sum(CASE WHEN i.review_status = 'approved' THEN 1 ELSE 0 END), 0)
            OR coalesce(b.items_rejected, 0)
               <> coalesce(sum(CASE WHEN i.review_status = 'rejected' THEN 1 ELSE 0 END), 0)"""
    return Groups(ids={"drifted": frozenset(str(row[0]) for row in source.query(text))})


def _when(moment: datetime | None) -> str:
    return moment.isoformat() if moment else "9"


def _later_of(groups: Mapping[Any, list[tuple[str, str]]]) -> dict[str, str]:
    """Map the id of each entry but the first of its group to the first's."""
    later: dict[str, str] = {}
    for entries in groups.values():
        first, *others = sorted(entries)
        later |= {one: first[1] for _, one in others if one != first[1]}
    return later


LOOKS: dict[str, Callable[[Source], Groups]] = {
    "backlinks": backlink_groups,
    "batches": batch_groups,
    "batch_review_items": item_groups,
}
