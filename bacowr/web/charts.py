"""Charts: where the columns of one stand, worked out here and drawn as plain SVG.

A drawing stretches with the page and so holds no words: those of the axes stand around it as text,
as large on a phone as on a desk. The same figures stand beneath each chart as a table.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SLOT, HEIGHT = 10.0, 100.0
MOST_STEPS = 4
MARKS = 5
LEAST_HEIGHT = 1.2
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
# Few columns would be as broad as barn doors.
WIDTHS = ((4, 2.5), (8, 4.0), (14, 5.5))
WIDEST = 7.0

Format = Callable[[float], str]


@dataclass(frozen=True)
class Series:
    """One kind of figure, a value for each column; `tone` is its shade."""

    name: str
    tone: str
    values: Sequence[float]


@dataclass(frozen=True)
class Piece:
    """One piece of a column."""

    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Column:
    """One column: what it says when pointed at, and its pieces."""

    title: str
    x: float
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Chart:
    """A chart of columns: `ticks` from top to bottom, `marks` from left to right."""

    name: str
    title: str
    summary: str
    width: float
    columns: Sequence[Column]
    ticks: Sequence[str]
    marks: Sequence[str]
    series: Sequence[Series]
    height: float = HEIGHT

    @property
    def slot(self) -> float:
        """How much room a column has."""
        return SLOT

    @property
    def lines(self) -> list[float]:
        """Where the lines of the grid run."""
        steps = len(self.ticks) - 1
        return [round(HEIGHT * number / steps, 2) for number in range(steps + 1)]

    @property
    def shown(self) -> list[Series]:
        """The series that have something to draw."""
        return [each for each in self.series if any(each.values)]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.shown


@dataclass(frozen=True)
class Drawing:
    """What a chart is to show: its columns' names, their series, and how to say a value."""

    name: str
    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    say: Format
    is_whole: bool = True


def columns(drawing: Drawing) -> Chart:
    """Work out a chart of columns, whose series stand upon each other."""
    sums = [sum(values) for values in zip(*(each.values for each in drawing.series), strict=True)]
    ticks = scale(max(sums, default=0.0), is_whole=drawing.is_whole)
    count = len(drawing.labels)
    return Chart(
        name=drawing.name,
        title=drawing.title,
        summary=_summary(drawing, sums),
        width=SLOT * max(count, 1),
        columns=[_column(drawing, number, ticks[-1]) for number in range(count)],
        ticks=[drawing.say(each) for each in reversed(ticks)],
        marks=_marks(drawing.labels),
        series=drawing.series,
    )


def scale(highest: float, *, is_whole: bool) -> list[float]:
    """Return the figures of an axis from 0 up to beyond the highest value, at even steps."""
    if highest <= 0:
        return [0.0, 1.0]
    rough = highest / MOST_STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in STEPS if each * power >= rough * (1 - 1e-9))
    if is_whole:
        step = float(math.ceil(step))
    return [step * number for number in range(math.ceil(highest / step - 1e-9) + 1)]


def _column(drawing: Drawing, number: int, top: float) -> Column:
    width = _width(len(drawing.labels))
    x = SLOT * number + (SLOT - width) / 2
    pieces, y = [], HEIGHT
    for each in drawing.series:
        if each.values[number] > 0:
            height = max(LEAST_HEIGHT, HEIGHT * each.values[number] / top)
            y -= height
            pieces.append(
                Piece(each.tone, round(x, 2), round(max(y, 0.0), 2), width, round(height, 2))
            )
    return Column(_title(drawing, number), SLOT * number, pieces)


def _title(drawing: Drawing, number: int) -> str:
    parts = [(each.name, each.values[number]) for each in drawing.series]
    said = ", ".join(f"{drawing.say(value)} {name}" for name, value in parts if value)
    return f"{drawing.labels[number]}: {said or 'nothing'}"


def _summary(drawing: Drawing, sums: Sequence[float]) -> str:
    if not any(sums):
        return "Nothing in this period."
    highest = max(range(len(sums)), key=sums.__getitem__)
    return (
        f"{len(sums)} columns from {drawing.labels[0]} to {drawing.labels[-1]}; "
        f"{drawing.say(sum(sums))} in all, the most at {drawing.labels[highest]} "
        f"with {drawing.say(sums[highest])}."
    )


def _width(count: int) -> float:
    return next((width for most, width in WIDTHS if count <= most), WIDEST)


def _marks(labels: Sequence[str]) -> list[str]:
    """Choose the labels to be written out: all of a few, else five at even distances."""
    if len(labels) <= MARKS:
        return list(labels)
    last = len(labels) - 1
    return [labels[round(last * number / (MARKS - 1))] for number in range(MARKS)]
