"""How high each table of a diagram stands, so that lines run straight and nothing overlaps."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bacowr.dbops.schema.picture.layers import Bend, Layers, Node

HEAD = 34
ROW = 22
FOOT = 6
TABLE_GAP = 34
BEND_GAP = 12
NEAR = 14.0
NUDGE = 6.0
TOUCH = 8.0
SWEEPS = 8
SLACK = 1.06
NO_WEIGHT = 1e-6
FIRM = 4.0
"""How much more a bend wants to lie in one line with its neighbors than a table does."""


@dataclass(frozen=True)
class Pull:
    """A link as one of its nodes feels it: who pulls, from which height, at which own height."""

    node: Node
    there: float
    here: float


def height(node: Node, rows: int) -> float:
    """Return how high a node is."""
    return 0 if isinstance(node, Bend) else HEAD + ROW * rows + FOOT


def row_height(row: float) -> float:
    """Return how far below a table's top the middle of a row lies."""
    return HEAD + ROW * (row + 0.5)


def place(layers: Layers, rows: dict[str, int]) -> dict[Node, float]:
    """Return the top of every node, in a picture hardly higher than its fullest layer."""
    lefts, rights = _pulls(layers, rows)
    room = SLACK * max((_offsets(layer, rows)[-1] for layer in layers.order), default=0.0)
    places = Places(rows, room)
    for layer in layers.order:
        places.settle(layer, [0.0] * len(layer), [1.0] * len(layer))
    for sweep in range(SWEEPS):
        pulls, order = (lefts, layers.order) if sweep % 2 == 0 else (rights, layers.order[::-1])
        for layer in order:
            places.pull(layer, pulls)
    for layer in layers.order:
        places.pull(layer, {**rights, **lefts})
    for layer in layers.order:
        places.straighten(layer, {**rights, **lefts})
    top = min(places.tops.values(), default=0.0)
    return {node: round(at - top, 1) for node, at in places.tops.items()}


def _pulls(
    layers: Layers, rows: dict[str, int]
) -> tuple[dict[Node, list[Pull]], dict[Node, list[Pull]]]:
    """Return what pulls each node from the left, and what from the right."""
    lefts: dict[Node, list[Pull]] = defaultdict(list)
    rights: dict[Node, list[Pull]] = defaultdict(list)
    for left, links in layers.links.items():
        for right, at_left, at_right in links:
            here = _at(left, at_left, rows)
            there = _at(right, at_right, rows)
            lefts[right].append(Pull(left, here, there))
            rights[left].append(Pull(right, there, here))
    return dict(lefts), dict(rights)


def _at(node: Node, share: float, rows: dict[str, int]) -> float:
    return 0 if isinstance(node, Bend) else row_height(share * rows[node] - 0.5)


@dataclass
class Places:
    """The tops of the nodes while they are moved."""

    rows: dict[str, int]
    room: float
    tops: dict[Node, float] = field(default_factory=dict)

    def pull(self, layer: Sequence[Node], pulls: dict[Node, list[Pull]]) -> None:
        """Move the nodes of a layer to where they are pulled; what nothing pulls goes up."""
        wishes, weights = [], []
        for node in layer:
            wanted = self._wanted(node, pulls)
            wishes.append(wanted[(len(wanted) - 1) // 2] if wanted else 0.0)
            firm = FIRM if isinstance(node, Bend) else 1.0
            weights.append(firm if wanted else NO_WEIGHT)
        self.settle(layer, wishes, weights)

    def _wanted(self, node: Node, pulls: dict[Node, list[Pull]]) -> list[float]:
        return sorted(self.tops[one.node] + one.there - one.here for one in pulls.get(node, []))

    def settle(
        self, layer: Sequence[Node], wishes: Sequence[float], weights: Sequence[float]
    ) -> None:
        """Set tops as near to the wishes as order, distance and room allow.

        Without the distances that is a regression under order: neighbors that would overlap
        are pooled and take the mean of what they want.
        """
        offsets = _offsets(layer, self.rows)
        pools: list[tuple[float, float, int]] = []
        for wish, weight, offset in zip(wishes, weights, offsets, strict=False):
            pools.append((wish - offset, weight, 1))
            while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
                lower, upper = pools.pop(), pools.pop()
                total = upper[1] + lower[1]
                mean = (upper[0] * upper[1] + lower[0] * lower[1]) / total
                pools.append((mean, total, upper[2] + lower[2]))
        most = max(0.0, self.room - offsets[-1])
        shifts = [min(max(mean, 0.0), most) for mean, _, count in pools for _ in range(count)]
        for node, shift, offset in zip(layer, shifts, offsets, strict=False):
            self.tops[node] = shift + offset

    def straighten(self, layer: Sequence[Node], pulls: dict[Node, list[Pull]]) -> None:
        """Move a node by the little that makes a line straight, where there is room."""
        for place, node in enumerate(layer):
            limit = NEAR if isinstance(node, Bend) else NUDGE
            near = [one for one in self._wanted(node, pulls) if abs(one - self.tops[node]) < limit]
            if not near:
                continue
            above = self._bottom(layer[place - 1]) + TOUCH if place else -math.inf
            below = self.tops[layer[place + 1]] - TOUCH if layer[place + 1 :] else math.inf
            below -= height(node, self.rows.get(str(node), 0))
            wish = min(near, key=lambda one: abs(one - self.tops[node]))
            self.tops[node] = min(max(wish, above), below)

    def _bottom(self, node: Node) -> float:
        return self.tops[node] + height(node, self.rows.get(str(node), 0))


def _offsets(layer: Sequence[Node], rows: dict[str, int]) -> list[float]:
    """Return how far each node is from the first when they stand close; at last, the end."""
    offsets = [0.0]
    for place, node in enumerate(layer):
        gap = _gap(node, layer[place + 1]) if layer[place + 1 :] else 0.0
        offsets.append(offsets[-1] + height(node, rows.get(str(node), 0)) + gap)
    return offsets


def _gap(upper: Node, lower: Node) -> float:
    bends = isinstance(upper, Bend) + isinstance(lower, Bend)
    return (TABLE_GAP, TABLE_GAP / 2 + 4, BEND_GAP)[bends]
