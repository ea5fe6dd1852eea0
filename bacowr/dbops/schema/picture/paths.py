"""The lines of a diagram as SVG paths: right angles with round corners, and a mark at the child."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bacowr.dbops.schema.chart import Chart, Reference
from bacowr.dbops.schema.picture.layers import Line, Net, right_end
from bacowr.dbops.schema.picture.plan import PAGE, Plan, line_of
from bacowr.dbops.schema.picture.routing import MARGIN, TRACK, come_in
from bacowr.dbops.schema.picture.texts import attribute, content, number_text

CORNER = 6
FOOT_LENGTH, FOOT_WIDTH = 10, 5
BAR = 7
NOTHING = 0.05
Point = tuple[float, float]


def draw_reference(one: Reference, chart: Chart, plan: Plan) -> Iterator[str]:
    """Yield the elements of one line, with a wider one that a pointer can find."""
    points = _path(line_of(one, chart), plan)
    drawn = _rounded(points)
    x, y = points[-1]
    yield (
        f'<g class="erd-reference" data-from={attribute(one.child)} '
        f"data-to={attribute(one.parent)}><title>{content(one.to_text())}</title>"
    )
    yield f'<path class="erd-hand" d="{drawn}"/><path class="erd-line" d="{drawn}"/>'
    yield f'<path class="erd-line" d="{_child_end(points, is_single=one.is_single)}"/>'
    yield f'<circle class="erd-dot" cx="{number_text(x)}" cy="{number_text(y)}" r="3"/></g>'


def _path(line: Line, plan: Plan) -> list[Point]:
    """Return the corners of a line, from its child to its parent."""
    forward = Net(line.parent, line.parent_row)
    is_forward = line in plan.layers.nets.get(forward, [])
    net = forward if is_forward else Net(line.child, line.child_row, is_backward=True)
    if line.child == line.parent:
        return _loop(line, net, plan)
    first = plan.layers.layer_of[net.table]
    end_table, end_row = right_end(net, line)
    last = plan.layers.layer_of[end_table]
    left, _, wide = plan.box(net.table)
    points: list[Point] = [(left + wide, PAGE + plan.gaps.port(net.table, net.row))]
    for number in range(first, last):
        y = PAGE + come_in(plan.gaps, net, number)
        x = _track(plan, net, number)
        after = (
            plan.gaps.port(end_table, end_row)
            if number == last - 1
            else come_in(plan.gaps, net, number + 1)
        )
        points += [(x, y), (x, PAGE + after)]
    points.append((plan.lefts[last], points[-1][1]))
    return points[::-1] if is_forward else points


def _loop(line: Line, net: Net, plan: Plan) -> list[Point]:
    left, _, wide = plan.box(line.child)
    x = _track(plan, net, plan.layers.layer_of[line.child])
    child = PAGE + plan.gaps.port(line.child, line.child_row)
    parent = PAGE + plan.gaps.port(line.parent, line.parent_row)
    return [(left + wide, child), (x, child), (x, parent), (left + wide, parent)]


def _track(plan: Plan, net: Net, layer: int) -> float:
    stretch = plan.gaps.stretches[layer][net]
    return plan.lefts[layer] + plan.widths[layer] + MARGIN + TRACK * stretch.track


def _rounded(points: Sequence[Point]) -> str:
    """Return a path through the points with round corners."""
    corners = [points[0]]
    for point in points[1:]:
        if abs(point[0] - corners[-1][0]) + abs(point[1] - corners[-1][1]) > NOTHING:
            corners.append(point)
    parts = [f"M{_at(corners[0])}"]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        radius = min(CORNER, _distance(before, corner) / 2, _distance(corner, after) / 2)
        parts.append(f"L{_at(_toward(corner, before, radius))}")
        parts.append(f"Q{_at(corner)} {_at(_toward(corner, after, radius))}")
    parts.append(f"L{_at(corners[-1])}")
    return "".join(parts)


def _child_end(points: Sequence[Point], *, is_single: bool) -> str:
    """Return the mark at a child: a crow's foot for many, a bar for one at most."""
    x, y = points[0]
    side = 1 if points[1][0] > x else -1
    if is_single:
        bar = (x + side * BAR, y - FOOT_WIDTH)
        return f"M{_at(bar)}V{number_text(y + FOOT_WIDTH)}"
    tip = (x + side * FOOT_LENGTH, y)
    return f"M{_at((x, y - FOOT_WIDTH))}L{_at(tip)}L{_at((x, y + FOOT_WIDTH))}"


def _toward(start: Point, end: Point, length: float) -> Point:
    whole = _distance(start, end)
    share = length / whole if whole else 0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _distance(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _at(point: Point) -> str:
    return f"{number_text(point[0])} {number_text(point[1])}"
