"""Alembic's operations, which say what they are asked to do before they do it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from alembic import op as alembic_op
from alembic.operations.ops import BulkInsertOp

from bacowr.dbops.sqlite.operations import LosslessOperations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alembic.operations import BatchOperations
    from alembic.operations.ops import MigrateOperation
    from alembic.runtime.migration import MigrationContext

    Listener = Callable[[MigrateOperation | None, str], None]


class RecordingOperations(LosslessOperations):
    """What `from alembic import op` stands for while a revision is reviewed.

    The listener is told of each operation and of the table whose batch it stands in, then that
    it is over. What operations of their own accord ask of others isn't told.
    """

    _listener: Listener
    _depth = 0

    @classmethod
    @contextmanager
    def noting(cls, migration: MigrationContext, listener: Listener) -> Iterator[None]:
        """Have `alembic.op` report to the listener for the length of the block."""
        with cls.context(migration) as operations:
            vars(operations)["_listener"] = listener
            yield

    @contextmanager
    def batch_alter_table(
        self,
        table_name: str,
        *args: Any,  # noqa: ANN401 - Alembic's own arguments, passed on as they are.
        **options: Any,  # noqa: ANN401 - The same.
    ) -> Iterator[BatchOperations]:
        """Collect a batch whose operations are told one by one."""
        with super().batch_alter_table(table_name, *args, **options) as batch_op:
            collect = batch_op.invoke

            def perform(operation: MigrateOperation) -> Any:  # noqa: ANN401 - As Alembic has it.
                result = collect(operation)
                if not self.is_lossless:  # At once, so that the line is still known.
                    batch_op.impl.flush()
                    batch_op.impl.batch.clear()
                return result

            def told(operation: MigrateOperation) -> Any:  # noqa: ANN401 - The same.
                return self._tell(operation, table_name, perform)

            batch_op.invoke = told  # type: ignore[method-assign] # Of this one batch only.
            yield batch_op

    def invoke(self, operation: MigrateOperation) -> Any:  # noqa: ANN401 - As above.
        """Tell of an operation, and do it; of the rows of a bulk_insert() one stands for all."""
        if isinstance(operation, BulkInsertOp) and not self.is_lossless:
            return self._tell(operation, "", self._note_insert)
        return self._tell(operation, "", super().invoke)

    def _note_insert(self, operation: Any) -> None:  # noqa: ANN401 - A BulkInsertOp.
        quote = self.migration_context.dialect.identifier_preparer.quote
        names = ", ".join(quote(name) for name in (operation.rows or [{}])[0])
        table = operation.table.name
        whole = f"{operation.table.schema}.{table}" if operation.table.schema else table
        self.migration_context.impl.static_output(f"INSERT INTO {whole} ({names}) VALUES (NULL)")

    def _tell(
        self,
        operation: MigrateOperation,
        batch: str,
        perform: Callable[[MigrateOperation], Any],
    ) -> Any:  # noqa: ANN401 - As above.
        if self._depth == 0:
            self._listener(operation, batch)
        self._depth += 1
        try:
            return perform(operation)
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._listener(None, batch)


RecordingOperations.create_module_class_proxy(vars(alembic_op), vars(alembic_op))
