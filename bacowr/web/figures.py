"""Figures in words: how a page writes the cells of tables and the axes of charts."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from bacowr.analytics.analysis import Analysis
from bacowr.analytics.periods import Granularity
from bacowr.analytics.tables import Cell, Kind, Table
from bacowr.backlinks.placements import Placement
from bacowr.engine.order import WritingStrategy
from bacowr.web import wording
from bacowr.web.charts import Chart, Drawing, Series, columns

HOUR, MINUTE, DAY = 3600, 60, 86400
NONE = "\N{EN DASH}"
CENT = 0.01

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "TARGET_HTTP": "Target can't be read",
        "BLOCKED_NO_SOURCES": "No page could be read",
        "INTENT_OFF": "Search intent is off",
        "QC_BLOCKED": "Checks found what must be mended",
        "NEEDS_SIGNOFF": "Waits for a sign-off",
    }
)
LINKS: Mapping[str, str] = MappingProxyType(
    {
        **{each: each.capitalize() for each in Placement},
        "expiring": "Expiring within 30 days",
    }
)
STRATEGIES: Mapping[str, str] = MappingProxyType(
    {WritingStrategy.SINGLE_SHOT: "In one call", WritingStrategy.MULTI_STAGE: "In several calls"}
)
TIMES: Mapping[str, str] = MappingProxyType(
    {"time_to_done": "Until the text is there", "time_to_sign_off": "From there until it is signed"}
)
QC = {status: sign.word for status, sign in wording.QC.items()}
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "reasons": REASONS,
        "links": LINKS,
        "strategies": STRATEGIES,
        "times": TIMES,
        "qc": QC,
        "checks": wording.CHECKS,
    }
)


def count(value: float) -> str:
    """Write a number of things."""
    return f"{value:,.0f}"


def share(value: float) -> str:
    """Write a share in percent."""
    return f"{100 * value:.0f} %" if value >= CENT or not value else "< 1 %"


def usd(value: float) -> str:
    """Write a sum in US dollars, whole ones for an axis of hundreds."""
    return f"${value:,.2f}" if value >= CENT or not value else f"${value:.4f}"


def axis_usd(value: float) -> str:
    """Write a sum on an axis: cents only where they tell one line from the next."""
    return f"${value:,.0f}" if value == int(value) else f"${value:,.2f}"


def seconds(value: float) -> str:
    """Write how long something took."""
    if value < MINUTE:
        return f"{value:.0f} s"
    if value < HOUR:
        return f"{value / MINUTE:.0f} min"
    return f"{value / HOUR:.1f} h" if value < DAY else f"{value / DAY:.1f} days"


WRITE: Mapping[Kind, Callable[[float], str]] = MappingProxyType(
    {
        Kind.COUNT: count,
        Kind.USD: usd,
        Kind.SHARE: share,
        Kind.SCORE: lambda value: f"{value:.0f}",
        Kind.SECONDS: seconds,
    }
)


def show(table: Table, number: int, cell: Cell) -> str:
    """Write a cell of a table as a page shows it."""
    kind = table.columns[number].kind
    if cell is None:
        return NONE
    if kind is not Kind.TEXT:
        return WRITE[kind](float(cell))
    if table.columns[number].name == "from":
        return day(date.fromisoformat(str(cell)))
    return WORDS.get(table.name, {}).get(str(cell), str(cell))


def day(moment: date) -> str:
    """Write a day."""
    return f"{moment.day} {moment:%b %Y}"


def label(start: date, granularity: Granularity) -> str:
    """Write where a column begins, as shortly as it is plain."""
    return f"{start:%b %Y}" if granularity is Granularity.MONTH else f"{start.day} {start:%b}"


def orders_chart(about: Analysis) -> Chart:
    """Draw orders over time: delivered at the bottom, what came to nothing on top."""
    parts = about.parts.values()
    done = [each.statuses["delivered"] for each in parts]
    blocked = [each.statuses["blocked"] for each in parts]
    rest = [
        each.total.orders - good - bad for each, good, bad in zip(parts, done, blocked, strict=True)
    ]
    series = (
        Series("delivered", "a", done),
        Series("blocked", "b", blocked),
        Series("others", "c", rest),
    )
    return _over_time(about, "orders", "Orders", series, count)


def costs_chart(about: Analysis) -> Chart:
    """Draw costs over time, what was measured below what was estimated."""
    parts = about.parts.values()
    series = (
        Series("measured", "a", [each.total.measured_usd for each in parts]),
        Series("estimated", "c", [each.total.estimated_usd for each in parts]),
    )
    return _over_time(about, "costs", "Costs", series, axis_usd, is_whole=False)


def scores_chart(about: Analysis) -> Chart:
    """Draw how many articles have which score."""
    rows = about.table("scores").rows
    drawing = Drawing(
        "scores",
        "Scores of articles",
        [str(row[0]) for row in rows],
        [Series("articles", "a", [float(row[1] or 0) for row in rows])],
        count,
    )
    return columns(drawing)


def _over_time(  # noqa: PLR0913  # Every one says what the chart is.
    about: Analysis,
    name: str,
    title: str,
    series: tuple[Series, ...],
    say: Callable[[float], str],
    *,
    is_whole: bool = True,
) -> Chart:
    labels = [label(start, about.granularity) for start in about.parts]
    title = f"{title} per {about.granularity}"
    return columns(Drawing(name, title, labels, series, say, is_whole))
