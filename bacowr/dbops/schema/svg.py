"""A schema as a picture."""

from __future__ import annotations

from bacowr.dbops.schema.chart import chart_of
from bacowr.dbops.schema.model import Schema
from bacowr.dbops.schema.picture.drawing import draw
from bacowr.dbops.schema.picture.style import stylesheet

__all__ = ["stylesheet", "svg"]


def svg(schema: Schema, *, title: str = "Database schema", has_style: bool = True) -> str:
    """Return an entity-relationship diagram as SVG, light or dark as its reader likes it.

    Each table is a group with an id and `data-table`, each column one with `data-column`, each
    reference one with `data-from` and `data-to`. A page that may not hold styles takes it
    without, and brings `stylesheet()` in a file.
    """
    return draw(chart_of(schema), title=title, has_style=has_style)
