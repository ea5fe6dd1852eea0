"""Which operations a revision's `op` stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations import Operations

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext


def operations_for(migration: MigrationContext) -> type[Operations]:
    """Return the operations of this database."""
    del migration
    return Operations
