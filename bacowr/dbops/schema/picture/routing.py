"""Where the lines of a diagram run: across a layer's gap each net has a vertical of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from bacowr.dbops.schema.picture.layers import Bend, Layers, Line, Net, Node, right_end
from bacowr.dbops.schema.picture.placing import row_height

TRACK = 12
MARGIN = 26
CLOSE = 3.0
STRAIGHT = 0.2
SWAPS = 40
HIGH_COST = 20


@dataclass
class Stretch:
    """A net in one gap between layers: the heights at which it comes in, and goes out."""

    net: Net
    lefts: list[float] = field(default_factory=list)
    rights: list[float] = field(default_factory=list)
    track: int = 0

    @property
    def span(self) -> tuple[float, float]:
        """Return where its vertical begins and ends."""
        heights = [*self.lefts, *self.rights]
        return min(heights), max(heights)

    @property
    def is_straight(self) -> bool:
        """Tell whether it needs no vertical at all."""
        top, bottom = self.span
        return bottom - top < STRAIGHT and bool(self.rights)


@dataclass
class Gaps:
    """All stretches by the layer they are right of."""

    stretches: list[dict[Net, Stretch]]
    tops: dict[Node, float]
    layer_of: dict[str, int]

    def width(self, layer: int) -> int:
        """Return how wide the gap right of a layer has to be."""
        tracks = [one.track for one in self.stretches[layer].values() if not one.is_straight]
        return 2 * MARGIN + TRACK * max(tracks, default=-1) + (TRACK if tracks else 0)

    def port(self, table: str, row: int) -> float:
        """Return the height of a row in the picture."""
        return self.tops[table] + row_height(row)


def route(layers: Layers, tops: dict[Node, float]) -> Gaps:
    """Give every net a track in every gap that it crosses."""
    gaps = Gaps([{} for _ in layers.order], tops, layers.layer_of)
    for net, lines in layers.nets.items():
        _lay(gaps, net, lines)
    for stretches in gaps.stretches:
        _assign_tracks([one for one in stretches.values() if not one.is_straight])
    return gaps


def _lay(gaps: Gaps, net: Net, lines: list[Line]) -> None:
    first = gaps.layer_of[net.table]
    for line in lines:
        if line.child == line.parent:
            stretch = gaps.stretches[first].setdefault(net, Stretch(net))
            stretch.lefts += [gaps.port(line.child, line.child_row), gaps.port(net.table, net.row)]
            continue
        table, row = right_end(net, line)
        last = gaps.layer_of[table] - 1
        for number in range(first, last + 1):
            stretch = gaps.stretches[number].setdefault(net, Stretch(net))
            stretch.lefts.append(come_in(gaps, net, number))
            ends = number == last
            stretch.rights.append(
                gaps.port(table, row) if ends else gaps.tops[Bend(net, number + 1)]
            )


def come_in(gaps: Gaps, net: Net, layer: int) -> float:
    """Return the height at which a net enters the gap right of a layer."""
    if layer == gaps.layer_of[net.table]:
        return gaps.port(net.table, net.row)
    return gaps.tops[Bend(net, layer)]


def _assign_tracks(stretches: list[Stretch]) -> None:
    """Order the verticals so that few lines cross, then move each as far left as is free."""
    order = sorted(stretches, key=lambda one: (min(one.lefts), one.span, str(one.net)))
    for _ in range(min(SWAPS, len(order))):
        swapped = False
        for place in range(len(order) - 1):
            a, b = order[place], order[place + 1]
            if _cost(b, a) < _cost(a, b):
                order[place], order[place + 1] = b, a
                swapped = True
        if not swapped:
            break
    for place, one in enumerate(order):
        others = [other.track + 1 for other in order[:place] if _overlap(one, other)]
        one.track = max(others, default=0)


def _overlap(one: Stretch, other: Stretch) -> bool:
    return one.span[0] <= other.span[1] + 2 * CLOSE and other.span[0] <= one.span[1] + 2 * CLOSE


def _cost(left: Stretch, right: Stretch) -> int:
    """Count what crosses when one vertical stands left of the other; overlaps cost more."""
    crossing = sum(left.span[0] < height < left.span[1] for height in set(right.lefts))
    crossing += sum(right.span[0] < height < right.span[1] for height in set(left.rights))
    lying = sum(abs(one - other) < CLOSE for one in set(left.rights) for other in set(right.lefts))
    return crossing + HIGH_COST * lying
