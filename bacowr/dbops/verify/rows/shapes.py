"""What a table asks of its rows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ColumnShape:
    """One column: its type as the database writes it, and what it may hold."""

    name: str
    type: str
    is_required: bool = False
    has_default: bool = False
    is_given: bool = False
    """Whether the database makes the value: generated, identity, a serial, a rowid."""
    labels: tuple[str, ...] = ()
    """The values of an enum type, in order."""


@dataclass(frozen=True)
class Reference:
    """A foreign key."""

    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


@dataclass(frozen=True)
class TableShape:
    """A table. `name` has the schema in front where that is not the default one."""

    name: str
    columns: tuple[ColumnShape, ...]
    key: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    """Sets of columns no two rows share; of a partial or an expression index, those it names."""
    checks: tuple[str, ...] = ()
    references: tuple[Reference, ...] = field(default=())

    def column(self, name: str) -> ColumnShape:
        """Return a column by its name; raises KeyError."""
        for one in self.columns:
            if one.name == name:
                return one
        raise KeyError(name)

    def needs(self, reference: Reference) -> bool:
        """Tell whether each row must have this parent."""
        return all(self.column(name).is_required for name in reference.columns)

    def is_unique(self, name: str) -> bool:
        """Tell whether a column is part of something that tells rows apart."""
        return name in self.key or any(name in unique for unique in self.uniques)
