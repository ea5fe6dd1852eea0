"""Everything about the orders of a period, table by table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType

from bacowr.analytics import cells, figures, library, recent
from bacowr.analytics.cells import Counted
from bacowr.analytics.figures import DECILES, Figures, Share
from bacowr.analytics.library import Health
from bacowr.analytics.periods import Granularity, Period, start_of
from bacowr.analytics.recent import Recent
from bacowr.analytics.scope import Scope
from bacowr.analytics.tables import Cell, Column, Kind, Table
from bacowr.backlinks.placements import Placement
from bacowr.engine.checks.model import QcStatus
from bacowr.jobs.states import JobStatus

MOST_ROWS = 1000
WIDTH = 100 // DECILES
UNDER_WAY = (JobStatus.PENDING, JobStatus.PROCESSING)
SHARE_COLUMNS = (
    Column("orders", "Orders"),
    Column("delivered", "Delivered"),
    Column("blocked_rate", "Blocked", Kind.SHARE),
    Column("mean_score", "Mean score", Kind.SCORE),
    Column("measured_usd", "Measured", Kind.USD),
    Column("estimated_usd", "Estimated", Kind.USD),
)


@dataclass(frozen=True)
class Analysis:
    """The figures of a period, read part by part as they are asked for."""

    scope: Scope
    period: Period
    granularity: Granularity

    @cached_property
    def counted(self) -> Counted:
        """The orders of the period, added up."""
        return cells.of(self.scope, self.period)

    @property
    def total(self) -> Figures:
        """The orders of the period, as a whole."""
        return self.counted.total

    @cached_property
    def recent(self) -> Recent:
        """The latest of these orders that have a text."""
        return recent.of(self.total.ended)

    @cached_property
    def health(self) -> Health:
        """The library as it is at this moment."""
        return library.health(self.scope)

    @cached_property
    def parts(self) -> Mapping[date, Figures]:
        """The totals and statuses of each day, week or month, those without orders too."""
        days: dict[date, list[Figures]] = {
            start: [] for start in self.period.starts(self.granularity)
        }
        for day, found in self.counted.days.items():
            days[start_of(day, self.granularity)].append(found)
        return {start: figures.in_short(found) for start, found in days.items()}

    def table(self, name: str) -> Table:
        """Give one table by its name (`TABLES`)."""
        return TABLES[name](self)


def throughput(about: Analysis) -> Table:
    """Count orders by where they are, over time."""
    ended = (JobStatus.DELIVERED, JobStatus.BLOCKED, JobStatus.ABORTED, JobStatus.CANCELED)
    columns = (
        Column("from", "From", Kind.TEXT),
        Column("orders", "Orders"),
        *(Column(status, status.capitalize()) for status in ended),
        Column("under_way", "Under way"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            start.isoformat(),
            found.total.orders,
            *(found.statuses[status] for status in ended),
            sum(found.statuses[status] for status in UNDER_WAY),
        )
        for start, found in about.parts.items()
    ]
    return Table("throughput", "Orders", columns, rows)


def costs(about: Analysis) -> Table:
    """Add up what orders cost, over time; measured and estimated stay apart."""
    columns = (
        Column("from", "From", Kind.TEXT),
        Column("measured_usd", "Measured", Kind.USD),
        Column("estimated_usd", "Estimated", Kind.USD),
        Column("quoted_usd", "Quoted before", Kind.USD),
        Column("unknown", "Cost unknown"),
    )
    rows = [
        (start.isoformat(), *_money(found.total), found.total.unknown)
        for start, found in about.parts.items()
    ]
    return Table("costs", "Costs", columns, rows)


def _money(share: Share) -> tuple[float, float, float]:
    return share.measured_usd, share.estimated_usd, share.quoted_usd


def scores(about: Analysis) -> Table:
    """Count articles by their score."""
    columns = (Column("score", "Score", Kind.TEXT), Column("articles", "Articles"))
    last = DECILES - 1
    rows = [
        (
            f"{number * WIDTH}\N{EN DASH}{100 if number == last else number * WIDTH + WIDTH - 1}",
            about.total.deciles[number],
        )
        for number in range(DECILES)
    ]
    return Table("scores", "Scores", columns, rows)


def qc(about: Analysis) -> Table:
    """Count articles by what the checks said."""
    columns = (
        Column("qc_status", "Checks said", Kind.TEXT),
        Column("articles", "Articles"),
        Column("share", "Share", Kind.SHARE),
    )
    found = about.total.qc
    whole = found.total()
    rows = [
        (status, found[status], found[status] / whole if whole else None) for status in QcStatus
    ]
    return Table("qc", "What the checks said", columns, rows)


def reasons(about: Analysis) -> Table:
    """Count blocked orders by their reason, the most frequent first."""
    columns = (Column("reason", "Reason", Kind.TEXT), Column("orders", "Orders"))
    return Table("reasons", "Why orders were blocked", columns, _ranked(about.total.reasons))


def checks(about: Analysis) -> Table:
    """Count the checks that did not pass among the latest articles, the most frequent first."""
    columns = (
        Column("check", "Check", Kind.TEXT),
        Column("articles", "Articles"),
        Column("share", "Share", Kind.SHARE),
    )
    whole = about.recent.checked
    rows = [(name, count, count / whole) for name, count in _ranked(about.recent.failed)]
    return Table("checks", "Checks that did not pass", columns, rows)


def times(about: Analysis) -> Table:
    """Tell how long the latest orders took."""
    found = about.recent
    columns = (Column("what", "What", Kind.TEXT), Column("seconds", "Median", Kind.SECONDS))
    rows = [("time_to_done", found.seconds), ("time_to_sign_off", found.seconds_to_sign)]
    return Table("times", "How long orders took", columns, rows)


def writers(about: Analysis) -> Table:
    """Compare the services and models that wrote."""
    return _shares("writers", "Services and models", "writer", about.total.writers)


def strategies(about: Analysis) -> Table:
    """Compare the ways of writing."""
    return _shares("strategies", "Ways of writing", "strategy", about.total.strategies)


def publishers(about: Analysis) -> Table:
    """Compare publishers, those with the most orders first."""
    live = library.live_by_publisher(about.scope)
    columns = (Column("publisher", "Publisher", Kind.TEXT), *SHARE_COLUMNS, LIVE)
    rows = [
        (name, *_cells(share), live.get(name, 0))
        for name, share in _largest(about.total.publishers)
    ]
    return Table("publishers", "Publishers", columns, rows)


def campaigns(about: Analysis) -> Table:
    """Compare campaigns, those with the most deals first."""
    columns = (
        Column("campaign", "Campaign", Kind.TEXT),
        *SHARE_COLUMNS,
        Column("deals", "Deals"),
        LIVE,
    )
    rows = [
        (each.name, *_cells(each.orders), each.deals, each.live)
        for each in library.campaigns(about.scope, about.counted)
    ]
    return Table("campaigns", "Campaigns", columns, rows)


def links(about: Analysis) -> Table:
    """Count the library by where its links are, and those that end soon."""
    columns = (Column("links", "Links", Kind.TEXT), Column("count", "Count"))
    found = about.health
    rows: list[tuple[Cell, ...]] = [(each, found.placements.get(each, 0)) for each in Placement]
    rows.append(("expiring", found.expiring))
    return Table("links", "The library", columns, rows)


LIVE = Column("live_links", "Live links")

TABLES: Mapping[str, Callable[[Analysis], Table]] = MappingProxyType(
    {
        make.__name__: make
        for make in (
            throughput,
            costs,
            scores,
            qc,
            reasons,
            checks,
            times,
            writers,
            strategies,
            publishers,
            campaigns,
            links,
        )
    }
)
"""The tables by their names, in the order in which they are shown."""


def _shares(name: str, title: str, what: str, groups: Mapping[str, Share]) -> Table:
    columns = (Column(what, what.capitalize(), Kind.TEXT), *SHARE_COLUMNS)
    return Table(name, title, columns, [(key, *_cells(share)) for key, share in _largest(groups)])


def _cells(share: Share) -> tuple[Cell, ...]:
    return tuple(getattr(share, each.name) for each in SHARE_COLUMNS)


def _largest(groups: Mapping[str, Share]) -> list[tuple[str, Share]]:
    ranked = sorted(groups.items(), key=lambda each: (-each[1].orders, each[0]))
    return ranked[:MOST_ROWS]


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    pairs: Iterable[tuple[str, int]] = counts.items()
    return sorted(pairs, key=lambda each: (-each[1], each[0]))
