"""What a revision's `op` stands for while the runner runs it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from alembic import op as alembic_op

from bacowr.dbops.events import CopyProgress, emit
from bacowr.dbops.sqlite.operations import LosslessOperations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations import BatchOperations, Operations
    from alembic.runtime.migration import MigrationContext

    from bacowr.dbops.ledger import Ledger


class Nothing:
    """A batch whose changes an earlier run made: it takes every call and does nothing."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - It stands for any method.
        return lambda *_, **__: None


class ResumingOperations(LosslessOperations):
    """The operations of a run, which pass over what the ledger knows to be done.

    Statements are passed over one by one; a lossless change of a table looks at the table first,
    and would find its own work there.
    """

    ledger: Ledger

    @contextmanager
    def batch_alter_table(
        self,
        table_name: str,
        *args: Any,  # noqa: ANN401 - Alembic's own arguments, passed on as they are.
        **options: Any,  # noqa: ANN401 - The same.
    ) -> Iterator[BatchOperations]:
        """Change a table, unless an earlier run did."""
        if self.is_lossless and self.ledger.passing:
            yield cast("BatchOperations", Nothing())
            return
        with super().batch_alter_table(table_name, *args, **options) as batch_op:
            yield batch_op


def operations_for(migration: MigrationContext) -> type[LosslessOperations]:
    """Return the operations of this database: lossless on SQLite, Alembic's own elsewhere."""
    del migration  # They see for themselves which it is.
    return LosslessOperations


@contextmanager
def operating(migration: MigrationContext, ledger: Ledger) -> Iterator[Operations]:
    """Have `alembic.op` work on this database, telling how far a long copy is."""
    with ResumingOperations.context(migration, progress=_tell) as operations:
        cast("ResumingOperations", operations).ledger = ledger
        yield operations


def _tell(table: str, done: int, total: int) -> None:
    emit(CopyProgress(table, done, total))


ResumingOperations.create_module_class_proxy(vars(alembic_op), vars(alembic_op))
