"""The rules for SQLite, one family to a file; importing this fills the list of them."""

from bacowr.dbops.lint.sqlite import columns, rebuilds, texts
from bacowr.dbops.lint.sqlite.sights import RULES

__all__ = ["RULES", "columns", "rebuilds", "texts"]
