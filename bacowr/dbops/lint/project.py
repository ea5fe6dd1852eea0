"""The project as a whole: its history, its env.py, its database if one is at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bacowr.dbops.engines import is_memory, sibling
from bacowr.dbops.head_file import find_stale
from bacowr.dbops.lint.catalog import read_schema
from bacowr.dbops.lint.choosing import Choice, choose
from bacowr.dbops.lint.environment import read_protections
from bacowr.dbops.lint.fixes.repair import repair
from bacowr.dbops.lint.history import judge_against_main, judge_applied, judge_heads
from bacowr.dbops.lint.linting import Review, review_comments, review_postgres, to_report
from bacowr.dbops.lint.revisions import pending, read_revisions
from bacowr.dbops.lint.sqlite.judging import judge_surroundings, review_sqlite
from bacowr.dbops.lint.squawk import MISSING, find_squawk
from bacowr.dbops.project import read_project
from bacowr.dbops.sqlite.tokens import fold, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from alembic.config import Config
    from flask import Flask

    from bacowr.dbops.lint.schema import Schema
    from bacowr.dbops.project import Project
    from bacowr.dbops.report import Finding, Report

ROUNDS = 4
COUNTED = 1_000_001
"""Where counting rows stops: one more than what is called many."""


@dataclass(frozen=True)
class Found:
    """What the project's database says of itself."""

    heads: tuple[str, ...]
    findings: tuple[Finding, ...]
    schema: Schema | None = None
    """Only PostgreSQL's."""
    path: str | None = None
    """Only SQLite's."""
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """What is to be reviewed: a range of revisions, and the databases to judge for."""

    range_: str | None = None
    dialects: tuple[str, ...] = ()


def review_project(app: Flask, config: Config, wish: Wish) -> Report:
    """Review the revisions of a range, or those that nobody else has yet (see `choose`).

    Raises Refused for a range that isn't one, and whatever a revision's file raises when it is
    loaded.
    """
    project = read_project(app)
    directory = ScriptDirectory.from_config(config)
    found = look(project, directory)
    choice = choose(directory, found.heads if found else None, wish.range_)
    review = _review(project, directory, found, wish, choice.revisions)
    return to_report(review, tuple(_notes(choice, found, review)))


def repair_project(app: Flask, config: Config, wish: Wish) -> tuple[Path, ...]:
    """Write the safe forms that are mechanical into the files, and return what was written.

    Repairs may need others in turn, so it is done until nothing more can be; the revisions put
    behind a repaired one are reviewed with it.
    """
    project = read_project(app)
    written: dict[Path, None] = {}
    chosen: frozenset[str] = frozenset()
    for _ in range(ROUNDS):
        directory = ScriptDirectory.from_config(config)
        known = {one.revision for one in directory.walk_revisions("base", "heads")}
        found = look(project, directory)
        chosen |= choose(directory, found.heads if found else None, wish.range_).revisions
        review = _review(project, directory, found, wish, chosen)
        paths = repair(review, tuple(directory.get_heads()))
        if not paths:
            break
        written |= dict.fromkeys(paths)
        after = ScriptDirectory.from_config(config).walk_revisions("base", "heads")
        chosen |= frozenset(one.revision for one in after if one.revision not in known)
    return tuple(written)


def _review(
    project: Project,
    directory: ScriptDirectory,
    found: Found | None,
    wish: Wish,
    chosen: frozenset[str],
) -> Review:
    missing = pending(directory, found.heads if found else ())
    review = Review(
        read_revisions(directory),
        chosen,
        read_protections(Path(directory.env_py_location), project),
        metadata=project.metadata,
        squawk=find_squawk(),
    )
    review.findings += [*judge_heads(directory), *judge_against_main(Path(directory.versions))]
    review.findings += [*find_stale(directory), *(found.findings if found else ())]
    at_hand = found if found and chosen <= missing else None
    kinds = wish.dialects or _dialects_of(project)
    if "postgresql" in kinds:
        review.schema = at_hand.schema if at_hand else None
        review_postgres(review)
    if "sqlite" in kinds:
        path = at_hand.path if at_hand else None
        review.findings += judge_surroundings(review, str(directory.env_py_location), path)
        review_sqlite(review, project.engine, path, at_hand.rows if at_hand else {})
    review_comments(review)
    return review


def _notes(choice: Choice, found: Found | None, review: Review) -> Iterator[str]:
    if found is None:
        yield "The database is not at hand: rows are assumed, and nothing counts as applied."
    if choice.note:
        yield choice.note
    if review.squawk is None:
        yield MISSING


def _dialects_of(project: Project) -> tuple[str, ...]:
    name = project.engine.dialect.name
    return ("postgresql",) if name == "postgresql" else ("postgresql", "sqlite")


def is_at_hand(engine: sa.Engine) -> bool:
    """Tell whether there is a database to look into; a SQLite file isn't made by looking."""
    if engine.dialect.name != "sqlite":
        return True
    return not is_memory(engine) and Path(engine.url.database or "").exists()


def look(project: Project, directory: ScriptDirectory) -> Found | None:
    """Look into the project's database, and change nothing; None if it can't be reached."""
    if not is_at_hand(project.engine):
        return None
    options = {"version_table": project.version_table, "version_table_schema": project.schema}
    try:
        with sibling(project.engine).connect() as connection:
            heads = MigrationContext.configure(connection, opts=options).get_current_heads()
            edited = tuple(judge_applied(directory, connection, project.schema))
            if connection.dialect.name == "postgresql":
                return Found(heads, edited, schema=read_schema(connection))
            return Found(heads, edited, path=project.engine.url.database, rows=_count(connection))
    except sa.exc.OperationalError:
        return None


def _count(connection: sa.Connection) -> dict[str, int]:
    """Return the numbers of rows of a SQLite database's tables, up to a limit."""
    names = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    ).scalars()
    counts = {}
    for name in list(names):
        counting = f"SELECT count(*) FROM (SELECT 1 FROM {quote(name)} LIMIT {COUNTED})"
        counts[fold(name)] = connection.exec_driver_sql(counting).scalar_one()
    return counts
