"""What a check says: a status, and findings with their evidence."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class QcStatus(StrEnum):
    """What the checks of a text said, the worst last (domain 3.10)."""

    PASS = "pass"  # noqa: S105  # Not a password.
    WARNING = "warning"
    NEEDS_SIGNOFF = "needs_signoff"
    BLOCKED = "blocked"


ORDER = tuple(QcStatus)


def worst(statuses: Iterable[QcStatus]) -> QcStatus:
    """Give the worst of several statuses; pass for none."""
    return max(statuses, key=ORDER.index, default=QcStatus.PASS)


class CheckName(StrEnum):
    """The checks, in the order in which they are shown."""

    PREFLIGHT = "preflight"
    DRAFT = "draft"
    ANCHOR = "anchor"
    LABEL = "label"
    TRUST = "trust"
    GROUNDING = "grounding"
    INTENT = "intent"
    LSI = "lsi"
    FIT = "fit"
    COMPLIANCE = "compliance"
    ORIGINALITY = "originality"
    COMPETITOR = "competitor"
    READABILITY = "readability"
    COVERAGE = "coverage"


@dataclass(frozen=True)
class Place:
    """A place in the article's Markdown: `markdown[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True)
class Evidence:
    """What a finding rests on: words of the article, and the source they were held against.

    `marked` lists the words that no source supports; `share` is a measured share, 0 to 1.
    """

    text: str = ""
    url: str | None = None
    passage: str | None = None
    marked: tuple[str, ...] = ()
    share: float | None = None


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    `code` names the rule; `status` is what the article becomes by it; `message` is one sentence in
    English. `decidable` findings may be accepted or ignored by a person, with a reason; an
    undecided one keeps its status. `fixable` ones are within the permitted repairs (domain 3.11).
    """

    check: CheckName
    code: str
    status: QcStatus
    message: str
    place: Place | None = None
    evidence: Evidence = field(default_factory=Evidence)
    suggestion: str | None = None
    fixable: bool = False
    decidable: bool = False

    @property
    def key(self) -> str:
        """Give the name by which the finding is known again in a later check of the text."""
        parts = (self.check, self.code, self.evidence.text, self.evidence.url or "")
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Deduction:
    """Points taken from a check's hundred, and why."""

    points: float
    reason: str


@dataclass(frozen=True)
class Fact:
    """Something a check measured, as it is shown: "Words", "1,034", and what is wanted."""

    label: str
    value: str
    wanted: str | None = None
    is_met: bool | None = None


@dataclass(frozen=True)
class Check:
    """What one check said.

    `score` is 0 to 100, None when there was nothing to measure (`unmeasured` says why) or when the
    check has no weight.
    """

    name: CheckName
    status: QcStatus
    findings: tuple[Finding, ...] = ()
    score: float | None = None
    deductions: tuple[Deduction, ...] = ()
    facts: tuple[Fact, ...] = ()
    unmeasured: str | None = None


@dataclass(frozen=True)
class Report:
    """What all checks said about one version of an article.

    `status` is the worst of the checks; `score` (0 to 100) only sorts a queue and hides nothing.
    `versions` names the thresholds and policy packs that were used, with their dates.
    """

    status: QcStatus
    score: float | None
    checks: tuple[Check, ...]
    article_sha256: str
    checked_at: str
    versions: dict[str, str]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """List the findings of all checks, the worst first."""
        found = [each for check in self.checks for each in check.findings]
        return tuple(sorted(found, key=lambda each: -ORDER.index(each.status)))


def weighed(
    name: CheckName,
    findings: Iterable[Finding] = (),
    deductions: Iterable[Deduction] = (),
    facts: Iterable[Fact] = (),
) -> Check:
    """Make a check that starts at 100 points: 80 and more pass, below is a warning.

    A finding's status can only make it worse.
    """
    taken, found = tuple(deductions), tuple(findings)
    score = max(0.0, 100.0 - sum(each.points for each in taken))
    own = QcStatus.PASS if score >= PASSING_SCORE else QcStatus.WARNING
    status = worst([own, *(each.status for each in found)])
    return Check(name, status, found, score, taken, tuple(facts))


def plain(name: CheckName, findings: Iterable[Finding] = (), facts: Iterable[Fact] = ()) -> Check:
    """Make a check without points: its findings alone decide."""
    found = tuple(findings)
    return Check(name, worst(each.status for each in found), found, None, (), tuple(facts))


def unmeasured(name: CheckName, reason: str, facts: Iterable[Fact] = ()) -> Check:
    """Make a check that had nothing to measure; it neither passes nor fails anything."""
    return Check(name, QcStatus.PASS, (), None, (), tuple(facts), reason)


PASSING_SCORE = 80.0
