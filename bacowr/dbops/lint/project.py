"""The project as a whole: its history, its env.py, its database if one is at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bacowr.dbops.engines import is_memory, sibling
from bacowr.dbops.lint.catalog import read_schema
from bacowr.dbops.lint.environment import read_protections
from bacowr.dbops.lint.history import judge_against_main, judge_applied, judge_heads
from bacowr.dbops.lint.linting import Review, review_comments, review_postgres, to_report
from bacowr.dbops.lint.revisions import in_range, pending, read_revisions
from bacowr.dbops.project import read_project

if TYPE_CHECKING:
    from alembic.config import Config
    from flask import Flask

    from bacowr.dbops.lint.schema import Schema
    from bacowr.dbops.project import Project
    from bacowr.dbops.report import Finding, Report


def review_project(
    app: Flask, config: Config, range_: str | None, dialects: tuple[str, ...]
) -> Report:
    """Review the revisions of a range, or those the database lacks; without one, all of them.

    Raises Refused for a range that isn't one, and whatever a revision's file raises when it is
    loaded.
    """
    project = read_project(app)
    directory = ScriptDirectory.from_config(config)
    found = look(project, directory)
    notes = []
    if range_ is not None:
        chosen = in_range(directory, range_)
    elif found is not None:
        chosen = pending(directory, found.heads)
        notes.append("Reviewed is what the database lacks; --range base:heads reviews all.")
    else:
        chosen = pending(directory, ())
        notes.append("The database is not at hand, so rows are assumed and all was reviewed.")
    review = Review(
        read_revisions(directory),
        chosen,
        read_protections(Path(directory.env_py_location), project.wishes),
        models=getattr(project.metadata, "tables", {}),
    )
    review.findings += [*judge_heads(directory), *judge_against_main(Path(directory.versions))]
    if found is not None:
        review.findings += found.findings
        is_ahead = chosen <= pending(directory, found.heads)
        review.schema = found.schema if is_ahead else None
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


@dataclass(frozen=True)
class Found:
    """What the project's database says of itself."""

    heads: tuple[str, ...]
    findings: tuple[Finding, ...]
    schema: Schema | None
    """Only PostgreSQL's."""


def look(project: Project, directory: ScriptDirectory) -> Found | None:
    """Look into the project's database, and change nothing; None if it can't be reached."""
    if not is_at_hand(project.engine):
        return None
    options = {"version_table": project.version_table, "version_table_schema": project.schema}
    try:
        with sibling(project.engine).connect() as connection:
            heads = MigrationContext.configure(connection, opts=options).get_current_heads()
            edited = tuple(judge_applied(directory, connection, project.schema))
            postgres = connection.dialect.name == "postgresql"
            return Found(heads, edited, read_schema(connection) if postgres else None)
    except sa.exc.OperationalError:
        return None
