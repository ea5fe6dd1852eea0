"""A history walked on a scratch database by the same runner that walks the real ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from bacowr.dbops.digest import Digest, sqlite_digest
from bacowr.dbops.engines import raw_of
from bacowr.dbops.events import unheard
from bacowr.dbops.postgres.digest import postgres_digest
from bacowr.dbops.record import PREFIX
from bacowr.dbops.runner import Runner
from bacowr.dbops.scratch import MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext, RevisionStep

    from bacowr.dbops.project import Project


def replay_back(project: Project, config: Config, revision: str, engine: sa.Engine) -> None:
    """Take a scratch database back to a revision. Raises whatever a revision raises."""
    directory = ScriptDirectory.from_config(config)

    def downgrade(heads: Sequence[str], _: MigrationContext) -> list[RevisionStep]:
        return directory._downgrade_revs(revision, heads)  # type: ignore[arg-type] # noqa: SLF001 - As Alembic's own command.

    careless = replace(project.settings, backup=False, allow_throwaway=True)
    scratch = replace(project, engine=engine, settings=careless)
    with unheard(), EnvironmentContext(config, directory, fn=downgrade):
        Runner(scratch).run()


def tables_of(engine: sa.Engine) -> frozenset[str]:
    """Return the names of the tables, without Alembic's and dbops' own."""
    names = sa.inspect(engine).get_table_names()
    return frozenset(one for one in names if not one.startswith((PREFIX, "alembic_version")))


def contents_of(project: Project, engine: sa.Engine) -> Digest:
    """Digest all but the version table and the record, which are dropped for it."""
    with engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names(project.schema):
            if name == project.version_table or (name.startswith(PREFIX) and name != MARK):
                own = sa.Table(name, sa.MetaData(), schema=project.schema)
                own.drop(connection)
        connection.commit()
        if engine.dialect.name == "sqlite":
            return sqlite_digest(raw_of(connection))  # type: ignore[arg-type] # SQLite's own.
        return postgres_digest(connection)
