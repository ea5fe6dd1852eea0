"""What is said of backfills: a finding for each, a table of all, figures for machines."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bacowr.dbops.backfill.states import State
from bacowr.dbops.console import THOUSAND, columns, count_text, time_text
from bacowr.dbops.report import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bacowr.dbops.backfill.store import Status

HEAD: Final = ("revision", "table", "state", "done", "rows changed", "batches", "left", "title")
LEVELS: Final = {State.FAILED: Level.ERROR}
NEXT: Final = {
    State.PENDING: "The worker goes on with it, and so does `flask db backfill run`.",
    State.PAUSED: "`flask db backfill resume {0}` lets it go on.",
    State.FAILED: "Mend that, then `flask db backfill run {0}`.",
    State.CANCELED: "`flask db backfill run {0}` starts it again.",
}


def told(status: Status, failure: Level = Level.WARNING) -> Finding:
    """Return where a backfill stands as one finding; `failure` is how much a failed one weighs."""
    worked = time_text(status.worked_ms)
    changed = count_text(status.changed, "row")
    batches = count_text(status.batches, "batch").replace("batchs", "batches")
    words = {
        State.SUCCEEDED: f"is done: {changed} changed in {batches}, {worked}",
        State.FAILED: f"has failed at {status.share:.0%}: {status.error}",
    }
    said = words.get(status.state, f"is {status.state} at {status.share:.0%}")
    return Finding(
        "backfill",
        f"The backfill of {status.revision} ({status.table_name}) {said}.",
        status.revision,
        NEXT.get(status.state, "").format(status.revision),
        failure if status.state is State.FAILED else Level.INFO,
    )


def told_needing_a_person(statuses: Sequence[Status]) -> list[Finding]:
    """Return a finding for each backfill that doesn't go on by itself and isn't done."""
    waits = {State.FAILED, State.PAUSED}
    return [told(one, Level.ERROR) for one in statuses if one.state in waits]


def summed_up(statuses: Sequence[Status]) -> str:
    """Say in a line how many backfills are in which state."""
    counts = Counter(one.state for one in statuses)
    return ", ".join(f"{counts[state]} {state}" for state in State if counts[state]) or "none"


def table_of(statuses: Sequence[Status]) -> list[str]:
    """Return all backfills as a table."""
    return columns([HEAD, *map(_row, statuses)])


def _row(status: Status) -> tuple[str, ...]:
    left = status.seconds_left
    ended = status.state in {State.SUCCEEDED, State.CANCELED}
    return (
        status.revision,
        status.table_name,
        status.state,
        f"{status.share:.0%}",
        f"{status.changed:,}",
        f"{status.batches:,}",
        "" if left is None or ended else time_text(left * THOUSAND),
        status.error if status.state is State.FAILED else status.title,
    )
