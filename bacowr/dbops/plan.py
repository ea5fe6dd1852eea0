"""What a run is asked for, and the steps that takes from where the database stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from alembic.runtime.migration import RevisionStep

from bacowr.dbops.events import Direction
from bacowr.dbops.history import read_facts

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import Script

    from bacowr.dbops.history import RevisionFacts

KEPT = "__dbops_facts__"


class Verb(StrEnum):
    """What Alembic's command wants of env.py, told by the function it hands over."""

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    STAMP = "do_stamp"
    ENSURE = "do_ensure_version"
    COMPARE = "retrieve_migrations"
    CURRENT = "display_version"
    SHOW = "show_current"
    HISTORY = "_display_current_history"
    EDIT = "edit_current"
    NOTHING = "nothing"
    OTHER = "other"
    """A program of the user's own: treated as a writer, step by step."""

    @classmethod
    def of(cls, function: object) -> Verb:
        """Return the verb of the function that a command handed over."""
        name = getattr(function, "__name__", "")
        return cls(name) if name in {verb.value for verb in cls} else cls.OTHER

    @property
    def writes(self) -> bool:
        """Tell whether the command may change the database."""
        return self in {Verb.UPGRADE, Verb.DOWNGRADE, Verb.STAMP, Verb.ENSURE, Verb.OTHER}


@dataclass(frozen=True)
class PlannedStep:
    """One of Alembic's steps, with what the revision's file says; a stamp has no file."""

    step: Any
    facts: RevisionFacts | None

    @property
    def name(self) -> str:
        """Return the revision the step is about."""
        up = self.step.to_revisions if self.step.is_upgrade else self.step.from_revisions
        return self.facts.revision if self.facts else ", ".join(up)


@dataclass(frozen=True)
class Plan:
    """The steps of a run in order; `heads` is where it starts."""

    direction: Direction
    heads: tuple[str, ...] = ()
    steps: tuple[PlannedStep, ...] = ()
    deferred: tuple[RevisionFacts, ...] = ()
    """What is put off until no old code runs any more."""

    @property
    def facts(self) -> tuple[RevisionFacts, ...]:
        """Return what the files of the revisions to run say."""
        return tuple(planned.facts for planned in self.steps if planned.facts)


def make_plan(
    verb: Verb,
    migration: MigrationContext,
    wanted: Any,  # noqa: ANN401 - Alembic's untyped function.
    heads: tuple[str, ...],
) -> Plan:
    """Ask Alembic's own function for the steps from the heads the database has."""
    steps = tuple(
        PlannedStep(step, _facts_of(step.revision) if isinstance(step, RevisionStep) else None)
        for step in wanted(heads, migration) or ()
    )
    down = verb is Verb.DOWNGRADE or any(not planned.step.is_upgrade for planned in steps)
    direction = Direction.DOWNGRADE if down else Direction.UPGRADE
    return Plan(Direction.STAMP if verb is Verb.STAMP else direction, heads, steps)


def _facts_of(script: Script) -> RevisionFacts:
    """Return the facts of a file that this run has loaded, read only once."""
    known = vars(script.module).get(KEPT)
    if known is None:
        known = vars(script.module)[KEPT] = read_facts(script)
    facts: RevisionFacts = known
    return facts
