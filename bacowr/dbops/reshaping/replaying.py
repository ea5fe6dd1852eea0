"""A history walked on a scratch database by the same runner that walks the real ones."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext

from bacowr.dbops.digest import Digest, sqlite_digest
from bacowr.dbops.engines import raw_of
from bacowr.dbops.postgres.digest import postgres_digest
from bacowr.dbops.record import PREFIX
from bacowr.dbops.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from alembic.runtime.migration import MigrationContext, RevisionStep
    from alembic.script import ScriptDirectory

    from bacowr.dbops.project import Project


def go_up(
    project: Project, engine: sa.Engine, directory: ScriptDirectory, revision: str = "heads"
) -> None:
    """Upgrade a scratch database. Raises whatever a revision raises."""

    def upgrade(heads: Sequence[str], _: MigrationContext) -> list[RevisionStep]:
        return directory._upgrade_revs(revision, heads)  # type: ignore[arg-type] # noqa: SLF001 - As Alembic's own command.

    _run(project, engine, directory, upgrade, revision)


def go_down(project: Project, engine: sa.Engine, directory: ScriptDirectory, revision: str) -> None:
    """Downgrade a scratch database. Raises whatever a revision raises."""

    def downgrade(heads: Sequence[str], _: MigrationContext) -> list[RevisionStep]:
        return directory._downgrade_revs(revision, heads)  # type: ignore[arg-type] # noqa: SLF001 - As above.

    _run(project, engine, directory, downgrade, revision)


def _run(
    project: Project, engine: sa.Engine, directory: ScriptDirectory, wanted: object, revision: str
) -> None:
    """Go past the project's env.py, which might reach for the project's own database."""
    careless = replace(project.settings, backup=False, allow_throwaway=True)
    scratch = replace(project, engine=engine, settings=careless, engine_hooks=())
    words = {"fn": wanted, "destination_rev": revision}
    with EnvironmentContext(Config(), directory, **words):
        Runner(scratch).run()


def tables_of(engine: sa.Engine) -> frozenset[str]:
    """Return the names of the tables, without Alembic's and dbops' own."""
    names = sa.inspect(engine).get_table_names()
    return frozenset(one for one in names if not one.startswith((PREFIX, "alembic_version")))


def contents_of(project: Project, engine: sa.Engine) -> Digest:
    """Digest all but the version table and the record, which are dropped for it."""
    with engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names(project.schema):
            if name == project.version_table or name.startswith(PREFIX):
                own = sa.Table(name, sa.MetaData(), schema=project.schema)
                own.drop(connection)
        connection.commit()
        if engine.dialect.name == "sqlite":
            return sqlite_digest(raw_of(connection))  # type: ignore[arg-type] # SQLite's own.
        return postgres_digest(connection)


@contextmanager
def scratch_engine(engine: sa.Engine) -> Iterator[sa.Engine]:
    with TemporaryDirectory(prefix="dbops-scratch-") as folder:
        scratch = sa.create_engine(f"sqlite:///{folder}/scratch.db", poolclass=sa.NullPool)
        yield scratch
        scratch.dispose()
