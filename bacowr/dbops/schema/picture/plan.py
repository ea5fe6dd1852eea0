"""Where everything in a diagram stands: its layers put into figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bacowr.dbops.schema.chart import Chart, Column, Reference, Table
from bacowr.dbops.schema.picture.layers import Layers, Line, Node, arrange
from bacowr.dbops.schema.picture.placing import ROW, place
from bacowr.dbops.schema.picture.routing import MARGIN, Gaps, route
from bacowr.dbops.schema.picture.texts import width

PAGE = 28
GUTTER = 46
LEAST, MOST = 190, 380
NAME_SIZE, HEAD_SIZE, TYPE_SIZE = 13, 14, 11
BOLD = 1.06
ASPECT = 1.5


@dataclass(frozen=True)
class Plan:
    """Where everything stands."""

    layers: Layers
    tops: dict[Node, float]
    gaps: Gaps
    lefts: list[float]
    widths: list[float]

    @property
    def right(self) -> float:
        """Return where the last layer's lines end."""
        if not self.lefts:
            return 0.0
        return self.lefts[-1] + self.widths[-1] + self.gaps.width(len(self.lefts) - 1) - MARGIN

    def box(self, table: str) -> tuple[float, float, float]:
        """Return the left, the top and the width of a table."""
        layer = self.layers.layer_of[table]
        return self.lefts[layer], PAGE + self.tops[table], self.widths[layer]


def plan_of(chart: Chart) -> Plan:
    """Find a place for every table, and a way for every reference."""
    rows = {one.name: rows_of(one) + 2 for one in chart.tables}
    area = sum(count * ROW * (LEAST + MOST) / 2 for count in rows.values())
    room = max([*rows.values(), int((area / ASPECT) ** 0.5 / ROW)], default=0)
    shown = {one.name: rows_of(one) for one in chart.tables}
    layers = arrange(shown, [line_of(one, chart) for one in chart.references], room)
    tops = place(layers, shown)
    gaps = route(layers, tops)
    by_name = {one.name: one for one in chart.tables}
    widths = [
        max((_width(by_name[node]) for node in layer if isinstance(node, str)), default=0)
        for layer in layers.order
    ]
    lefts = [float(PAGE)]
    for number, wide in enumerate(widths[:-1]):
        lefts.append(lefts[-1] + wide + gaps.width(number))
    return Plan(layers, tops, gaps, lefts if widths else [], widths)


def line_of(one: Reference, chart: Chart) -> Line:
    """Return between which rows a reference runs."""
    return Line(
        one.child,
        _row_of(chart, one.child, one.columns),
        one.parent,
        _row_of(chart, one.parent, one.parent_columns),
    )


def _row_of(chart: Chart, table: str, columns: Sequence[str]) -> int:
    """Return the row a line ends at: that of the first of its columns."""
    names = [column.name for one in chart.tables if one.name == table for column in one.columns]
    return next((names.index(one) for one in columns if one in names), 0)


def _width(table: Table) -> float:
    """Return how wide a table would like to be."""
    names = [width(one.name, NAME_SIZE) for one in table.columns]
    types = [width(type_text(one), TYPE_SIZE, is_mono=True) for one in table.columns]
    wanted = max((name + kind for name, kind in zip(names, types, strict=True)), default=0.0)
    wanted = max(wanted + GUTTER + 30, width(table.name, HEAD_SIZE) * BOLD + 28)
    return float(round(min(max(wanted, LEAST), MOST)))


def type_text(column: Column) -> str:
    """Return a column's type, with a mark when there may be none."""
    return f"{column.type}{'' if column.is_required else '?'}"


def rows_of(table: Table) -> int:
    """Return how many rows a table is drawn with; PostgreSQL has tables without columns."""
    return max(1, len(table.columns))
