"""Figures of days, kept by each process for as long as the day's orders stay as they are.

Nothing about figures is stored: a day is added up from its orders, and again only when its print
(`rows.prints`) says that an order of it was added, changed or deleted. So figures can't go stale,
whoever wrote, and however a process ended.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bacowr.analytics import figures, rows
from bacowr.analytics.figures import Figures
from bacowr.analytics.kept import Memory
from bacowr.analytics.periods import Period, months
from bacowr.analytics.rows import Span
from bacowr.analytics.scope import Scope

MOST_DAYS_KEPT, MOST_MONTHS_KEPT = 1500, 100

ONE_DAY = timedelta(days=1)

Cells = Mapping[date, Figures]


@dataclass(frozen=True)
class Counted:
    """The figures of a period or a month: as a whole, and of every day that has orders.

    Of a period also the prints of its months by which they are known again.
    """

    total: Figures = field(default_factory=Figures)
    days: Cells = field(default_factory=dict)
    prints: Mapping[Span, str] = field(default_factory=dict)


days_kept: Memory[Figures] = Memory(MOST_DAYS_KEPT)
months_kept: Memory[Counted] = Memory(MOST_MONTHS_KEPT)


def of(scope: Scope, period: Period) -> Counted:
    """Add up the orders of a period, by the day on which they were placed.

    Costs one statement while nothing has changed; else one more for the days of the months that
    have, and one for each stretch of days to be read.
    """
    spans = [(days[0], days[-1]) for days in months(period)]
    prints = rows.prints(scope, spans)
    kept = {
        span: found
        for span, told in prints.items()
        if (found := months_kept.get((scope, span, told))) is not None
    }
    changed = [span for span in prints if span not in kept]
    if changed:
        cells = _cells(scope, [day for since, until in changed for day in Period(since, until)])
        for span in changed:
            kept[span] = _together(Period(*span), cells)
            months_kept.put((scope, span, prints[span]), kept[span])
    parts = [kept[span] for span in reversed(spans) if span in kept]
    return Counted(
        figures.together(each.total for each in parts),
        {day: found for each in parts for day, found in each.days.items()},
        prints,
    )


def forget() -> None:
    """Forget all that is kept."""
    days_kept.clear()
    months_kept.clear()


def _cells(scope: Scope, days: Sequence[date]) -> Cells:
    """Give the figures of the days that have orders, reading those that have changed."""
    prints = rows.prints(scope, [(day, day) for day in days])
    keys = {day: (scope, day, told) for (day, _), told in prints.items()}
    cells = {day: found for day, key in keys.items() if (found := days_kept.get(key)) is not None}
    for since, until in _stretches(days, keys, cells):
        for day, found in recount(scope, since, until).items():
            cells[day] = found
            if day in keys:
                days_kept.put(keys[day], found)
    return cells


def _together(days: Iterable[date], cells: Cells) -> Counted:
    own = {day: cells[day] for day in days if day in cells}
    return Counted(figures.together(own[day] for day in sorted(own, reverse=True)), own)


def recount(scope: Scope, since: date, until: date) -> dict[date, Figures]:
    """Add up the orders of some days from the orders themselves, whatever is kept."""
    found: dict[str, Figures] = {}
    for row in rows.between(scope, since, until):
        cell = found.get(row.day)
        if cell is None:
            cell = found[row.day] = Figures()
        cell.take(row)
    return {date.fromisoformat(day): cell for day, cell in found.items()}


def _stretches(
    days: Iterable[date], prints: Container[date], cells: Container[date]
) -> list[tuple[date, date]]:
    """Give the first and last day of each stretch of days to be counted; empty days part none."""
    found: list[tuple[date, date]] = []
    reached: date | None = None  # The day before, while a stretch goes on.
    for day in days:
        is_open = reached is not None and day - reached == ONE_DAY
        reached = None if day in cells or not (is_open or day in prints) else day
        if day in prints and day not in cells:
            since = found.pop()[0] if is_open else day
            found.append((since, day))
    return found
