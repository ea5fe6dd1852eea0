"""Schemas made by hand, and what a picture of one says, read back from its SVG."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import strategies as st

from bacowr.dbops.schema.model import Item, Kind, Schema

SVG = "{http://www.w3.org/2000/svg}"
Point = tuple[float, float]


def table(name: str, *columns: str, **facts: str) -> list[Item]:
    """A table with a key `id` and these columns; `a->b` is a reference, `a=>b` the only one."""
    items = [
        Item(Kind.TABLE, name, "", facts),
        Item(Kind.COLUMN, "id", name, {"type": "INTEGER", "not null": "yes"}),
        Item(Kind.PRIMARY_KEY, f"pk_{name}", name, {"columns": "id"}),
    ]
    for written in columns:
        column, _, parent = written.partition("->")
        items.append(Item(Kind.COLUMN, column.strip("="), name, {"type": "TEXT"}))
        if parent:
            told = {"columns": column, "references": f"{parent} (id)"}
            items.append(Item(Kind.FOREIGN_KEY, f"fk_{name}_{column}", name, told))
    return items


def schema(*tables: list[Item], dialect: str = "sqlite") -> Schema:
    return Schema(dialect, tuple(item for one in tables for item in one))


names = st.text(min_size=1, max_size=8) | st.sampled_from(
    [
        'a"b',
        "a, b",
        "größe",
        "注文",
        "x" * 70,
        "<&>'",
        "one",
        "a%b\\c",
        "line\nend",
        "PK",
        "a|b",
        "`",
    ]
)


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """Tables of any names, with references wherever they may lead."""
    tables = draw(st.lists(names, min_size=0, max_size=6, unique_by=str.lower))
    items: list[Item] = []
    for name in tables:
        items.append(Item(Kind.TABLE, name, "", draw(comments)))
        columns = draw(st.lists(names, min_size=0, max_size=5, unique_by=str.lower))
        for column in columns:
            facts = {"type": draw(st.sampled_from(["TEXT", "NUMERIC(10, 2)", "a b", "", "[x]"]))}
            facts |= draw(st.sampled_from([{}, {"not null": "yes"}, {"default": "'`|`'"}]))
            items.append(Item(Kind.COLUMN, column, name, {**facts, **draw(comments)}))
        if columns:
            told = {"columns": ", ".join(draw(st.lists(st.sampled_from(columns), max_size=2)))}
            items.append(Item(draw(st.sampled_from(KEYS)), "", name, told))
            parent = draw(st.sampled_from(tables))
            told = {"columns": columns[0], "references": f"{parent} (id)"}
            items.append(Item(Kind.FOREIGN_KEY, "fk", name, told))
        items.append(Item(Kind.CHECK, draw(names), name, {"expression": draw(names)}))
    items.append(Item(Kind.VIEW, draw(names), "", {"definition": draw(names)}))
    items.append(Item(Kind.ENUM, draw(names), "", {"values": "'a', 'b|c'"}))
    return Schema(draw(st.sampled_from(["sqlite", "postgresql"])), tuple(items))


KEYS = [Kind.PRIMARY_KEY, Kind.UNIQUE]
comments: st.SearchStrategy[dict[str, str]] = st.just({}) | names.map(
    lambda text: {"comment": text}
)


@dataclass(frozen=True)
class Box:
    """A table in the picture."""

    name: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def is_crossed(self, one: Point, other: Point) -> bool:
        """Tell whether a line runs through it, its edges aside."""
        return (
            max(one[0], other[0]) > self.left + 1
            and min(one[0], other[0]) < self.right - 1
            and max(one[1], other[1]) > self.top + 1
            and min(one[1], other[1]) < self.bottom - 1
        )


@dataclass(frozen=True)
class Run:
    """A reference in the picture: between which tables, and its corners."""

    child: str
    parent: str
    points: tuple[Point, ...]

    @property
    def pieces(self) -> list[tuple[Point, Point]]:
        return list(pairwise(self.points))


@dataclass(frozen=True)
class Picture:
    """What an SVG shows."""

    root: ET.Element

    @classmethod
    def of(cls, text: str) -> Picture:
        return cls(ET.fromstring(text))

    def groups(self, css: str) -> list[ET.Element]:
        return [one for one in self.root.iter(f"{SVG}g") if one.get("class") == css]

    @property
    def size(self) -> tuple[float, float]:
        return float(self.root.get("width", "0")), float(self.root.get("height", "0"))

    @property
    def boxes(self) -> list[Box]:
        found = []
        for group in self.groups("erd-table"):
            at = re.findall(r"[-\d.]+", group.get("transform", ""))
            rect: Any = group.find(f"{SVG}rect")
            left, top = float(at[0]), float(at[1])
            right, bottom = left + float(rect.get("width")), top + float(rect.get("height"))
            found.append(Box(group.get("data-table", ""), left, top, right, bottom))
        return found

    @property
    def runs(self) -> list[Run]:
        return [
            Run(group.get("data-from", ""), group.get("data-to", ""), _corners(group))
            for group in self.groups("erd-reference")
        ]


def _corners(group: ET.Element) -> tuple[Point, ...]:
    """Return a path's corners: where it begins and ends, and what its curves round off."""
    path = group.findall(f"{SVG}path")[0].get("d", "")
    numbers = r"([-\d.]+) ([-\d.]+)"
    start = re.match(rf"M{numbers}", path)
    end = re.search(rf"L{numbers}\Z", path)
    assert start is not None
    assert end is not None
    curves = re.findall(rf"Q{numbers} {numbers}", path)
    middle = [(float(one[0]), float(one[1])) for one in curves]
    first = float(start[1]), float(start[2])
    return (first, *middle, (float(end[1]), float(end[2])))
