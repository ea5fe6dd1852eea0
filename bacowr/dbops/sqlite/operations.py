"""Alembic's operations with the lossless path on SQLite; elsewhere they are Alembic's own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from alembic import op as alembic_op
from alembic.operations import BatchOperations, Operations
from alembic.operations import ops as directives

from bacowr.dbops.sqlite.batch import LosslessBatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alembic.operations.ops import MigrateOperation
    from alembic.runtime.migration import MigrationContext

    from bacowr.dbops.sqlite.copying import Progress

_OF_ONE_TABLE = (
    directives.AddColumnOp,
    directives.AddConstraintOp,
    directives.AlterColumnOp,
    directives.DropColumnOp,
    directives.DropConstraintOp,
    directives.RenameTableOp,
)


class LosslessOperations(Operations):
    """What `from alembic import op` stands for while `context` is open.

    On SQLite, `batch_alter_table` and the plain operations on a table change its stored text and
    keep everything that hangs on it. Other dialects and `--sql` without a database are Alembic's.
    """

    progress: Progress | None = None
    report: Callable[[str], None] | None = None

    @classmethod
    @contextmanager
    def context(
        cls,
        migration_context: MigrationContext,
        *,
        progress: Progress | None = None,
        report: Callable[[str], None] | None = None,
    ) -> Iterator[LosslessOperations]:
        """Have `alembic.op` act through this class for the length of the block.

        `progress` is called as a long copy goes on; `report` with a line for each thing done.
        """
        operations = cls(migration_context)
        operations.progress = progress
        operations.report = report
        operations._install_proxy()
        try:
            yield operations
        finally:
            operations._remove_proxy()

    @property
    def is_lossless(self) -> bool:
        """Tell whether this connection is to a SQLite database at hand."""
        context = self.migration_context
        return context.dialect.name == "sqlite" and not context.as_sql

    @contextmanager
    def batch_alter_table(
        self,
        table_name: str,
        *args: Any,  # noqa: ANN401 - Alembic's own arguments, passed on as they are.
        **options: Any,  # noqa: ANN401 - The same.
    ) -> Iterator[BatchOperations]:
        """Collect a batch of operations on a table, and do them together at the end."""
        if not self.is_lossless:
            with super().batch_alter_table(table_name, *args, **options) as batch_op:
                yield batch_op
            return
        batch = LosslessBatch.from_options(self, table_name, args, options)
        yield BatchOperations(self.migration_context, impl=batch)
        batch.flush()

    def invoke(self, operation: MigrateOperation) -> Any:  # noqa: ANN401 - As Alembic has it.
        """Do one operation; one that changes a table is a batch of its own."""
        if not (self.is_lossless and isinstance(operation, _OF_ONE_TABLE)):
            return super().invoke(operation)
        table, schema = _table_of(operation)
        with self.batch_alter_table(table, schema=schema) as batch_op:
            batch_op.invoke(operation)
        return None


def _table_of(operation: Any) -> tuple[str, str | None]:  # noqa: ANN401 - Any of _OF_ONE_TABLE.
    if isinstance(operation, directives.CreateForeignKeyOp):
        return operation.source_table, operation.kw.get("source_schema")
    return operation.table_name, operation.schema


LosslessOperations.create_module_class_proxy(vars(alembic_op), vars(alembic_op))
