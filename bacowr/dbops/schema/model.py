"""What a database holds, as one shape for every server: items, each with its facts.

The readers make it, the comparison and the pages of documentation only know this.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What an item is, in the order in which a schema is told."""

    EXTENSION = "extension"
    ENUM = "enum"
    DOMAIN = "domain"
    SEQUENCE = "sequence"
    FUNCTION = "function"
    TABLE = "table"
    COLUMN = "column"
    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"
    CHECK = "check"
    FOREIGN_KEY = "foreign key"
    EXCLUDE = "exclude"
    INDEX = "index"
    TRIGGER = "trigger"
    POLICY = "policy"
    VIEW = "view"


@dataclass(frozen=True)
class Item:
    """One thing of a schema.

    `table` is what it belongs to ("" for what stands alone; with its schema in front where that is
    not the default one). `name` is "" for a constraint that nobody named: then its definition
    tells it apart. `facts` are texts in the order in which they are told, without what is not so:
    {"type": "VARCHAR(20)", "not null": "yes", "default": "'x'"}.
    """

    kind: Kind
    name: str
    table: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[Kind, str, str]:
        """What makes it the same thing in another schema."""
        return self.kind, self.table, self.name or json.dumps(dict(self.facts), sort_keys=True)


@dataclass(frozen=True)
class Schema:
    """All items of a database, without dbops' and Alembic's own; columns in the table's order."""

    dialect: str
    items: tuple[Item, ...]

    def of(self, kind: Kind, table: str | None = None) -> Iterator[Item]:
        """Give the items of a kind, all or those of one table."""
        return (
            item
            for item in self.items
            if item.kind == kind and (table is None or item.table == table)
        )

    def fingerprint(self) -> str:
        """Return what is equal for equal schemas: a SHA-256 in hexadecimal."""
        told = [[*item.identity, dict(item.facts)] for item in self.items]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
