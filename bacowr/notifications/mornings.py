"""When the morning is, for each person by the person's own clock, and what it is told then."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

HOUR = 7
TIME_ZONE = "UTC"
MOST_NAMED = 20


def is_zone(name: str) -> bool:
    """Tell whether there is a time zone of this name."""
    return name in available_timezones()


def next_morning(moment: datetime, *, hour: int, time_zone: str) -> datetime:
    """Return the first moment after `moment` at which the clock of that zone strikes the hour.

    On the day when clocks go forward over that hour, it is the moment that comes in its place.
    """
    local = moment.astimezone(ZoneInfo(time_zone))
    struck = local.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    if struck.astimezone(moment.tzinfo) <= moment:
        struck = (struck + timedelta(days=1)).replace(fold=0)
    return struck.astimezone(moment.tzinfo)


@dataclass(frozen=True)
class Blocked:
    """Orders that could not be delivered for one reason."""

    reason: str
    count: int


@dataclass(frozen=True)
class Night:
    """What happened to one person's work since the last summary; nothing of money is invented.

    `cost_usd` is None when the price of a call is unknown.
    """

    delivered: int = 0
    blocked: Sequence[Blocked] = ()
    failed: int = 0
    cost_usd: float | None = 0.0
    lost: Sequence[str] = field(default_factory=tuple)
    changed: int = 0
    expiring: int = 0
    waiting: Sequence[str] = field(default_factory=tuple)

    @property
    def blocked_count(self) -> int:
        """How many orders were blocked."""
        return sum(each.count for each in self.blocked)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happened; what waits has waited before."""
        told = (self.delivered, self.blocked, self.failed, self.lost, self.changed, self.expiring)
        return not any(told)


def summary(night: Night) -> dict[str, Any]:
    """Return what there is to tell: a headline, its lines, and the figures for programs."""
    return {
        "headline": _headline(night),
        "lines": _lines(night),
        "delivered": night.delivered,
        "blocked": night.blocked_count,
        "blocked_by_reason": {each.reason: each.count for each in night.blocked},
        "failed": night.failed,
        "cost_usd": night.cost_usd,
        "links_lost": len(night.lost),
        "links_changed": night.changed,
        "deals_expiring": night.expiring,
        "batches_for_review": len(night.waiting),
    }


def _headline(night: Night) -> str:
    figures = (
        (night.delivered, "delivered"),
        (night.blocked_count, "blocked"),
        (night.failed, "failed"),
        (len(night.lost), "links lost" if len(night.lost) != 1 else "link lost"),
    )
    told = [f"{count:,} {word}" for count, word in figures if count]
    return "The night: " + (", ".join(told) or "some links need a look")


def _lines(night: Night) -> list[str]:
    lines = [f"Delivered: {night.delivered:,}", f"Blocked: {night.blocked_count:,}"]
    lines += [f"  {each.reason}: {each.count:,}" for each in night.blocked[:MOST_NAMED]]
    lines.append(f"Failed: {night.failed:,}")
    cost = "not known" if night.cost_usd is None else f"{night.cost_usd:,.2f} USD"
    lines.append(f"Cost: {cost}")
    lines += _named("Links lost", night.lost)
    if night.changed:
        lines.append(f"Links not as agreed: {night.changed:,}")
    if night.expiring:
        lines.append(f"Deals about to end or ended: {night.expiring:,}")
    return lines + _named("Waiting for your review", night.waiting)


def _named(label: str, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    rest = len(names) - MOST_NAMED
    more = [f"  and {rest:,} more"] if rest > 0 else []
    return [f"{label}: {len(names):,}", *(f"  {each}" for each in names[:MOST_NAMED]), *more]
