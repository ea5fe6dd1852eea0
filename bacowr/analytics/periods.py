"""The span of days that figures are about, and how it is cut into parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bacowr.base.errors import Invalid

MOST_DAYS = 366
FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)
DAILY_UP_TO, WEEKLY_UP_TO = 31, 120


class Granularity(StrEnum):
    """How long one part of a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Period:
    """A span of whole days in UTC: `since` is its first, `until` its last."""

    since: date
    until: date

    @classmethod
    def last(cls, days: int, *, today: date) -> "Period":
        """Give the span of so many days that ends today; raise Invalid for none or too many."""
        return cls.between(today - timedelta(days=days - 1), today)

    @classmethod
    def between(cls, since: date, until: date) -> "Period":
        """Give the span between two days; raise Invalid when it is turned round or too long."""
        if until < since:
            text = "The first day comes after the last."
            raise Invalid(text, fields={"end_date": [text]})
        if since < FIRST or until > LAST:
            text = f"Ask for days from {FIRST} to {LAST}."
            raise Invalid(text, fields={"start_date": [text]})
        if (until - since).days >= MOST_DAYS:
            text = f"Ask for {MOST_DAYS} days at most."
            raise Invalid(text, fields={"start_date": [text]})
        return cls(since, until)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    @property
    def before(self) -> "Period":
        """The span of the same length that ends where this one begins."""
        return Period(self.since - timedelta(days=self.days), self.since - timedelta(days=1))

    @property
    def usual(self) -> Granularity:
        """The parts in which it is best shown."""
        if self.days <= DAILY_UP_TO:
            return Granularity.DAY
        return Granularity.WEEK if self.days <= WEEKLY_UP_TO else Granularity.MONTH

    def __iter__(self) -> Iterator[date]:
        """Give its days, the first one first."""
        return (self.since + timedelta(days=number) for number in range(self.days))

    def starts(self, granularity: Granularity) -> list[date]:
        """Give the days on which its parts begin; the first part may have begun before it."""
        return list(dict.fromkeys(start_of(day, granularity) for day in self))


def start_of(day: date, granularity: Granularity) -> date:
    """Give the first day of the week (from Monday) or the month that a day is in."""
    match granularity:
        case Granularity.WEEK:
            return day - timedelta(days=day.weekday())
        case Granularity.MONTH:
            return day.replace(day=1)
        case _:
            return day


def months(period: Period) -> list[tuple[date, ...]]:
    """Give the days of a period month by month."""
    found: dict[tuple[int, int], list[date]] = {}
    for day in period:
        found.setdefault((day.year, day.month), []).append(day)
    return [tuple(days) for days in found.values()]
