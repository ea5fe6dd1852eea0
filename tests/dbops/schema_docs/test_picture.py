"""The picture of a schema: all of it is there, nothing covers anything, and no line is lost."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given, settings

from bacowr.dbops.schema.chart import chart_of
from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.svg import stylesheet, svg
from tests.dbops.schema_docs.drawn import SVG, Picture, schema, schemas, table

SHAPES = {
    "nothing": schema(),
    "one": schema(table("a")),
    "a chain": schema(table("a"), table("b", "x->a"), table("c", "x->b"), table("d", "x->c")),
    "over three layers": schema(
        table("a"), table("b", "x->a"), table("c", "x->b"), table("d", "x->c", "y->a", "z->b")
    ),
    "itself": schema(table("a", "m", "boss->a", "n", "deputy->a"), table("b", "x->a")),
    "a circle": schema(table("a", "x->c"), table("b", "x->a"), table("c", "x->b", "y->a")),
    "two ways": schema(table("a", "x->b"), table("b", "x->a")),
    "twice the same": schema(table("a"), table("b", "x->a", "y->a", "z->a")),
    "a hub": schema(table("a"), *(table(f"t{n}", "x", "a->a") for n in range(14))),
    "alone": schema(*(table(f"t{n}", *"xyz"[: n % 4]) for n in range(9))),
    "a long one": schema(
        table("a", *(f"c{n}" for n in range(80))), table("b", "x->a"), table("c", "x->b", "y->a")
    ),
    "two families": schema(
        table("a"), table("b", "x->a"), table("m"), table("n", "x->m"), table("o", "x->m", "y->n")
    ),
}


def random_schema(seed: int, size: int) -> Schema:
    chance = random.Random(seed)
    tables = []
    for number in range(size):
        columns = [f"c{n}" for n in range(chance.choice([1, 2, 5, 12]))]
        for n in range(chance.choice([0, 1, 1, 2, 3])):
            backward = chance.random() < 0.1
            parent = chance.randrange(size) if backward else chance.randrange(number + 1)
            columns.append(f"r{n}->t{parent}")
        tables.append(table(f"t{number}", *columns))
    return schema(*tables)


def check(given: Schema) -> Picture:
    """Check what is so of every picture."""
    picture = Picture.of(svg(given))
    chart = chart_of(given)
    assert sorted(one.name for one in picture.boxes) == sorted(one.name for one in chart.tables)
    wanted = sorted((one.child, one.parent) for one in chart.references)
    assert sorted((one.child, one.parent) for one in picture.runs) == wanted
    wide, high = picture.size
    for box in picture.boxes:
        assert 0 <= box.left < box.right <= wide
        assert 0 <= box.top < box.bottom <= high
    for one, other in combinations(picture.boxes, 2):
        assert not one.overlaps(other), (one, other)
    boxes = {one.name: one for one in picture.boxes}
    for run in picture.runs:
        for piece in run.pieces:
            assert abs(piece[0][0] - piece[1][0]) < 0.2 or abs(piece[0][1] - piece[1][1]) < 0.3
            crossed = [one for one in picture.boxes if one.is_crossed(*piece)]
            assert not crossed, (run, piece, crossed)
            assert all(0 < x < wide and 0 < y < high for x, y in piece)
        for name, (x, y) in ((run.child, run.points[0]), (run.parent, run.points[-1])):
            box = boxes[name]
            assert min(abs(x - box.left), abs(x - box.right)) < 0.2
            assert box.top < y < box.bottom
    return picture


@pytest.mark.parametrize("given", SHAPES.values(), ids=SHAPES.keys())
def test_nothing_covers_anything(given: Schema) -> None:
    check(given)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_covers_anything_in_a_tangle(seed: int) -> None:
    given = random_schema(seed, 5 + seed * 4)
    check(given)
    assert svg(given) == svg(given)


@pytest.mark.long
def test_nothing_covers_anything_in_many_tangles() -> None:
    sizes = [(seed, 3 + seed % 57) for seed in range(120)]
    for seed, size in sizes:
        check(random_schema(seed, size))
    print(f"pictures without a fault: {len(sizes)}")  # noqa: T201 - The count.


def test_lines_of_different_references_never_lie_on_one_another() -> None:
    runs = [run for seed in range(4) for run in check(random_schema(seed, 9)).runs]
    assert runs
    for shape in SHAPES.values():
        for one, other in combinations(check(shape).runs, 2):
            if one.points[-1] == other.points[-1] or one.points[0] == other.points[0]:
                continue
            for (a, b), (c, d) in ((p, q) for p in one.pieces for q in other.pieces):
                upright = a[0] == b[0] == c[0] == d[0]
                covers = upright and max(min(a[1], b[1]), min(c[1], d[1])) < min(
                    max(a[1], b[1]), max(c[1], d[1])
                )
                assert not covers, (one, other)


def test_a_tree_of_references_has_no_crossings() -> None:
    tree = schema(
        table("a"),
        *(table(f"b{n}", "x->a") for n in range(3)),
        *(table(f"c{n}", f"x->b{n % 3}") for n in range(6)),
    )
    pieces = [(run.parent, piece) for run in check(tree).runs for piece in run.pieces]
    for (one, (a, b)), (other, (c, d)) in combinations(pieces, 2):
        if one == other:
            continue
        flat, tall = ((a, b), (c, d)) if a[1] == b[1] else ((c, d), (a, b))
        crosses = min(flat[0][0], flat[1][0]) < tall[0][0] < max(flat[0][0], flat[1][0]) and min(
            tall[0][1], tall[1][1]
        ) < flat[0][1] < max(tall[0][1], tall[1][1])
        assert not crosses, (one, other)


@settings(max_examples=40)
@given(schemas())
def test_any_schema_can_be_drawn(given: Schema) -> None:
    text = svg(given)
    picture = Picture.of(text)
    names = {one.name for one in chart_of(given).tables}
    assert len(picture.groups("erd-table")) == len(chart_of(given).tables)
    assert len(picture.groups("erd-reference")) == len(chart_of(given).references)
    if all(name.isprintable() for name in names):
        assert {one.name for one in picture.boxes} == names
    identities = [one.get("id") for one in picture.groups("erd-table")]
    assert len(identities) == len(set(identities))
    for one, other in combinations(picture.boxes, 2):
        assert not one.overlaps(other)


def test_a_picture_can_be_searched_selected_and_has_no_script() -> None:
    made = schema(table("people", "boss->people", comment="Who & <why>"), table("a b"))
    text = svg(made, title="Ours")
    picture = Picture.of(text)
    assert {one.get("id") for one in picture.groups("erd-table")} == {
        "table-people",
        "table-a.20.b",
    }
    words = [one.text for one in picture.root.iter(f"{SVG}text")]
    assert {"people", "boss", "TEXT?", "INTEGER", "PK", "FK"} <= set(words)
    titles = [one.text for one in picture.root.iter(f"{SVG}title")]
    assert "Ours" in titles
    assert "people: Who & <why>" in titles
    assert "people.boss → people.id" in titles
    columns = [one.get("data-column") for one in picture.root.iter(f"{SVG}g")]
    assert "boss" in columns
    assert "<script" not in text
    assert not [name for one in picture.root.iter() for name in one.attrib if name.startswith("on")]


def test_a_picture_is_light_and_dark_and_takes_a_pages_style() -> None:
    whole = svg(schema(table("a")))
    assert "prefers-color-scheme:dark" in whole
    assert '[data-bs-theme="dark"] .erd' in whole
    bare = svg(schema(table("a")), has_style=False)
    assert "<style" not in bare
    assert "style=" not in bare
    used = {css for one in Picture.of(bare).root.iter() for css in one.get("class", "").split()}
    assert {css for css in used if f".{css}" not in stylesheet()} <= set()


def test_marks_tell_keys_and_how_many() -> None:
    items = [
        *table("a"),
        *table("b", "only->a", "many->a"),
        Item(Kind.INDEX, "ix", "b", {"unique": "yes", "keys": "only"}),
        Item(Kind.INDEX, "part", "b", {"unique": "yes", "keys": "many", "where": "many > 1"}),
    ]
    chart = chart_of(schema(items))
    assert [(one.columns, one.is_single) for one in chart.references] == [
        (("only",), True),
        (("many",), False),
    ]
    marks = {one.name: one.marks for one in chart.tables[1].columns}
    assert marks == {"id": ("PK",), "only": ("FK", "U"), "many": ("FK",)}
    ends = [
        one.findall(f"{SVG}path")[2].get("d", "")
        for one in Picture.of(svg(schema(items))).groups("erd-reference")
    ]
    assert ["V" in end for end in ends] == [True, False]


def test_a_reference_to_what_is_not_there_draws_no_line() -> None:
    chart = chart_of(schema(table("a", "x->gone")))
    assert chart.references == ()
