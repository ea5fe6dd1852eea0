"""What autogenerate found, made into a revision that can be applied to rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bacowr.dbops.proposing import words
from bacowr.dbops.proposing.casting import say_casts
from bacowr.dbops.proposing.filling import fill_columns, hold_back
from bacowr.dbops.proposing.renames import Choice, Wish
from bacowr.dbops.proposing.renaming import Renaming
from bacowr.dbops.proposing.trees import prune, take, walk
from bacowr.dbops.record import PREFIX

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.operations.ops import MigrationScript, OpContainer
    from alembic.runtime.migration import MigrationContext

    from bacowr.dbops.report import Finding

ATTRIBUTE = "dbops_proposal"
"""Where Alembic's config holds the proposal, so that env.py leaves an empty revision to it."""


@dataclass
class Proposal:
    """One `flask db migrate`: what is wished for, and what came of it."""

    wish: Wish
    message: str | None
    allows_drift: bool = False
    changes: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    migration: MigrationContext | None = None
    scripts: list[MigrationScript] = field(default_factory=list)

    def hook(
        self,
        migration: MigrationContext,
        _revision: object,
        _directives: list[MigrationScript],
    ) -> None:
        """Keep what autogenerate found, once the hooks of the project's own env.py are through.

        Alembic calls the command's hook first and then that of the environment. Nothing is
        written by Alembic's command itself.
        """
        inner = migration.opts["process_revision_directives"]

        def both(context: MigrationContext, revision: Any, directives: list[Any]) -> None:  # noqa: ANN401 - Alembic's own.
            empty = [one for one in directives if one.upgrade_ops.is_empty()]
            if inner:
                inner(context, revision, directives)
            self.migration = context
            self.scripts = list(directives) or empty
            directives[:] = []

        migration.opts["process_revision_directives"] = both

    def rework(
        self, script: MigrationScript, connection: sa.Connection
    ) -> dict[tuple[str, str], str]:
        """Work renames and values into what was found.

        Return the facts of columns that stay other than in the models, by table and column.
        Raises Refused for a rename that nobody can be asked about.
        """
        up, down, migration = script.upgrade_ops, script.downgrade_ops, self.migration
        if up is None or down is None or migration is None:
            return {}
        for tree in (up, down):
            _leave_own_tables(tree)
        self._rename(migration, script)
        filled = fill_columns(up, migration.dialect)
        held = hold_back(up, down, connection)
        self.steps += filled.steps
        self.findings += held.findings
        for tree in (up, down):
            say_casts(tree, migration.dialect)
            prune(tree)
        return filled.deviations | held.deviations

    def tell(self, script: MigrationScript) -> None:
        """Note the changes in words, as the revision stands."""
        if script.upgrade_ops is not None and self.migration is not None:
            self.changes += words.changes(script.upgrade_ops, self.migration.dialect)

    def _rename(self, migration: MigrationContext, script: MigrationScript) -> None:
        up, down = script.upgrade_ops, script.downgrade_ops
        assert up is not None  # noqa: S101 - Seen to above.
        assert down is not None  # noqa: S101 - The same.

        def forth(old: sa.Column[Any], new: sa.Column[Any]) -> bool:
            return not migration.impl.compare_type(old, new)

        def back(new: sa.Column[Any], old: sa.Column[Any]) -> bool:
            return forth(old, new)

        anonymous = migration.dialect.name == "postgresql"
        there = Renaming(up, forth, anonymous=anonymous)
        again = Renaming(down, back, anonymous=anonymous)
        choice = Choice(self.wish, forth)
        for one in choice.tables(up):
            there.rename_table(one.schema, one.old, one.new)
            again.rename_table(one.schema, one.new, one.old)
        columns = choice.columns(up)
        choice.refuse(up)
        for one in columns:
            there.rename_column(one.schema, one.table, one.old, one.new)
            again.rename_column(one.schema, again.names.table(one.table), one.new, one.old)
        there.finish()
        again.finish()


def _leave_own_tables(tree: OpContainer) -> None:
    """Take out what an env.py of the project's own finds of dbops' tables."""
    for place in list(walk(tree)):
        if str(getattr(place[1], "table_name", "")).startswith(PREFIX):
            take(place)
