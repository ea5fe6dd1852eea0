"""The rules for PostgreSQL, one family to a file; importing this fills the list of them."""

from bacowr.dbops.lint.rules import (
    adding_columns,
    changing_columns,
    constraints,
    indexes,
    tables,
    texts,
    transactions,
)
from bacowr.dbops.lint.rules.registry import RULES

__all__ = [
    "RULES",
    "adding_columns",
    "changing_columns",
    "constraints",
    "indexes",
    "tables",
    "texts",
    "transactions",
]
