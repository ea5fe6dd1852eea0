"""The database that revisions are tried on: it goes up and down, is filled and looked at."""

from __future__ import annotations

import io
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import event

from bacowr.dbops.configure import configure_arguments
from bacowr.dbops.engines import execute_raw, in_autocommit, raw_of
from bacowr.dbops.events import unheard
from bacowr.dbops.run import Run
from bacowr.dbops.schema.reading import read_schema
from bacowr.dbops.sqlite.operations import LosslessOperations
from bacowr.dbops.standing import heads_on
from bacowr.dbops.targets import target_for
from bacowr.dbops.verify.contents import read_contents
from bacowr.dbops.verify.passage import Moment
from bacowr.dbops.verify.rows.filling import Filled, count, fill, spare_rows
from bacowr.dbops.verify.rows.tables import Bookkeeping, read_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    import sqlalchemy as sa
    from alembic.config import Config
    from alembic.script import Script, ScriptDirectory

    from bacowr.dbops.project import Project
    from bacowr.dbops.targets import Target
    from bacowr.dbops.verify.rows.shapes import TableShape


@dataclass(frozen=True)
class TrialDatabase:
    """A database nobody needs, that a project's revisions are run on as an upgrade runs them."""

    project: Project
    config: Config
    directory: ScriptDirectory
    _shapes: dict[str, tuple[TableShape, ...]] = field(default_factory=dict)
    """By the schema's fingerprint: reading them takes as long as reading that."""

    @classmethod
    def on(
        cls, engine: sa.Engine, project: Project, config: Config, directory: ScriptDirectory
    ) -> TrialDatabase:
        """Return the trial database of an engine: no backups, no waiting, nobody listens."""
        settings = replace(project.settings, backup=False, allow_throwaway=True)
        config.attributes.pop("dbops_settings", None)
        return cls(replace(project, engine=engine, settings=settings), config, directory)

    def up(self, script: Script) -> None:
        """Run a revision's upgrade. Raises what it raises; then nothing of it is left."""
        self._run(script, script.module.upgrade)

    def down(self, script: Script) -> None:
        """Run a revision's downgrade. Raises as `up` does."""
        self._run(script, script.module.downgrade)

    def _run(self, script: Script, function: Callable[[], object]) -> None:
        """Run a function in a transaction of its own, with what the runner refuses refused.

        The version isn't written down, and nobody is waited for: the database is ours alone.
        """
        arguments = configure_arguments(self.project)
        with unheard(), self._target() as target, target.engine.connect() as connection:
            event.listen(connection, "begin", _begin_at_once)
            for hook in self.project.engine_hooks:
                hook(target.engine)
            with EnvironmentContext(self.config, self.directory) as environment:
                environment.configure(connection=connection, **arguments)
                migration = environment.get_context()
                with (
                    LosslessOperations.context(migration),
                    migration.begin_transaction(_per_migration=True),
                    redirect_stdout(io.StringIO()),
                ):
                    target.before_statement(connection, function.__name__)
                    function()
                    target.after_revision(connection, script.revision)

    @property
    def dialect(self) -> str:
        """Return the name of the database's dialect."""
        return self.project.engine.dialect.name

    def heads(self) -> tuple[str, ...]:
        """Return where the database stands."""
        with self._connected() as connection:
            return heads_on(connection, self.project)

    def look(self) -> Moment:
        """Return the schema and what the rows come to."""
        with self._connected() as connection:
            schema = read_schema(connection, self.project.version_table)
            seal = schema.fingerprint()
            if seal not in self._shapes:
                self._shapes[seal] = self._tables(connection)
            return Moment(schema, read_contents(connection, self._shapes[seal]))

    def fill(self, number: int, least: int = 0, touched: Collection[str] = ()) -> Filled:
        """Add rows to the touched tables, and to those that have fewer than `least`; commit."""
        with self._connected() as connection:
            tables = self._tables(connection)
            chosen = [
                one
                for one in tables
                if one.name in touched or (least and count(connection, one.name) < least)
            ]
            filled = fill(connection, chosen, number)
            connection.commit()
        return filled

    def tables(self) -> tuple[TableShape, ...]:
        """Return the shapes of the tables, parents first."""
        with self._connected() as connection:
            return self._tables(connection)

    def spare_rows(self, number: int) -> dict[str, dict[str, str]]:
        """Return for each table a row that it takes and that isn't there, as SQL literals."""
        with self._connected() as connection:
            found = spare_rows(connection, self._tables(connection), number)
            connection.rollback()
        return found

    def _tables(self, connection: sa.Connection) -> tuple[TableShape, ...]:
        return read_tables(connection, Bookkeeping(self.project.version_table))

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        """Connect as a run does, so that transactions and savepoints are real on SQLite."""
        with self._target() as target, target.engine.connect() as connection:
            yield connection

    @contextmanager
    def _target(self) -> Iterator[Target]:
        target = target_for(self.project.engine, Run(self.project.settings))
        try:
            yield target
        finally:
            target.release()


def _begin_at_once(connection: sa.Connection) -> None:
    """Open the transaction now: a driver that begins late looks as if the revision had committed.

    After an autocommit block nothing else would come that opens it.
    """
    if not in_autocommit(connection):
        execute_raw(raw_of(connection), "SELECT 1")
