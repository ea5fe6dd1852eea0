"""What every operation on a database returns: findings, and a report that holds them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Level(StrEnum):
    """How much a finding weighs: only an error makes a command fail."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One thing a person should know: what, where, and the command or edit that mends it."""

    code: str
    message: str
    where: str = ""
    remedy: str = ""
    level: Level = Level.ERROR

    def to_text(self) -> str:
        """Return the finding as the one to three lines a terminal shows."""
        place = f" ({self.where})" if self.where else ""
        remedy = f"\n  What to do: {self.remedy}" if self.remedy else ""
        return f"{self.message}{place}{remedy}"


@dataclass(frozen=True)
class Report:
    """The result of one operation: a sentence, findings, and facts for machines."""

    summary: str
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """Return 1 if any finding is an error, else 0."""
        return int(any(finding.level is Level.ERROR for finding in self.findings))

    def to_json(self) -> str:
        """Return one line of JSON: ok, summary, findings and the facts."""
        findings = [asdict(finding) for finding in self.findings]
        head = {"ok": self.exit_code == 0, "summary": self.summary, "findings": findings}
        return json.dumps({**head, **self.facts}, default=str)
