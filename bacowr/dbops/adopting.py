"""Which revision a database without a version equals, found by one replay of the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alembic.config import Config
from alembic.script import ScriptDirectory

from bacowr.dbops.console import count_text, heads_text
from bacowr.dbops.errors import refuse
from bacowr.dbops.history import parents_of
from bacowr.dbops.project import Project
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.schema.model import Schema
from bacowr.dbops.schema.references import schema_of_history
from bacowr.dbops.schema.sources import live_schema
from bacowr.dbops.scratch import scratch_engine
from bacowr.dbops.stamping import Comparison, differ, told_differences
from bacowr.dbops.standing import read_heads


@dataclass(frozen=True)
class Candidates:
    """The comparisons of a database with each state of its history, the oldest first."""

    comparisons: tuple[Comparison, ...]

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
    states = states_of(project, config)
    return Candidates(tuple(differ(project, heads, one, found) for heads, one in states))


def states_of(project: Project, config: Config) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Yield the heads and the schema after each revision, in the order of an upgrade."""
    directory = ScriptDirectory.from_config(config)
    scripts = list(directory.walk_revisions("base", "heads"))
    heads: set[str] = set()
    with scratch_engine(project) as engine:
        for script in reversed(scripts):
            schema = schema_of_history(project, config, script.revision, engine)
            heads = (heads - set(parents_of(script))) | {script.revision}
            yield tuple(sorted(heads)), schema


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


def note_of(candidates: Candidates) -> Finding:
    """Return what is pending once the database is adopted where it was found."""
    found = candidates.found
    later = candidates.comparisons[candidates.comparisons.index(found) + 1 :] if found else ()
    pending = f"{count_text(len(later), 'revision')} pending; flask db upgrade applies them"
    return Finding(
        "found",
        f"The database equals {heads_text(found.heads) if found else 'nothing'}, "
        f"{pending if later else 'the newest revision'}.",
        level=Level.INFO,
    )
