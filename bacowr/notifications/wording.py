"""How events are told in a mail: a subject, a few lines, and where to look."""

from collections.abc import Callable, Mapping
from typing import Any

from bacowr.notifications.events import MEANT, Event

Facts = Mapping[str, Any]
SUBJECT_LENGTH = 200
FOOT = "You get this because you turned it on. Choose what you are told: {address}"


def of(event: Event, facts: Facts, address: Callable[[str], str]) -> tuple[str, str]:
    """Return subject and text; `address` makes a whole address of a path."""
    if event is Event.MORNING_SUMMARY:
        subject, lines = str(facts["headline"]), list(facts["lines"])
    else:
        subject, lines = f"{MEANT[event]}: {_subject(event, facts)}", _lines(facts)
    if path := _path(event, facts):
        lines = [*lines, "", address(path)]
    foot = FOOT.format(address=address("/notifications"))
    return subject[:SUBJECT_LENGTH], "\n".join([*lines, "", "--", foot, ""])


def _subject(event: Event, facts: Facts) -> str:
    room = event.partition(".")[0]
    if room == "batch":
        return str(facts.get("name", ""))
    return str(facts.get("publisher") or facts.get("publisher_domain") or "")


LABELS = {
    "message": "",
    "name": "Batch",
    "publisher": "Publisher",
    "publisher_domain": "Publisher",
    "publisher_url": "Page",
    "target_url": "Target",
    "anchor_text": "Anchor",
    "block_reason": "Reason",
    "error_message": "Reason",
    "qc_status": "Checks",
    "delivered": "Delivered",
    "blocked": "Blocked",
    "failed": "Failed",
    "actual_cost_usd": "Cost in USD",
}


def _lines(facts: Facts) -> list[str]:
    told = []
    for name, label in LABELS.items():
        value = facts.get(name)
        if value is not None and value != "":
            told.append(f"{label}: {value}" if label else str(value))
    return told


def _path(event: Event, facts: Facts) -> str:
    if event is Event.MORNING_SUMMARY:
        return "/batches"
    paths = {"job_id": "/jobs/{}", "batch_id": "/batches/{}", "watch_id": "/watch/{}"}
    order = ("watch_id", "job_id", "batch_id")
    named = next((name for name in order if facts.get(name)), None)
    return paths[named].format(facts[named]) if named else ""
