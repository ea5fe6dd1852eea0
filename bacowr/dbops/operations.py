"""What a revision's `op` stands for while the runner runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.events import CopyProgress, emit
from bacowr.dbops.sqlite.operations import LosslessOperations

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext


def operations_for(migration: MigrationContext) -> type[LosslessOperations]:
    """Return the operations of this database: lossless on SQLite, Alembic's own elsewhere."""
    del migration  # They see for themselves which it is.
    return LosslessOperations


def operating(migration: MigrationContext) -> AbstractContextManager[Operations]:
    """Have `alembic.op` work on this database, telling how far a long copy is."""
    return operations_for(migration).context(
        migration, progress=lambda table, done, total: emit(CopyProgress(table, done, total))
    )
