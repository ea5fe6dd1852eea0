"""Where a schema comes from: the project's own database, or its history at some revision."""

from __future__ import annotations

from collections.abc import Sequence

from alembic.config import Config
from alembic.script import ScriptDirectory

from bacowr.dbops.engines import sibling
from bacowr.dbops.errors import refuse
from bacowr.dbops.history import ancestors
from bacowr.dbops.locations import sqlite_file
from bacowr.dbops.project import Project
from bacowr.dbops.schema.model import Schema
from bacowr.dbops.schema.reading import read_schema
from bacowr.dbops.schema.references import schema_of_history
from bacowr.dbops.scratch import scratch_engine


def live_schema(project: Project) -> Schema:
    """Read the project's database; a SQLite file that isn't there is empty, and none is made."""
    path = sqlite_file(project.engine.url)
    if path is not None and not path.exists():
        return Schema(project.engine.dialect.name, ())
    with sibling(project.engine).connect() as connection:
        return read_schema(connection, project.version_table)


def refuse_missing(project: Project) -> None:
    """Raise Refused when the project's database is a file that isn't there."""
    path = sqlite_file(project.engine.url)
    if path is not None and not path.exists():
        raise refuse(
            "no-database",
            f"There is no database yet: {path}",
            remedy="Run `flask db upgrade`, or ask for --revision, which needs none.",
        )


def schema_at(
    project: Project, config: Config, revisions: Sequence[str], dialect: str | None = None
) -> Schema:
    """Return the schema that the history makes, up to all of these revisions.

    It is replayed on a scratch database of the project's kind, or of the one asked for; without
    revisions nothing is. Raises Refused when there can be no scratch, and what a revision raises.
    """
    with scratch_engine(project, dialect) as engine:
        schema = schema_of_history(project, config, "base", engine)
        for revision in revisions:
            schema = schema_of_history(project, config, revision, engine)
        return schema


def schemas_between(
    project: Project, config: Config, first: str, second: str
) -> tuple[Schema, Schema]:
    """Return the history's schemas at two revisions; where one leads to the other, by one replay.

    Raises what `schema_at` does.
    """
    if not _leads_to(ScriptDirectory.from_config(config), first, second):
        before = schema_at(project, config, [first])
        return before, schema_at(project, config, [second])
    with scratch_engine(project) as engine:
        before = schema_of_history(project, config, first, engine)
        return before, schema_of_history(project, config, second, engine)


def _leads_to(directory: ScriptDirectory, first: str, second: str) -> bool:
    if first == "base" or second == "base":
        return first == "base"
    ids = [one.revision for one in directory.get_revisions(second) if one is not None]
    below = set(ancestors(directory, ids))
    return all(one is not None and one.revision in below for one in directory.get_revisions(first))
