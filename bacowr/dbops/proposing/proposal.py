"""What autogenerate found, made into a revision that can be applied to rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bacowr.dbops.proposing import words
from bacowr.dbops.proposing.filling import fill_columns, hold_back
from bacowr.dbops.proposing.messages import refuse_meaningless
from bacowr.dbops.proposing.renames import Choice, Wish
from bacowr.dbops.proposing.renaming import Renaming
from bacowr.dbops.proposing.trees import prune

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.operations.ops import MigrationScript
    from alembic.runtime.migration import MigrationContext

    from bacowr.dbops.proposing.renames import Rename
    from bacowr.dbops.report import Finding

ATTRIBUTE = "dbops_proposal"
"""Where Alembic's config holds the proposal, so that env.py leaves an empty revision to it."""


@dataclass
class Proposal:
    """One `flask db migrate`: what is wished for, and what came of it."""

    wish: Wish
    message: str | None
    changes: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def hook(
        self,
        migration: MigrationContext,
        _revision: object,
        _directives: list[MigrationScript],
    ) -> None:
        """Have the proposal come after the hooks of the project's own env.py.

        Alembic calls the command's hook first and then that of the environment.
        """
        inner = migration.opts["process_revision_directives"]

        def both(context: MigrationContext, revision: Any, directives: list[Any]) -> None:  # noqa: ANN401 - Alembic's own.
            if inner:
                inner(context, revision, directives)
            self.consider(context, directives)

        migration.opts["process_revision_directives"] = both

    def consider(self, migration: MigrationContext, directives: list[MigrationScript]) -> None:
        """Work over the revision; what holds nothing isn't written.

        Raises Refused for a rename that nobody could be asked about, and for a message that says
        nothing.
        """
        for script in directives:
            self._consider(migration, script)
        directives[:] = [one for one in directives if not _is_empty(one)]
        if directives:
            refuse_meaningless(self.message)

    def _consider(self, migration: MigrationContext, script: MigrationScript) -> None:
        up, down = script.upgrade_ops, script.downgrade_ops
        if up is None or down is None or migration.connection is None:
            return
        self._rename(migration, script)
        filled = fill_columns(up, migration.dialect)
        self.steps += filled.steps
        self.findings += hold_back(up, down, migration.connection)
        prune(up)
        prune(down)
        self.changes += words.changes(up, migration.dialect)

    def _rename(self, migration: MigrationContext, script: MigrationScript) -> None:
        up, down = script.upgrade_ops, script.downgrade_ops
        assert up is not None  # noqa: S101 - Seen to above.
        assert down is not None  # noqa: S101 - The same.

        def forth(old: sa.Column[Any], new: sa.Column[Any]) -> bool:
            return not migration.impl.compare_type(old, new)

        def back(new: sa.Column[Any], old: sa.Column[Any]) -> bool:
            return forth(old, new)

        anonymous = migration.dialect.name == "postgresql"
        ways = [
            Renaming(up, forth, anonymous=anonymous),
            Renaming(down, back, anonymous=anonymous),
        ]
        choice = Choice(self.wish, forth)
        for one in choice.tables(up):
            ways[0].rename_table(one.schema, one.old, one.new)
            ways[1].rename_table(one.schema, one.new, one.old)
        columns = choice.columns(up)
        choice.refuse_unmatched(up)
        for one in columns:
            ways[0].rename_column(one.schema, one.table, one.old, one.new)
            ways[1].rename_column(one.schema, _before(one, ways[1]), one.new, one.old)
        for way in ways:
            way.finish()


def _before(rename: Rename, way: Renaming) -> str:
    """Return the name that a column's table has on the way back."""
    return way.names.table(rename.table)


def _is_empty(script: MigrationScript) -> bool:
    return script.upgrade_ops is not None and script.upgrade_ops.is_empty()
