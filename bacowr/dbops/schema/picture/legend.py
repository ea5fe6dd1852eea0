"""The line below a diagram that explains its marks."""

from __future__ import annotations

from collections.abc import Iterator

from bacowr.dbops.schema.picture.texts import content, width

SIZE = 12
MARK_SIZE = 9
SPACE = 22
MARKS = (
    ("pk", "PK", "primary key"),
    ("fk", "FK", "foreign key"),
    ("u", "U", "unique"),
    ("optional", "?", "may be NULL"),
)
ENDS = (("M0 -9L10 -4L0 1M10 -4H18", "many rows"), ("M7 -9V1M0 -4H18", "one row at most"))


def draw_legend(left: float, y: float) -> Iterator[str]:
    """Yield the elements of the line."""
    x = left
    yield f'<g class="erd-legend" transform="translate(0 {y:.0f})">'
    for css, mark, said in MARKS:
        yield f'<text class="erd-mark erd-{css}" x="{x:.0f}">{mark}</text>'
        x += width(mark, MARK_SIZE) + 6
        yield f'<text x="{x:.0f}">{content(said)}</text>'
        x += width(said, SIZE) + SPACE
    for path, said in ENDS:
        yield f'<path class="erd-line" transform="translate({x:.0f} 0)" d="{path}"/>'
        x += 24
        yield f'<text x="{x:.0f}">{content(said)}</text>'
        x += width(said, SIZE) + SPACE
    yield "</g>"


def legend_width() -> int:
    """Return how wide the line is."""
    marks = sum(width(mark, MARK_SIZE) + 6 + width(said, SIZE) + SPACE for _, mark, said in MARKS)
    ends = sum(24 + width(said, SIZE) + SPACE for _, said in ENDS)
    return round(marks + ends - SPACE)
