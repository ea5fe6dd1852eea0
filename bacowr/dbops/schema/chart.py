"""A schema seen as tables with columns, and references between them: what its pages show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
