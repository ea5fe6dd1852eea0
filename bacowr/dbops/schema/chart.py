"""A schema seen as tables with columns, and references between them: what its pages show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bacowr.dbops.schema.model import Item, Kind, Schema
from bacowr.dbops.schema.names import columns_in, reference_in


class Mark(StrEnum):
    """What a column is besides a column."""

    KEY = "PK"
    REFERENCE = "FK"
    UNIQUE = "U"


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    type: str
    is_required: bool = False
    marks: tuple[Mark, ...] = ()
    default: str = ""
    generated: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Table:
    """One table."""

    name: str
    columns: tuple[Column, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class Reference:
    """A foreign key. `rules` are what else it says: ON DELETE CASCADE."""

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    name: str = ""
    rules: str = ""
    is_optional: bool = False
    """Whether a child may do without a parent."""
    is_single: bool = False
    """Whether a parent has one child at most."""

    def to_text(self) -> str:
        """Say it in one line."""
        text = (
            f"{self.child}.{', '.join(self.columns)} → "
            f"{self.parent}.{', '.join(self.parent_columns)}"
        )
        return f"{text} ({self.rules})" if self.rules else text


@dataclass(frozen=True)
class Chart:
    """Every table by name, and every reference between two that are there."""

    tables: tuple[Table, ...] = ()
    references: tuple[Reference, ...] = ()


def chart_of(schema: Schema) -> Chart:
    """See a schema as tables and references; a reference to what isn't there is left out."""
    names = {
        one.name: [c.name for c in schema.of(Kind.COLUMN, one.name)] for one in _tables(schema)
    }
    keys = {name: _keys(schema, name, columns) for name, columns in names.items()}
    references = [
        reference
        for item in schema.of(Kind.FOREIGN_KEY)
        if (reference := _reference(item, schema, names, keys)) is not None
    ]
    pairs = {(one.child, column) for one in references for column in one.columns}
    tables = tuple(
        Table(
            item.name,
            tuple(
                _column(column, _marks(column, pairs, keys[item.name]))
                for column in schema.of(Kind.COLUMN, item.name)
            ),
            item.facts.get("comment", ""),
        )
        for item in _tables(schema)
    )
    return Chart(tables, tuple(references))


def _tables(schema: Schema) -> list[Item]:
    return sorted(schema.of(Kind.TABLE), key=lambda one: one.name)


def _keys(schema: Schema, table: str, columns: list[str]) -> list[tuple[Kind, tuple[str, ...]]]:
    """Return the sets of columns that no two rows share, with the kind of what says so."""
    keys = [
        (kind, columns_in(item.facts.get("columns", ""), columns))
        for kind in (Kind.PRIMARY_KEY, Kind.UNIQUE)
        for item in schema.of(kind, table)
    ]
    return keys + [
        (Kind.UNIQUE, columns_in(item.facts.get("keys", ""), columns))
        for item in schema.of(Kind.INDEX, table)
        if "unique" in item.facts and "where" not in item.facts
    ]


def _marks(
    column: Item, pairs: set[tuple[str, str]], keys: list[tuple[Kind, tuple[str, ...]]]
) -> tuple[Mark, ...]:
    marks = []
    if any(kind is Kind.PRIMARY_KEY and column.name in names for kind, names in keys):
        marks.append(Mark.KEY)
    if (column.table, column.name) in pairs:
        marks.append(Mark.REFERENCE)
    if any(kind is Kind.UNIQUE and names == (column.name,) for kind, names in keys):
        marks.append(Mark.UNIQUE)
    return tuple(marks)


def _column(item: Item, marks: tuple[Mark, ...]) -> Column:
    facts = item.facts
    identity = f"GENERATED {facts['identity']} AS IDENTITY" if "identity" in facts else ""
    return Column(
        name=item.name,
        type=facts.get("type", ""),
        is_required="not null" in facts or Mark.KEY in marks,
        marks=marks,
        default=facts.get("default", "") or identity or ("serial" if "serial" in facts else ""),
        generated=facts.get("generated", ""),
        comment=facts.get("comment", ""),
    )


def _reference(
    item: Item,
    schema: Schema,
    names: dict[str, list[str]],
    keys: dict[str, list[tuple[Kind, tuple[str, ...]]]],
) -> Reference | None:
    parent, listed = reference_in(item.facts.get("references", ""), names)
    if parent not in names or item.table not in names:
        return None
    columns = columns_in(item.facts.get("columns", ""), names[item.table])
    needed = {one.name for one in schema.of(Kind.COLUMN, item.table) if "not null" in one.facts} | {
        name for kind, key in keys[item.table] if kind is Kind.PRIMARY_KEY for name in key
    }
    return Reference(
        child=item.table,
        columns=columns,
        parent=parent,
        parent_columns=columns_in(listed, names[parent]),
        name=item.name,
        rules=rules_of(item),
        is_optional=not set(columns) <= needed,
        is_single=any(set(key) <= set(columns) for _, key in keys[item.table]),
    )


def rules_of(item: Item) -> str:
    """Return what a foreign key says beside its columns, as SQL says it."""
    facts = item.facts
    said = [f"{name.upper()} {facts[name]}" for name in ("on delete", "on update") if name in facts]
    said += [f"MATCH {facts['match'].upper()}"] if "match" in facts else []
    said += [f"DEFERRABLE {facts['deferrable'].upper()}"] if "deferrable" in facts else []
    said += ["NOT VALID"] if "valid" in facts else []
    said += ["NOT ENFORCED"] if "enforced" in facts else []
    return " ".join(said)
