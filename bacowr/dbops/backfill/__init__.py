"""Backfills: rows moved in batches, each committed with how far it came, beside the application."""

from bacowr.dbops.backfill.continuing import continue_unfinished
from bacowr.dbops.backfill.declaration import Backfill

__all__ = ["Backfill", "continue_unfinished"]
