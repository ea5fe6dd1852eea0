"""The SVG of a diagram: boxes with a row per column, and a line per reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bacowr.dbops.schema.chart import Chart, Column, Mark, Table
from bacowr.dbops.schema.picture.legend import draw_legend, legend_width
from bacowr.dbops.schema.picture.paths import CORNER, draw_reference
from bacowr.dbops.schema.picture.placing import HEAD, ROW, height, row_height
from bacowr.dbops.schema.picture.plan import (
    BOLD,
    GUTTER,
    HEAD_SIZE,
    NAME_SIZE,
    PAGE,
    TYPE_SIZE,
    Plan,
    plan_of,
    rows_of,
    type_text,
)
from bacowr.dbops.schema.picture.style import stylesheet
from bacowr.dbops.schema.picture.texts import (
    attribute,
    content,
    cut,
    identifier,
    number_text,
    width,
)

LEGEND = 30
TYPE_SHARE = 0.55
"""How much of a row its type may take."""
MARKS = 2
MARK_STEP = 15.5


def draw(chart: Chart, *, title: str = "Database schema", has_style: bool = True) -> str:
    """Return the diagram as SVG.

    Each table is a group with `data-table`, each reference one with `data-from` and `data-to`;
    the class `lit` lifts one out, `dim` fades it. There is no script in it. Without its style
    it needs `stylesheet()` on the page around it.
    """
    plan = plan_of(chart)
    wide = max(round(plan.right), legend_width() + PAGE) + PAGE
    bottoms = [plan.tops[one.name] + height(one.name, rows_of(one)) for one in chart.tables]
    high = round(max(bottoms, default=0) + 2 * PAGE + LEGEND)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="erd" role="img" width="{wide}" '
        f'height="{high}" viewBox="0 0 {wide} {high}" aria-label={attribute(title)}>'
    )
    lines = [
        opening,
        f"<title>{content(title)}</title>",
        *([f"<style>{stylesheet()}</style>"] if has_style else []),
        f'<rect class="erd-page" width="{wide}" height="{high}"/>',
        *(line for one in chart.tables for line in _table(one, plan)),
        *(line for one in chart.references for line in draw_reference(one, chart, plan)),
        *draw_legend(PAGE, high - PAGE + 4),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _table(table: Table, plan: Plan) -> Iterator[str]:
    left, top, wide = plan.box(table.name)
    high = number_text(height(table.name, rows_of(table)))
    name = cut(table.name, wide - 24, HEAD_SIZE * BOLD)
    said = f"{table.name}: {table.comment}" if table.comment else table.name
    yield (
        f'<g class="erd-table" id="table-{identifier(table.name)}" '
        f"data-table={attribute(table.name)} "
        f'transform="translate({number_text(left)} {number_text(top)})">'
    )
    yield f"<title>{content(said)}</title>"
    yield f'<rect class="erd-box" width="{number_text(wide)}" height="{high}" rx="{CORNER}"/>'
    yield (
        f'<path class="erd-head" d="M.5 {HEAD}V{CORNER}a5.5 5.5 0 0 1 5.5 -5.5'
        f'H{number_text(wide - 6)}a5.5 5.5 0 0 1 5.5 5.5V{HEAD}z"/>'
    )
    yield f'<path class="erd-under" d="M.5 {HEAD}.5h{number_text(wide - 1)}"/>'
    yield f'<text class="erd-name" x="12" y="22">{content(name)}</text>'
    for row, column in enumerate(table.columns):
        yield from _column(column, row, wide)
    yield "</g>"


def _column(column: Column, row: int, wide: float) -> Iterator[str]:
    y = row_height(row)
    kind = cut(type_text(column), wide * TYPE_SHARE, TYPE_SIZE, is_mono=True)
    room = wide - GUTTER - 22 - width(kind, TYPE_SIZE, is_mono=True)
    name = cut(column.name, room, NAME_SIZE)
    yield f"<g data-column={attribute(column.name)}><title>{content(_said(column))}</title>"
    if row:
        edge = number_text(y - ROW / 2)
        yield f'<path class="erd-rule" d="M1 {edge}h{number_text(wide - 2)}"/>'
    yield from _marks(column.marks, y)
    css = "" if column.is_required else ' class="erd-optional"'
    yield f'<text{css} x="{GUTTER}" y="{number_text(y + 4.5)}">{content(name)}</text>'
    yield (
        f'<text class="erd-type" text-anchor="end" x="{number_text(wide - 12)}" '
        f'y="{number_text(y + 4)}">{content(kind)}</text></g>'
    )


def _said(column: Column) -> str:
    """Return what a column says when it is pointed at."""
    said = [f"{column.name} {type_text(column)}".strip()]
    said += [f"default {column.default}"] if column.default else []
    said += [f"= {column.generated}"] if column.generated else []
    said += [column.comment] if column.comment else []
    return " · ".join(said)


def _marks(marks: Sequence[Mark], y: float) -> Iterator[str]:
    for number, mark in enumerate(marks[:MARKS]):
        x = number_text(12 + MARK_STEP * number)
        css = f"erd-mark erd-{mark.value.lower()}"
        yield f'<text class="{css}" x="{x}" y="{number_text(y + 3.5)}">{mark.value}</text>'
