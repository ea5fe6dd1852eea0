"""The project as a whole: its history, its env.py, its database if one is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bacowr.dbops.engines import is_memory, sibling
from bacowr.dbops.lint.environment import read_protections
from bacowr.dbops.lint.linting import Review, review_comments, review_postgres, to_report
from bacowr.dbops.lint.revisions import in_range, pending, read_revisions
from bacowr.dbops.project import read_project

if TYPE_CHECKING:
    from alembic.config import Config
    from flask import Flask

    from bacowr.dbops.project import Project
    from bacowr.dbops.report import Report


def review_project(
    app: Flask, config: Config, range_: str | None, dialects: tuple[str, ...]
) -> Report:
    """Review the revisions of a range, or those the database lacks; without one, all of them.

    Raises Refused for a range that isn't one, and whatever a revision's file raises when it is
    loaded.
    """
    project = read_project(app)
    directory = ScriptDirectory.from_config(config)
    heads = applied_heads(project)
    notes = []
    if range_ is not None:
        chosen = in_range(directory, range_)
    elif heads is not None:
        chosen = pending(directory, heads)
        notes.append("Reviewed is what the database lacks; --range base:heads reviews all.")
    else:
        chosen = pending(directory, ())
        notes.append("The database is not at hand, so rows are assumed and all was reviewed.")
    protections = read_protections(Path(directory.env_py_location), project.wishes)
    review = Review(read_revisions(directory), chosen, protections)
    kinds = dialects or _dialects_of(project)
    if "postgresql" in kinds:
        review_postgres(review)
    review_comments(review)
    return to_report(review, tuple(notes))


def _dialects_of(project: Project) -> tuple[str, ...]:
    name = project.engine.dialect.name
    return ("postgresql",) if name == "postgresql" else ("postgresql", "sqlite")


def is_at_hand(engine: sa.Engine) -> bool:
    """Tell whether there is a database to look into; a SQLite file isn't made by looking."""
    if engine.dialect.name != "sqlite":
        return True
    return not is_memory(engine) and Path(engine.url.database or "").exists()


def applied_heads(project: Project) -> tuple[str, ...] | None:
    """Return the heads of the project's database, None if it can't be reached."""
    if not is_at_hand(project.engine):
        return None
    options = {"version_table": project.version_table, "version_table_schema": project.schema}
    try:
        with sibling(project.engine).connect() as connection:
            return MigrationContext.configure(connection, opts=options).get_current_heads()
    except sa.exc.OperationalError:
        return None
