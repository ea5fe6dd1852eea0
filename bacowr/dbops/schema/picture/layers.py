"""Which table stands in which layer of a diagram, and in which order: what is referred to is left.

The method is Sugiyama's: break circles, layer by the longest path, lead long lines through the
layers between by bends, and order each layer by where its neighbors are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SWEEPS = 12
MOST_SWAPPED = 60


@dataclass(frozen=True)
class Line:
    """A reference between two tables: from a row of one to a row of the other."""

    child: str
    child_row: int
    parent: str
    parent_row: int


@dataclass(frozen=True)
class Net:
    """Lines that begin at one row of the table on the left, and are drawn as one tree.

    For lines that go the usual way that is the row referred to; a line against it, which
    closes a circle, begins at its child.
    """

    table: str
    row: int
    is_backward: bool = False


@dataclass(frozen=True)
class Bend:
    """Where a net passes through a layer it has no business in."""

    net: Net
    layer: int


Node = str | Bend


@dataclass
class Layers:
    """Tables and bends by layer, each layer from its top."""

    order: list[list[Node]]
    nets: dict[Net, list[Line]]
    layer_of: dict[str, int]
    links: dict[Node, list[tuple[Node, float, float]]] = field(default_factory=dict)
    """By node on the left: the node on the right, and at which share of each height they meet."""
    backs: dict[Node, list[tuple[Node, float, float]]] = field(default_factory=dict)
    """The same by node on the right."""

    def link(self, left: Node, right: Node, at_left: float, at_right: float) -> None:
        """Note that something connects two nodes of adjacent layers."""
        self.links.setdefault(left, []).append((right, at_left, at_right))
        self.backs.setdefault(right, []).append((left, at_right, at_left))


def arrange(rows: Mapping[str, int], lines: Sequence[Line], room: int) -> Layers:
    """Return tables, given with their number of rows, in layers of about `room` rows at most."""
    names = sorted(rows)
    others = [line for line in lines if line.child != line.parent]
    backward = _closing(names, others)
    layer_of = _ranks(rows, others, backward, room)
    nets = _nets(lines, backward)
    layers = Layers([[] for _ in range(max(layer_of.values(), default=-1) + 1)], nets, layer_of)
    _link(layers, rows)
    _fill(layers, names)
    _untangle(layers)
    return layers


def _closing(names: Iterable[str], lines: Iterable[Line]) -> set[Line]:
    """Return the lines that close a circle, by a walk in depth."""
    below: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        below[line.child].append(line)
    state: dict[str, int] = {}
    closing: set[Line] = set()
    for name in names:
        stack = [(name, iter(below[name]))] if name not in state else []
        state.setdefault(name, 1)
        while stack:
            at, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[at] = 2
                stack.pop()
            elif state.get(following.parent) == 1:
                closing.add(following)
            elif following.parent not in state:
                state[following.parent] = 1
                stack.append((following.parent, iter(below[following.parent])))
    return closing


def _ranks(
    rows: Mapping[str, int], lines: Iterable[Line], backward: set[Line], room: int
) -> dict[str, int]:
    """Give each table a layer right of all it refers to, in a layer that has room for it."""
    lefts: dict[str, set[str]] = {name: set() for name in rows}
    for line in lines:
        left, right = (line.child, line.parent) if line in backward else (line.parent, line.child)
        lefts[right].add(left)
    tied = {name for name in rows if lefts[name]} | set().union(*lefts.values())
    filled: dict[int, int] = defaultdict(int)
    ranks: dict[str, int] = {}
    waiting = sorted(tied)
    while waiting:
        ready = [name for name in waiting if lefts[name] <= set(ranks)]
        for name in sorted(ready, key=lambda one: (-rows[one], one)):
            rank = 1 + max((ranks[one] for one in lefts[name]), default=-1)
            while filled[rank] and filled[rank] + rows[name] > room:
                rank += 1
            ranks[name] = rank
            filled[rank] += rows[name]
        waiting = [name for name in waiting if name not in ranks]
    for name in sorted(set(rows) - tied, key=lambda one: (-rows[one], one)):
        rank = min(range(len(filled)), key=lambda one: (filled[one], one), default=0)
        if filled[rank] and filled[rank] + rows[name] > room:
            rank = len(filled)
        ranks[name] = rank
        filled[rank] += rows[name]
    return _pulled_right(ranks, lefts)


def _pulled_right(ranks: dict[str, int], lefts: Mapping[str, set[str]]) -> dict[str, int]:
    """Move a table that refers to nothing next to the first that refers to it."""
    for name in sorted(ranks):
        rights = [ranks[one] for one in ranks if name in lefts[one]]
        if rights and not lefts[name]:
            ranks[name] = min(rights) - 1
    used = sorted(set(ranks.values()))
    return {name: used.index(rank) for name, rank in ranks.items()}


def _nets(lines: Iterable[Line], backward: set[Line]) -> dict[Net, list[Line]]:
    nets: dict[Net, list[Line]] = defaultdict(list)
    for line in lines:
        if line in backward:
            nets[Net(line.child, line.child_row, is_backward=True)].append(line)
        else:
            nets[Net(line.parent, line.parent_row)].append(line)
    return dict(nets)


def right_end(net: Net, line: Line) -> tuple[str, int]:
    """Return the table and row at which a line of a net ends on the right."""
    return (line.parent, line.parent_row) if net.is_backward else (line.child, line.child_row)


def _link(layers: Layers, rows: Mapping[str, int]) -> None:
    """Connect the nodes of adjacent layers; a net that goes further gets its bends."""
    for net, lines in layers.nets.items():
        first = layers.layer_of[net.table]
        ends = {right_end(net, line) for line in lines if line.child != line.parent}
        last = max((layers.layer_of[table] for table, _ in ends), default=first)
        chain: list[Node] = [net.table, *(Bend(net, n) for n in range(first + 1, last))]
        starts = [(net.row + 0.5) / rows[net.table], *(0.5 for _ in chain[1:])]
        for number, (left, right) in enumerate(pairwise(chain)):
            layers.link(left, right, starts[number], 0.5)
        for table, row in sorted(ends):
            at = layers.layer_of[table] - first - 1
            layers.link(chain[at], table, starts[at], (row + 0.5) / rows[table])


def _fill(layers: Layers, names: Sequence[str]) -> None:
    """Put every node into its layer, those that belong together one after the other."""
    seen: set[Node] = set()
    starts = sorted(names, key=lambda one: (one not in layers.links, layers.layer_of[one], one))
    for start in starts:
        stack: list[Node] = [start]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            layer = node.layer if isinstance(node, Bend) else layers.layer_of[node]
            layers.order[layer].append(node)
            stack.extend(right for right, _, _ in reversed(layers.links.get(node, [])))


def _untangle(layers: Layers) -> None:
    """Order each layer by its neighbors, to and fro, and keep the order with fewest crossings."""
    best, fewest = [list(layer) for layer in layers.order], _crossings(layers)
    for sweep in range(SWEEPS):
        _sweep(layers, from_left=sweep % 2 == 0)
        _swap_neighbors(layers)
        found = _crossings(layers)
        if found < fewest:
            best, fewest = [list(layer) for layer in layers.order], found
    layers.order = best


def _sweep(layers: Layers, *, from_left: bool) -> None:
    """Sort each layer by the means of its neighbors' places in the layer before."""
    step = 1 if from_left else -1
    links = layers.backs if from_left else layers.links
    for number in range(len(layers.order))[::step]:
        before = number - step
        there = layers.order[before] if 0 <= before < len(layers.order) else []
        places = {node: place for place, node in enumerate(there)}
        pulls = {
            node: [places[other] + at for other, _, at in links.get(node, []) if other in places]
            for node in layers.order[number]
        }
        if there:
            _order_by(layers.order[number], pulls)


def _order_by(layer: list[Node], pulls: Mapping[Node, list[float]]) -> None:
    """Sort by the mean of the pulls; what nothing pulls goes to the end, in its old order."""

    def key(node: Node) -> tuple[bool, float]:
        pulled = pulls[node]
        return (not pulled, sum(pulled) / len(pulled) if pulled else 0.0)

    layer.sort(key=key)


def _swap_neighbors(layers: Layers) -> None:
    """Swap two nodes that stand one above the other wherever that saves a crossing."""
    for number, layer in enumerate(layers.order):
        for place in range(len(layer) - 1 if len(layer) <= MOST_SWAPPED else 0):
            before = _around(layers, number)
            layer[place], layer[place + 1] = layer[place + 1], layer[place]
            if _around(layers, number) >= before:
                layer[place], layer[place + 1] = layer[place + 1], layer[place]


def _around(layers: Layers, number: int) -> int:
    return _crossings_right_of(layers, number) + (
        _crossings_right_of(layers, number - 1) if number else 0
    )


def _crossings(layers: Layers) -> int:
    return sum(_crossings_right_of(layers, number) for number in range(len(layers.order)))


def _crossings_right_of(layers: Layers, number: int) -> int:
    """Count the links between a layer and the next that cross."""
    if number + 1 >= len(layers.order):
        return 0
    ends = {node: place for place, node in enumerate(layers.order[number + 1])}
    spans = [
        (place + at_left, ends[right] + at_right)
        for place, node in enumerate(layers.order[number])
        for right, at_left, at_right in layers.links.get(node, [])
    ]
    spans.sort()
    return sum(
        spans[i][0] < spans[j][0] and spans[i][1] > spans[j][1]
        for i in range(len(spans))
        for j in range(i + 1, len(spans))
    )
