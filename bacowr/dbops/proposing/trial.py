"""A revision tried out where nothing can be lost: on an empty database with the same history."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import render
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext

from bacowr.dbops.run import Run
from bacowr.dbops.schema.reading import VERSION_TABLE, read_schema
from bacowr.dbops.sqlite.operations import LosslessOperations
from bacowr.dbops.targets import target_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import sqlalchemy as sa
    from alembic.operations.ops import MigrateOperation

    from bacowr.dbops.project import Project
    from bacowr.dbops.schema.model import Schema

IMPORT = re.compile(r"^(?:import|from) [^$]+$", re.MULTILINE)
ALWAYS = "from alembic import op\nimport sqlalchemy as sa\n"


@dataclass(frozen=True)
class Trial:
    """A scratch database that stands where the history ends.

    `context` renders as the file is rendered; `template` is the project's own for revisions,
    whose imports the rendered lines may need.
    """

    project: Project
    engine: sa.Engine
    context: AutogenContext
    template: Path

    def read(self) -> Schema:
        """Return what the scratch holds."""
        table = str(self.project.wishes.get("version_table", VERSION_TABLE))
        with self.engine.connect() as connection:
            return read_schema(connection, table)

    def apply(self, operations: Sequence[MigrateOperation]) -> Schema:
        """Do the operations, just as the file would, and return what is there then.

        Raises whatever the database or an operation raises; nothing of them is there then.
        """
        code = compile(self._source(operations), "<the revision>", "exec")
        with self._migrating() as migration, LosslessOperations.context(migration):
            exec(code, {})  # noqa: S102 - It was rendered here, from the operations of this run.
        return self.read()

    @contextmanager
    def _migrating(self) -> Iterator[MigrationContext]:
        settings = replace(self.project.settings, backup=False, allow_throwaway=True)
        target = target_for(self.engine, Run(settings))
        options: dict[str, Any] = {
            "target_metadata": self.project.metadata,
            "transaction_per_migration": True,
            "transactional_ddl": True,
        }
        try:
            with target.engine.connect() as connection:
                migration = MigrationContext.configure(connection, opts=options)
                with migration.begin_transaction(_per_migration=True):
                    yield migration
        finally:
            target.release()

    def _source(self, operations: Sequence[MigrateOperation]) -> str:
        self.context.imports = set()
        lines = [line for one in operations for line in _rendered(self.context, one)]
        template = self.template.read_text("utf-8") if self.template.is_file() else ""
        imports = [*IMPORT.findall(template), *sorted(self.context.imports)]
        return "\n".join([ALWAYS, *imports, *lines]) + "\n"


def _rendered(context: AutogenContext, operation: Any) -> Iterator[str]:  # noqa: ANN401 - Of Alembic's untyped kinds.
    """Yield an operation's lines; what stands in a batch is set in as Alembic's template does."""
    batch = False
    for line in render.render_op(context, operation):
        yield f"    {line}" if batch and line else line
        batch = batch or line.startswith("with op.batch_alter_table")
