"""Which revision a database without a version equals, found by one replay of the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alembic.config import Config
from alembic.script import ScriptDirectory

from bacowr.dbops.console import count_text, heads_text
from bacowr.dbops.errors import refuse
from bacowr.dbops.history import ancestors
from bacowr.dbops.project import Project
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.model import Schema
from bacowr.dbops.schema.references import schema_of_history
from bacowr.dbops.schema.sources import live_schema
from bacowr.dbops.scratch import scratch_engine
from bacowr.dbops.stamping import Comparison, differ, told_differences
from bacowr.dbops.standing import pending_from, read_heads


@dataclass(frozen=True)
class Candidates:
    """The comparisons of a database with each state of its history, the oldest first."""

    comparisons: tuple[Comparison, ...]
    directory: ScriptDirectory

    @property
    def equal(self) -> tuple[Comparison, ...]:
        """Return the states that the database's schema equals; of several nobody knows which."""
        return tuple(one for one in self.comparisons if one.is_equal and one.heads)

    @property
    def nearest(self) -> Comparison | None:
        """Return the state with the fewest differences, of several the newest."""
        return min(reversed(self.comparisons), key=distance, default=None)

    @property
    def found(self) -> Comparison | None:
        """Return the one state that the database equals."""
        return self.equal[0] if len(self.equal) == 1 else None


def distance(comparison: Comparison) -> int:
    """Return in how many things a database and a state differ, a table's parts counted."""
    return sum(1 + len(one.parts) for one in comparison.differences)


def find_candidates(project: Project, config: Config) -> Candidates:
    """Compare an unversioned database with every state of the history.

    Each revision is run once, on a scratch database, and the schema read after it. Raises Refused
    for a database that has a version or holds nothing, and whatever a revision raises.
    """
    heads = read_heads(project)
    if heads:
        raise refuse(
            "versioned",
            f"The database has a version already: {heads_text(heads)}. Nothing was written.",
            remedy="flask db drift compares it with its history; flask db stamp changes it.",
        )
    found = live_schema(project)
    if not found.items:
        raise refuse(
            "empty",
            "The database is empty: there is nothing to adopt.",
            remedy="flask db upgrade makes its tables.",
        )
    directory = ScriptDirectory.from_config(config)
    states = states_of(project, config, directory)
    told = tuple(differ(project, heads, one, found) for heads, one in states)
    return Candidates(told, directory)


def states_of(
    project: Project, config: Config, directory: ScriptDirectory
) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Yield each revision with the schema that it and all below it make, and that of all heads.

    A history without branches is replayed once; each further branch takes a replay of its own.
    """
    order = [one.revision for one in directory.walk_revisions("base", "heads")][::-1]
    below = {one: frozenset(ancestors(directory, [one])) for one in order}
    heads = tuple(sorted(directory.get_heads()))
    waiting = list(order)
    while waiting:
        there: frozenset[str] = frozenset()
        is_first = waiting == order
        with scratch_engine(project) as engine:
            for one in list(waiting):
                if there <= below[one]:
                    yield (one,), schema_of_history(project, config, one, engine)
                    there = below[one]
                    waiting.remove(one)
            if is_first and len(heads) > 1:
                yield heads, schema_of_history(project, config, "heads", engine)


def findings_of(candidates: Candidates) -> list[Finding]:
    """Return why nothing can be adopted just so; nothing where one state was found."""
    if candidates.found is not None:
        return []
    if candidates.equal:
        names = " and ".join(heads_text(one.heads) for one in candidates.equal)
        return [
            Finding(
                "ambiguous",
                f"The database equals the schema of {names} alike: what lies between them "
                "changes rows only. Nothing was written.",
                remedy="Look at the rows that those revisions write, then: flask db stamp "
                f"{' or flask db stamp '.join(' '.join(one.heads) for one in candidates.equal)}",
            )
        ]
    nearest = candidates.nearest
    if nearest is None:
        return [Finding("no-history", "There are no revisions to compare with.")]
    return [
        Finding(
            "no-match",
            f"The database equals no revision. The nearest is {heads_text(nearest.heads)}. "
            f"Nothing was written. {told_differences(nearest)}",
            remedy="Bring the schema there by hand and run flask db adopt again; or, if you "
            f'know better: flask db stamp {" ".join(nearest.heads)} --force "the reason"',
        )
    ]


def note_of(candidates: Candidates, found: Comparison) -> Finding:
    """Return what was found, and what is pending once the database is adopted there."""
    number = len(pending_from(candidates.directory, found.heads))
    pending = f"{count_text(number, 'revision')} before the newest; flask db upgrade goes on"
    where = f"The database equals {heads_text(found.heads)}"
    return Finding(
        "found", f"{where}, {pending if number else 'the newest revision'}.", level=Level.INFO
    )
