"""Older words for statuses, providers and the checks' results, and those of today."""

from enum import StrEnum
from typing import TypeVar

from bacowr.jobs.states import QcStatus
from bacowr.takeover.rows import Row, Unusable
from bacowr.takeover.rules import Rule

E = TypeVar("E", bound=StrEnum)

# Domain 7, "Synonyms"; the rest is one word in two spellings.
SYNONYMS = {
    "running": "processing",
    "cancelled": "canceled",
    "queued": "pending",
    "completed": "delivered",
    "error": "aborted",
    "failed": "aborted",
    "reject": "rejected",
    "approve": "approved",
}
AUTOFIXED = "pass_with_autofix"
QC = {
    "pass": QcStatus.PASS,
    "passed": QcStatus.PASS,
    AUTOFIXED: QcStatus.PASS,
    "warning": QcStatus.WARNING,
    "needs_signoff": QcStatus.NEEDS_SIGNOFF,
    "blocked": QcStatus.BLOCKED,
    "fail": QcStatus.BLOCKED,
    "failed": QcStatus.BLOCKED,
}


def status(row: Row, name: str, kind: type[E]) -> E:
    """Return a status as it is spelled today; raises Unusable for a word nobody knows."""
    said = row.text(name) or ""
    word = said.strip().lower()
    word = word if word in set(kind) else SYNONYMS.get(word, word)
    if word not in set(kind):
        raise Unusable(f"{name} is {said[:40]!r}, which is no status")
    if word != said:
        row.repair(Rule.STATUS_CASE)
    return kind(word)


def choice(row: Row, name: str, kind: type[E]) -> E | None:
    """Return one of a closed set, or None; another word is kept, but counts as none."""
    word = row.word(name)
    if word in set(kind):
        return kind(word)
    if word:
        row.repair(Rule.UNREADABLE)
        row.keep(name, row.text(name))
    return None


def country(row: Row) -> str | None:
    """Return a market's two letters, or None."""
    word = row.word("country")
    if len(word) == 2 and word.isascii() and word.isalpha():  # noqa: PLR2004  # Two letters.
        return word
    if word:
        row.repair(Rule.UNREADABLE)
        row.keep("country", row.text("country"))
    return None


def qc_status(row: Row, said: object) -> QcStatus | None:
    """Return what the checks said; None when it is no word of theirs."""
    if not isinstance(said, str) or not said.strip():
        return None
    word = said.strip().lower()
    found = QC.get(word)
    row.keep("was_autofixed", True if word == AUTOFIXED else None)
    if found is None:
        row.repair(Rule.UNREADABLE)
        row.keep("qc_status", said)
    elif found != said:
        row.repair(Rule.QC_WORDS)
    return found
