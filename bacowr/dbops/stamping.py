"""Stamps that are true: the version is written only where the schema is that of the revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import HeadMaintainer, MigrationContext
from alembic.script import ScriptDirectory

from bacowr.dbops.ahead import knows, look_ahead, refuse_ahead
from bacowr.dbops.console import count_text, heads_text
from bacowr.dbops.engines import sibling
from bacowr.dbops.project import Project
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.changes import short_lines_of
from bacowr.dbops.schema.difference import Change, Difference, compare
from bacowr.dbops.schema.model import Schema
from bacowr.dbops.schema.reading import schema_names, within
from bacowr.dbops.schema.references import metadatas
from bacowr.dbops.schema.sources import live_schema, schema_at
from bacowr.dbops.schema.wishes import Managed
from bacowr.dbops.standing import read_heads

SHOWN = 30


@dataclass(frozen=True)
class Comparison:
    """What a stamp would say, beside what the database holds.

    `heads` are what the version table would say, none for the base.
    """

    heads: tuple[str, ...]
    differences: tuple[Difference, ...] = ()
    reordered: tuple[Difference, ...] = ()
    is_empty: bool = False

    @property
    def is_equal(self) -> bool:
        """Tell whether the stamp would be true; the order of columns is no difference."""
        return not self.differences


def compare_for_stamp(
    project: Project, config: Config, revisions: Sequence[str], *, purge: bool = False
) -> Comparison:
    """Replay the history to where the stamp would put the database, and compare.

    Raises Refused for a revision that isn't there, where there can be no scratch database, and
    whatever a revision raises on it.
    """
    heads = heads_after(project, ScriptDirectory.from_config(config), revisions, purge=purge)
    expected = schema_at(project, config, heads)
    return differ(project, heads, expected, live_schema(project))


def differ(project: Project, heads: tuple[str, ...], expected: Schema, found: Schema) -> Comparison:
    """Compare what a history makes with what a database holds, where the project looks."""
    managed = Managed(project.wishes, metadatas(project))
    schemas = schema_names(expected) | managed.schemas
    ours = within(found, schemas)
    told = [one for one in compare(expected, ours, order=True) if managed.includes(one)]
    return Comparison(
        heads,
        tuple(one for one in told if one.change is not Change.REORDERED),
        tuple(one for one in told if one.change is Change.REORDERED),
        is_empty=not ours.items,
    )


def heads_after(
    project: Project, directory: ScriptDirectory, revisions: Sequence[str], *, purge: bool
) -> tuple[str, ...]:
    """Return what the version table would say after a stamp, as Alembic itself finds it.

    A stamp leaves the heads of other branches alone. Raises Refused, as a stamp does, when the
    database stands at a revision that the code has no file for.
    """
    heads = () if purge else read_heads(project)
    if not all(knows(directory, one) for one in heads):
        _refuse_ahead(project, directory, heads)
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        context._ensure_version_table()  # noqa: SLF001 - As Alembic's own stamp.
        maintainer = HeadMaintainer(context, ())
        for head in heads:
            maintainer._insert_version(head)  # noqa: SLF001 - As above.
        for step in directory._stamp_revs(tuple(revisions), heads):  # noqa: SLF001 - As above.
            maintainer.update_to_step(step)
        return tuple(sorted(maintainer.heads))


def _refuse_ahead(project: Project, directory: ScriptDirectory, heads: tuple[str, ...]) -> None:
    with sibling(project.engine).connect() as connection:
        ahead = look_ahead(connection, directory, heads, project.schema)
    if ahead is not None:
        raise refuse_ahead(ahead)


def findings_of(comparison: Comparison) -> list[Finding]:
    """Return why a stamp is refused, with the whole difference; a note on the order if not."""
    where = heads_text(comparison.heads)
    if comparison.is_equal:
        return [
            Finding("reordered", one.to_text().capitalize() + ".", one.subject, level=Level.INFO)
            for one in comparison.reordered
        ]
    if comparison.is_empty:
        return [
            Finding(
                "empty",
                f"The database is empty, so it isn't at {where}: a stamp would say that "
                "tables are there which are not. Nothing was written.",
                remedy="flask db upgrade makes them.",
            )
        ]
    return [
        Finding(
            "not-equal",
            f"The database isn't at {where}. Nothing was written. {told_differences(comparison)}",
            remedy="flask db adopt finds the revision that it equals. If you know better: "
            'flask db stamp … --force "the reason", which is recorded.',
        )
    ]


def told_differences(comparison: Comparison) -> str:
    """Return the differences as a short diff, from the revision to the database."""
    lines = list(short_lines_of(comparison.differences))
    number = count_text(len(comparison.differences), "difference")
    more = [f"… and {count_text(len(lines) - SHOWN, 'line')} more"] if lines[SHOWN:] else []
    return "\n    ".join(
        [
            f"{number} (+ only the database has it, - only the revision has it):",
            *lines[:SHOWN],
            *more,
        ]
    )
