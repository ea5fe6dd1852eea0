"""A schema as a page of Markdown: a diagram, then each table with all that belongs to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bacowr.dbops.schema.changes import WORDS
from bacowr.dbops.schema.chart import Chart, Column, Table, chart_of, rules_of
from bacowr.dbops.schema.difference import Change, Difference, facts_text
from bacowr.dbops.schema.mermaid import mermaid
from bacowr.dbops.schema.model import Item, Kind, Schema

DIALECTS = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
CONSTRAINTS = (Kind.PRIMARY_KEY, Kind.UNIQUE, Kind.FOREIGN_KEY, Kind.CHECK, Kind.EXCLUDE)
BESIDE = (Kind.INDEX, Kind.TRIGGER, Kind.POLICY)
ALONE = (Kind.EXTENSION, Kind.ENUM, Kind.DOMAIN, Kind.SEQUENCE, Kind.FUNCTION)
_SPECIAL = re.compile(r"([\\`*{}\[\]<>#|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_TICKS = re.compile("`+")


def markdown(schema: Schema, *, title: str = "Database", intro: str = "") -> str:
    """Return the page. It ends with a line end and holds no moment in time."""
    chart = chart_of(schema)
    blocks = [f"# {_text(title)}", *([intro.strip()] if intro else [])]
    blocks.append(_summary(schema, chart, title))
    if chart.tables:
        blocks.append(f"```mermaid\n{mermaid(schema)}```")
    blocks += [block for table in chart.tables for block in _table(table, schema)]
    blocks += list(_views(schema))
    blocks += list(_others(schema))
    return "\n\n".join(blocks) + "\n"


def _summary(schema: Schema, chart: Chart, title: str) -> str:
    """Return what there is, each table with a link to its section."""
    counts = [("table", len(chart.tables)), ("reference", len(chart.references))]
    counts += [("view", len(list(schema.of(Kind.VIEW))))]
    said = [f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts if count]
    name = DIALECTS.get(schema.dialect, schema.dialect)
    head = f"As on {name}: {', '.join(said) or 'nothing'}."
    if not chart.tables:
        return head
    links = anchors([title, *(one.name for one in chart.tables)])[1:]
    rows = [
        (f"[{_text(one.name)}](#{link})", _text(one.comment), str(len(one.columns)))
        for one, link in zip(chart.tables, links, strict=True)
    ]
    return "\n".join([head, "", *_grid(("Table", "Holds", "Columns"), rows)])


def anchors(names: Sequence[str]) -> list[str]:
    """Return the fragments that GitHub gives to headings of these texts, in their order."""
    taken: dict[str, int] = {}
    found = []
    for name in names:
        plain = "".join(
            letter
            for letter in " ".join(name.split()).lower()
            if letter.isalnum() or letter in " -_"
        ).replace(" ", "-")
        number = taken.get(plain, 0)
        taken[plain] = number + 1
        found.append(f"{plain}-{number}" if number else plain)
    return found


def _table(table: Table, schema: Schema) -> Iterator[str]:
    yield f"## {_text(table.name)}"
    if table.comment:
        yield _text(table.comment)
    item = next(one for one in schema.of(Kind.TABLE) if one.name == table.name)
    special = [f"{name}: {_code(value)}" for name, value in _without_comment(item)]
    if special:
        yield _sentence(special)
    if table.columns:
        yield "\n".join(_columns(table))
    constraints = [one for kind in CONSTRAINTS for one in schema.of(kind, table.name)]
    if constraints:
        rows = [(_name(one), one.kind.value, _code(_definition(one))) for one in constraints]
        yield "\n".join(_grid(("Constraint", "Kind", "Definition"), rows))
    for kind in BESIDE:
        found = list(schema.of(kind, table.name))
        if found:
            pairs = [(_name(one), _code(_definition(one))) for one in found]
            yield "\n".join(_grid((kind.value.capitalize(), "Definition"), pairs))


def _columns(table: Table) -> Iterator[str]:
    rows = [
        (
            _text(one.name),
            _code(one.type) if one.type else "",
            ", ".join(mark.value for mark in one.marks),
            "" if one.is_required else "yes",
            _value(one),
            _text(one.comment),
        )
        for one in table.columns
    ]
    head = ("Column", "Type", "Key", "NULL", "Default", "Holds")
    wanted = [n for n in range(len(head)) if n in {0, 1} or any(row[n] for row in rows)]
    yield from _grid([head[n] for n in wanted], [[row[n] for n in wanted] for row in rows])


def _value(column: Column) -> str:
    if column.generated:
        return f"= {_code(column.generated)}"
    return _code(column.default) if column.default else ""


def _views(schema: Schema) -> Iterator[str]:
    for item in schema.of(Kind.VIEW):
        yield f"## {_text(item.name)} (view)"
        if "comment" in item.facts:
            yield _text(item.facts["comment"])
        special = [
            f"{name}: {_code(value)}"
            for name, value in _without_comment(item)
            if name != "definition"
        ]
        if special:
            yield _sentence(special)
        yield _fenced(item.facts.get("definition", ""))


def _others(schema: Schema) -> Iterator[str]:
    for kind in ALONE:
        found = list(schema.of(kind))
        if not found:
            continue
        yield f"## {kind.value.capitalize()}s"
        if kind is Kind.FUNCTION:
            for item in found:
                yield f"### {_text(item.name)}"
                yield _fenced(item.facts.get("definition", ""))
            continue
        rows = [
            (_text(one.name), _code(_definition(one)), _text(one.facts.get("comment", "")))
            for one in found
        ]
        yield "\n".join(_grid((kind.value.capitalize(), "Definition", "Holds"), rows))


def _definition(item: Item) -> str:
    """Return all that an item's facts say, as near to SQL as it is short."""
    facts = dict(_without_comment(item))
    if item.kind is Kind.FOREIGN_KEY:
        rules = rules_of(item)
        told = f"({facts.get('columns', '')}) → {facts.get('references', '')}"
        return f"{told} {rules}".strip()
    first = ("columns", "keys", "expression", "definition", "values", "type")
    said: list[str] = []
    for name, value in facts.items():
        if name in first:
            said.insert(0, f"({value})" if name in {"columns", "keys"} else value)
        else:
            said.append(name if value == "yes" else f"{name} {value}")
    return " ".join(said)


def _without_comment(item: Item) -> list[tuple[str, str]]:
    return [(name, value) for name, value in item.facts.items() if name != "comment"]


def _name(item: Item) -> str:
    return _text(item.name) if item.name else "unnamed"


def _sentence(parts: Iterable[str]) -> str:
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' for _ in head)}|"
    for row in rows:
        yield f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in row)}|"


def _text(text: str) -> str:
    """Return a text as it is, whatever Markdown would make of it."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    """Return a text as code in a table's cell, where even there a bar needs a backslash."""
    shown = " ".join(text.split()).replace("|", "\\|")
    longest = max((len(one) for one in _TICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest or not shown else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _fenced(text: str) -> str:
    longest = max((len(one) for one in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}sql\n{text.strip()}\n{fence}"


def difference_page(differences: Iterable[Difference], title: str) -> str:
    """Return a page with what was added, removed and changed."""
    rows = [
        (WORDS[one.change], _text(one.subject), _code(text) if (text := _changed(one)) else "")
        for one in differences
    ]
    table = "\n".join(_grid(("Change", "What", "How"), rows)) if rows else "Nothing differs."
    return f"# {_text(title)}\n\n{table}\n"


def _changed(one: Difference) -> str:
    if one.change is Change.CHANGED:
        return "; ".join(f"{name} {old} → {new}" for name, old, new in one.values())
    if one.parts:
        return ", ".join(f"{part.kind} {part.name}".strip() for part in one.parts)
    return "" if one.change is Change.REORDERED else facts_text(one.item)
