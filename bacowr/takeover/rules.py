"""The rules by which an older row is made good, each with what it says in a report.

N1 to N22 are the rules of domain 6.3; V1 to V3 are about single values.
"""

from enum import StrEnum


class Rule(StrEnum):
    """Why a row was changed, merged or left out."""

    DEFAULTS = "N1"
    STRICTER = "N2"
    KEY_HASHED = "N4"
    NO_PASSWORD = "N5"  # noqa: S105  # A rule's name.
    OLD_PASSWORD = "N6"  # noqa: S105  # A rule's name.
    PUBLISHED = "N7"
    RESET_TOKEN = "N8"  # noqa: S105  # A rule's name.
    STATUS_CASE = "N9"
    INTERRUPTED = "N10"
    LIST_PRICE = "N11"
    NO_SCORE = "N12"
    QC_WORDS = "N13"
    REVIEW_AGAIN = "N14"
    ORPHAN = "N15"
    DUPLICATE = "N16"
    AUDIT_TEXT = "N17"
    NAIVE = "N18"
    NEVER_COUNTED = "N19"
    SIMULATED = "N20"
    RECOMPUTED = "N21"
    NEVER_RAN = "N22"
    UNREADABLE = "V1"
    CHARACTERS = "V2"
    NO_DATE = "V3"


WORDS: dict[Rule, str] = {
    Rule.DEFAULTS: "role, status or quota was missing; given by default",
    Rule.STRICTER: "is_active and account_status disagreed; the stricter holds",
    Rule.KEY_HASHED: "API key hashed; it stays valid",
    Rule.NO_PASSWORD: "had no password that could be used; one has to be set",
    Rule.OLD_PASSWORD: "bcrypt password; made argon2id at the next sign-in",
    Rule.PUBLISHED: "password or API key that the older BACOWR published; no longer valid",
    Rule.RESET_TOKEN: "reset token dropped",
    Rule.STATUS_CASE: "status spelled as today",
    Rule.INTERRUPTED: "was left pending or processing; aborted, or paused",
    Rule.LIST_PRICE: "cost is a list price; marked as an estimate",
    Rule.NO_SCORE: "score 0 or never delivered means unknown",
    Rule.QC_WORDS: "the checks' word translated",
    Rule.REVIEW_AGAIN: "regenerated item pending again, or the batch's counts recomputed",
    Rule.ORPHAN: "refers to a row that isn't there",
    Rule.DUPLICATE: "duplicate merged or flagged",
    Rule.AUDIT_TEXT: "numbers kept as text read, stored bodies redacted, or actor unknown",
    Rule.NAIVE: "moments without a zone are UTC",
    Rule.NEVER_COUNTED: "counters that never moved are unknown",
    Rule.SIMULATED: "made of simulated data; can't be exported",
    Rule.RECOMPUTED: "a cache; recomputed when needed",
    Rule.NEVER_RAN: "schedule paused: schedules never ran",
    Rule.UNREADABLE: "a value that can't be read is unknown",
    Rule.CHARACTERS: "characters that no database should hold removed",
    Rule.NO_DATE: "had no date; the nearest one known",
}
