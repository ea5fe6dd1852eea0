"""A schema as a Mermaid `erDiagram`, which GitHub and many editors draw."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bacowr.dbops.schema.chart import Chart, Column, Reference, Table, chart_of
from bacowr.dbops.schema.model import Schema

# From the lexer of Mermaid's erDiagram, which takes the first rule that fits, not the longest.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_NOT_IN_WORD = re.compile(r"[^A-Za-z0-9_\-()\[\]\u00c0-\u00d6\u00d8-\u02af\u0370-\u1fff]+")
_NOT_IN_NAME = re.compile(r"[\"%\\\x00-\x1f\x7f\x85\u2028\u2029]+")
_LETTER = re.compile(r"[A-Za-z_\u00c0-\u00d6\u00d8-\u02af\u0370-\u1fff]")
_MARK = re.compile(r"(?i)(?:pk|fk|uk)\b")
_DIRECTION = re.compile(r"(?i)direction\s+(?=tb|bt|rl|lr)")
_RESERVED = frozenset(
    "acctitle accdescr class classdef erdiagram many one style title to u".split()  # noqa: SIM905 - Read as a list of words.
)
MARKS = {"PK": "PK", "FK": "FK", "U": "UK"}


def mermaid(schema: Schema) -> str:
    """Return the text of the diagram, without the fence around it.

    Mermaid's grammar wants a type and a column's name to be one word, and a table's name without
    `"`, `%`, backslash and line ends; what it can't hold stands as `_`.
    """
    return "\n".join(_lines(chart_of(schema))) + "\n"


def _lines(chart: Chart) -> Iterator[str]:
    yield "erDiagram"
    names = _entities(chart)
    for table in chart.tables:
        yield from _entity(table, names[table.name])
    for one in chart.references:
        yield f"    {_relation(one, names)}"


def _entities(chart: Chart) -> dict[str, str]:
    """Return how each table is called in the diagram; different ones stay different."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for table in chart.tables:
        plain = _text(table.name) or "_"
        name, number = plain, 1
        while name in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name)
        is_word = _PLAIN.match(name) and name.lower() not in _RESERVED
        names[table.name] = name if is_word else f'"{name}"'
    return names


def _entity(table: Table, name: str) -> Iterator[str]:
    if not table.columns:
        yield f"    {name}"
        return
    yield f"    {name} {{"
    for column in table.columns:
        yield f"        {_attribute(column)}"
    yield "    }"


def _attribute(column: Column) -> str:
    words = [_word(column.type or "any"), _word(column.name)]
    if column.marks:
        words.append(", ".join(MARKS[mark] for mark in column.marks))
    comment = _comment(column)
    return " ".join([*words, *([f'"{comment}"'] if comment else [])])


def _word(text: str) -> str:
    """Return a text as one word that isn't taken for a mark."""
    word = _NOT_IN_WORD.sub("_", text)
    return word if _LETTER.match(word) and not _MARK.match(word) else f"_{word}"


def _text(text: str) -> str:
    """Return a text as it may stand in quotes."""
    return _DIRECTION.sub("direction_", _NOT_IN_NAME.sub("_", text))


def _comment(column: Column) -> str:
    """Return what stands behind a column: what its name lost, that it may be null, its comment."""
    lost = column.name if _word(column.name) != column.name else ""
    said = [lost, column.comment, "" if column.is_required else "may be NULL"]
    text = "; ".join(one.rstrip(".") for one in said if one)
    return " ".join(_NOT_IN_NAME.sub("'", text).split())


def _relation(one: Reference, names: dict[str, str]) -> str:
    parent = "|o" if one.is_optional else "||"
    child = "o|" if one.is_single else "o{"
    label = _text(", ".join(one.columns))
    return f'{names[one.parent]} {parent}--{child} {names[one.child]} : "{label}"'
