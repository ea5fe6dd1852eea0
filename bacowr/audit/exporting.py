"""The audit log to take out: CSV in which no cell becomes a formula, and JSON lines."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from bacowr.audit.models import AuditEvent

COLUMNS: Final = (
    "sequence",
    "at",
    "actor_label",
    "actor_id",
    "action",
    "resource_type",
    "resource_id",
    "data",
    "id",
    "previous_hash",
    "hash",
)
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(events: Iterable[AuditEvent]) -> Iterator[str]:
    """Write the rows as CSV, a row at a time, below a line of headings."""
    yield _line(COLUMNS)
    for event in events:
        row = told(event)
        row["data"] = json.dumps(row["data"], ensure_ascii=False, sort_keys=True)
        yield _line(_cell(row[name]) for name in COLUMNS)


def as_json(events: Iterable[AuditEvent]) -> Iterator[str]:
    """Write the rows as one JSON array, a row at a time."""
    yield "["
    for number, event in enumerate(events):
        yield (",\n" if number else "\n") + json.dumps(told(event), ensure_ascii=False)
    yield "\n]\n"


def told(event: AuditEvent) -> dict[str, Any]:
    """Return a row by its columns, as JSON carries it."""
    row = {name: getattr(event, name) for name in COLUMNS}
    return row | {"at": event.at.isoformat(timespec="microseconds")}


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()
