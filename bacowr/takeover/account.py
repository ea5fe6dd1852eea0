"""The account of a takeover: for each table what became of its rows, and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Fate(StrEnum):
    """What became of one row."""

    WRITTEN = "written"
    MERGED = "merged"
    QUARANTINED = "quarantined"
    DROPPED = "dropped"
    PRESENT = "present"


@dataclass
class Account:
    """What became of the rows of one table."""

    table: str
    rows: int
    read: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Account") -> None:
        """Add what became of more rows."""
        self.read += other.read
        self.fates += other.fates
        self.repairs += other.repairs
        self.reasons += other.reasons

    @property
    def repaired(self) -> int:
        """How many repairs there were; a row may need several."""
        return self.repairs.total()

    def fault(self) -> str:
        """Say why the sums don't agree; nothing if they do."""
        total = self.fates.total()
        if self.rows == self.read == total:
            return ""
        return f"{self.table}: {self.rows} rows there, {self.read} read, {total} accounted for"

    def facts(self) -> dict[str, Any]:
        """Return the account for machines, and for storing."""
        fates = {fate.value: self.fates[fate] for fate in Fate}
        return {
            "table": self.table,
            "rows": self.rows,
            "read": self.read,
            **fates,
            "repaired": dict(sorted(self.repairs.items())),
            "reasons": dict(sorted(self.reasons.items())),
        }

    @classmethod
    def stored(cls, facts: Mapping[str, Any]) -> "Account":
        """Return the account that `facts` gave."""
        return cls(
            table=facts["table"],
            rows=facts["rows"],
            read=facts["read"],
            fates=Counter({fate.value: facts[fate] for fate in Fate}),
            repairs=Counter(facts["repaired"]),
            reasons=Counter(facts["reasons"]),
        )
