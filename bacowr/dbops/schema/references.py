"""What a database is compared with: the models' schema and the history's, made on a scratch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from bacowr.dbops.events import unheard
from bacowr.dbops.runner import Runner
from bacowr.dbops.schema.reading import VERSION_TABLE, read_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.config import Config

    from bacowr.dbops.project import Project
    from bacowr.dbops.schema.model import Schema


def metadatas(project: Project) -> tuple[sa.MetaData, ...]:
    """Return the tables that the project's models stand for; none where it has no models."""
    wish = project.wishes.get("target_metadata") or project.metadata
    found = wish if isinstance(wish, (list, tuple)) else (wish,)
    return tuple(one for one in found if isinstance(one, sa.MetaData) and one.tables)


def schema_of_models(
    metadata: sa.MetaData | Iterable[sa.MetaData],
    engine: sa.Engine,
    extensions: Iterable[str] = (),
) -> Schema:
    """Create the models' tables on an empty database and read what the server made of them.

    PostgreSQL's schemas and the given extensions are made first. Raises what the server raises.
    """
    wanted = [metadata] if isinstance(metadata, sa.MetaData) else list(metadata)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            _prepare(connection, wanted, extensions)
        for one in wanted:
            one.create_all(connection)
        return read_schema(connection)


def _prepare(
    connection: sa.Connection, wanted: Iterable[sa.MetaData], extensions: Iterable[str]
) -> None:
    quote = connection.dialect.identifier_preparer.quote_identifier
    schemas = {table.schema for one in wanted for table in one.tables.values() if table.schema}
    for name in sorted(schemas):
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {quote(name)}")
    for name in extensions:
        connection.exec_driver_sql(f"CREATE EXTENSION IF NOT EXISTS {quote(name)}")


def schema_of_history(
    project: Project, config: Config, revision: str | tuple[str, ...], engine: sa.Engine
) -> Schema:
    """Run the revisions up to this one on a scratch database, as an upgrade does, and read it.

    Called again on the same engine it goes on from where it was. `revision` is what `upgrade`
    takes: "heads", an id or several, "base" for nothing at all. Prints nothing, backs nothing up,
    and knows nothing of the project's own database. Raises what a revision raises.
    """
    if revision != "base":
        replay(project, config, revision, engine)
    with engine.connect() as connection:
        table = project.wishes.get("version_table", VERSION_TABLE)
        return read_schema(connection, str(table))


def replay(
    project: Project, config: Config, revision: str | tuple[str, ...], engine: sa.Engine
) -> None:
    """Apply the revisions up to this one to a scratch database, through dbops' own runner."""
    directory = ScriptDirectory.from_config(config)

    def upgrade(heads: object, _context: object) -> object:
        return directory._upgrade_revs(revision, heads)  # type: ignore[arg-type] # noqa: SLF001 - As Alembic's own command.

    settings = replace(project.settings, backup=False, allow_throwaway=True)
    shadow = replace(project, engine=engine, settings=settings)
    config.attributes.pop("dbops_settings", None)
    with unheard(), EnvironmentContext(config, directory, fn=upgrade):
        Runner(shadow).run()
