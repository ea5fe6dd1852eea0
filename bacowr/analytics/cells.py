"""Figures of days, kept by each process for as long as the day's orders stay as they are.

Nothing about figures is stored: a day is added up from its orders, and again only when its print
(`rows.prints`) says that an order of it was added, changed or deleted. So figures can't go stale,
whoever wrote, and however a process ended.
"""

from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bacowr.analytics import figures, rows
from bacowr.analytics.figures import Figures
from bacowr.analytics.kept import Memory
from bacowr.analytics.periods import Period, months
from bacowr.analytics.scope import Scope

MOST_CELLS = 1500

Cells = Mapping[date, Figures]


memory: Memory[Figures] = Memory(MOST_CELLS)


@dataclass(frozen=True)
class Counted:
    """A period's figures: as a whole, and of every day that has orders."""

    period: Period
    total: Figures
    days: Cells


def of(scope: Scope, period: Period) -> Counted:
    """Add up the orders of a period, by the day on which they were placed.

    Costs one statement while nothing has changed, and one more for each stretch of days that has.
    """
    days = tuple(period)
    prints = rows.prints(scope, days)
    keys = {day: (scope, day, told) for day, told in prints.items()}
    cells = {day: found for day, key in keys.items() if (found := memory.get(key)) is not None}
    for since, until in _stretches(days, prints, cells):
        for day, found in recount(scope, since, until).items():
            cells[day] = found
            if day in keys:
                memory.put(keys[day], found)
    return Counted(period, _total(scope, period, cells, prints), cells)


def recount(scope: Scope, since: date, until: date) -> dict[date, Figures]:
    """Add up the orders of some days from the orders themselves, whatever is kept."""
    found: dict[str, Figures] = {}
    for row in rows.between(scope, since, until):
        cell = found.get(row.day)
        if cell is None:
            cell = found[row.day] = Figures()
        cell.take(row)
    return {date.fromisoformat(day): cell for day, cell in found.items()}


def _total(scope: Scope, period: Period, cells: Cells, prints: Mapping[date, str]) -> Figures:
    """Add the days up month by month: of a year, eleven months stay as they are."""
    parts = []
    for days in reversed(months(period)):
        told = tuple((day, prints[day]) for day in days if day in prints)
        parts.append(
            _kept((scope, told), lambda days=days: figures.together(_latest_first(cells, days)))  # type: ignore[misc]  # Bound at once.
        )
    return figures.together(parts)


def _kept(key: Hashable, made: Callable[[], Figures]) -> Figures:
    found = memory.get(key)
    if found is None:
        found = made()
        memory.put(key, found)
    return found


def _latest_first(cells: Cells, days: Sequence[date]) -> list[Figures]:
    return [cells[day] for day in reversed(days) if day in cells]


def _stretches(
    days: Iterable[date], prints: Container[date], cells: Container[date]
) -> list[tuple[date, date]]:
    """Give the first and last day of each stretch of days to be counted; empty days part none."""
    found: list[tuple[date, date]] = []
    is_open = False
    for day in days:
        if day in cells:
            is_open = False
        elif day in prints:
            since = found.pop()[0] if is_open else day
            found.append((since, day))
            is_open = True
    return found
