"""Adding up orders: what many of them amount to, and what groups of them do."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bacowr.accounts.usage import CostSource
from bacowr.jobs.states import JobStatus

DECILES = 10
MOST_ENDED = 300
"""How many of the latest orders that came to an end are looked at one by one."""


class Row(NamedTuple):
    """What figures need to know of one order."""

    day: str
    job_id: str
    version: int
    status: str
    qc_status: str | None
    score: float | None
    reason: str | None
    publisher: str
    provider: str
    strategy: str
    writer: str | None
    quoted_usd: float | None
    cost_usd: float | None
    cost_source: str | None
    is_deleted: bool


@dataclass(slots=True)
class Share:
    """What some orders amount to.

    `measured_usd` and `estimated_usd` are never added up unasked (domain 3.14); `unknown` counts
    the orders for which a service was paid and nobody knows how much.
    """

    orders: int = 0
    delivered: int = 0
    blocked: int = 0
    scored: int = 0
    score_sum: float = 0.0
    measured_usd: float = 0.0
    estimated_usd: float = 0.0
    quoted_usd: float = 0.0
    unknown: int = 0

    @property
    def mean_score(self) -> float | None:
        """The mean of the scores; None when nothing was scored."""
        return self.score_sum / self.scored if self.scored else None

    @property
    def blocked_rate(self) -> float | None:
        """The share of blocked orders among those that have a text; None without any."""
        ended = self.delivered + self.blocked
        return self.blocked / ended if ended else None

    @property
    def cost_usd(self) -> float:
        """What it came to, measured or estimated."""
        return self.measured_usd + self.estimated_usd

    def take(self, row: Row) -> None:
        """Add one order; of a deleted one only what it cost."""
        if row.cost_usd is not None:
            if row.cost_source == CostSource.MEASURED:
                self.measured_usd += row.cost_usd
            else:
                self.estimated_usd += row.cost_usd
        elif row.writer is not None:
            self.unknown += 1
        if row.is_deleted:
            return
        self.orders += 1
        self.quoted_usd += row.quoted_usd or 0.0
        if row.status == JobStatus.DELIVERED:
            self.delivered += 1
        elif row.status == JobStatus.BLOCKED:
            self.blocked += 1
        if row.score is not None:
            self.scored += 1
            self.score_sum += row.score

    def plus(self, other: "Share") -> "Share":
        """Return what both amount to together.

        Written out: a page adds up thousands of them.
        """
        return Share(
            self.orders + other.orders,
            self.delivered + other.delivered,
            self.blocked + other.blocked,
            self.scored + other.scored,
            self.score_sum + other.score_sum,
            self.measured_usd + other.measured_usd,
            self.estimated_usd + other.estimated_usd,
            self.quoted_usd + other.quoted_usd,
            self.unknown + other.unknown,
        )


@dataclass(slots=True)
class Figures:
    """What the orders of some days amount to, as a whole and by groups.

    `ended` names the latest of them that have a text, each with its version, the latest first.
    """

    total: Share = field(default_factory=Share)
    statuses: Counter[str] = field(default_factory=Counter)
    qc: Counter[str] = field(default_factory=Counter)
    deciles: Counter[int] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    providers: dict[str, Share] = field(default_factory=dict)
    strategies: dict[str, Share] = field(default_factory=dict)
    writers: dict[str, Share] = field(default_factory=dict)
    publishers: dict[str, Share] = field(default_factory=dict)
    ended: list[tuple[str, int]] = field(default_factory=list)

    def take(self, row: Row) -> None:
        """Add one order; orders come with the latest first."""
        self.total.take(row)
        _group(self.providers, row.provider).take(row)
        _group(self.strategies, row.strategy).take(row)
        _group(self.publishers, row.publisher).take(row)
        if row.writer is not None:
            _group(self.writers, row.writer).take(row)
        if row.is_deleted:
            return
        self.statuses[row.status] += 1
        if row.reason is not None:
            self.reasons[row.reason] += 1
        if row.qc_status is not None:
            self.qc[row.qc_status] += 1
        if row.score is not None:
            self.deciles[min(int(row.score / DECILES), DECILES - 1)] += 1
        if row.status in WITH_TEXT and len(self.ended) < MOST_ENDED:
            self.ended.append((row.job_id, row.version))


WITH_TEXT = frozenset({JobStatus.DELIVERED, JobStatus.BLOCKED})
_COUNTERS = ("statuses", "qc", "deciles", "reasons")
_GROUPS = ("providers", "strategies", "writers", "publishers")


def count(rows: Iterable[Row]) -> Figures:
    """Add orders up, the latest first."""
    found = Figures()
    for row in rows:
        found.take(row)
    return found


def in_short(parts: Iterable[Figures]) -> Figures:
    """Add up the totals and statuses alone, which is all that a column of a chart needs."""
    found = Figures()
    for part in parts:
        found.total = found.total.plus(part.total)
        found.statuses.update(part.statuses)
    return found


def together(parts: Iterable[Figures]) -> Figures:
    """Add up figures of days that come with the latest first; the parts stay as they are."""
    found = Figures()
    for part in parts:
        found.total = found.total.plus(part.total)
        for name in _COUNTERS:
            getattr(found, name).update(getattr(part, name))
        for name in _GROUPS:
            _merge(getattr(found, name), getattr(part, name))
        found.ended += part.ended[: MOST_ENDED - len(found.ended)]
    return found


def _group(groups: dict[str, Share], name: str) -> Share:
    share = groups.get(name)
    if share is None:
        share = groups[name] = Share()
    return share


def _merge(groups: dict[str, Share], more: Mapping[str, Share]) -> None:
    for name, share in more.items():
        known = groups.get(name)
        groups[name] = share if known is None else known.plus(share)
