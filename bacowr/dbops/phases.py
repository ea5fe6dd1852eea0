"""An upgrade in two phases: what old code can live with before it goes, and the rest after.

Expand revisions, and data revisions that say so, leave code working that doesn't know them. The
rest wait until that code is gone. The first upgrade of an empty database does all: nobody uses it.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bacowr.dbops.errors import Refused, refuse
from bacowr.dbops.events import Direction
from bacowr.dbops.history import ancestors, read_facts
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.settings import Phasing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alembic.script import ScriptDirectory

    from bacowr.dbops.history import RevisionFacts
    from bacowr.dbops.plan import Plan
    from bacowr.dbops.record import Entry

ATTRIBUTE: Final = "dbops_phase"
"""Where a command leaves the phase that it was asked for."""
AFTERWARDS: Final = "`flask db upgrade --phase contract` once no old code runs any more."


class Phase(StrEnum):
    """Which part of an upgrade is made."""

    EXPAND = "expand"
    CONTRACT = "contract"
    CLOSED = "closed"
    """All of it, since the application is closed for maintenance."""


ASKED: Final = (Phase.EXPAND.value, Phase.CONTRACT.value)
"""The phases that a person may ask for."""
NO_OLD_CODE: Final = frozenset({Phase.CONTRACT.value, Phase.CLOSED.value})


def cut(plan: Plan, phase: str, phasing: Phasing, log: Iterable[Entry]) -> Plan:
    """Return the part of an upgrade that may be made in this phase, and what it puts off.

    Without a phase that is all, unless the project goes in phases (by its setting, or because its
    record says that it has before) and old code can't bear it. Raises Refused for that, and for a
    plan that would put a revision first that comes after a later one.
    """
    if plan.direction is not Direction.UPGRADE or not plan.heads or phase in NO_OLD_CODE:
        return plan
    if phase == Phase.EXPAND:
        return _expand(plan)
    knows_phases = any(one.phase in ASKED for one in log)
    if phasing is Phasing.OFF or (phasing is Phasing.AUTO and not knows_phases):
        return plan
    breaking = [one.revision for one in plan.facts if not one.compatible]
    if breaking:
        raise _refuse_both(breaking)
    return plan


def _expand(plan: Plan) -> Plan:
    put_off = set(waiting_for_contract(plan.facts))
    for one in plan.facts:
        if one.compatible and one.revision in put_off and not _is_merge(one):
            raise _refuse_ambiguous(one, put_off)
    steps = tuple(one for one in plan.steps if one.name not in put_off)
    deferred = tuple(one for one in plan.facts if one.revision in put_off)
    return replace(plan, steps=steps, deferred=deferred)


def waiting_for_contract(pending: Sequence[RevisionFacts]) -> tuple[str, ...]:
    """Return the pending revisions that old code can't bear, and those behind them."""
    found: dict[str, None] = {}
    for one in pending:
        if not one.compatible or any(parent in found for parent in one.parents):
            found[one.revision] = None
    return tuple(found)


def awaited(directory: ScriptDirectory, heads: Sequence[str]) -> tuple[str, ...]:
    """Return the revisions that this code needs before it may serve, and the database lacks."""
    done = set(ancestors(directory, heads))
    known = reversed(list(directory.walk_revisions("base", "heads")))
    pending = [read_facts(one) for one in known if one.revision not in done]
    put_off = set(waiting_for_contract(pending)) if heads else set()
    return tuple(one.revision for one in pending if one.revision not in put_off)


def told(plan: Plan) -> Finding | None:
    """Return what is to be said of revisions that were put off."""
    if not plan.deferred:
        return None
    names = ", ".join(one.revision for one in plan.deferred)
    return Finding(
        "put-off",
        f"Put off until no old code runs any more: {names}.",
        names,
        AFTERWARDS,
        Level.INFO,
    )


def _is_merge(facts: RevisionFacts) -> bool:
    return len(facts.parents) > 1


def _refuse_ambiguous(facts: RevisionFacts, put_off: set[str]) -> Refused:
    behind = ", ".join(one for one in facts.parents if one in put_off)
    return refuse(
        "ambiguous-phases",
        f"Revision {facts.revision} ({facts.kind}) is wanted before the new code serves, but it "
        f"stands behind {behind}, which has to wait until the old code is gone. Nothing was "
        "changed.",
        where=facts.revision,
        remedy=f"Deploy the release that ends with {behind} first, and then {AFTERWARDS} "
        "Or close the application: `flask db upgrade --maintenance`.",
    )


def _refuse_both(breaking: Sequence[str]) -> Refused:
    names = ", ".join(breaking)
    return refuse(
        "phases",
        f"Old code may still serve, and {names} may break it. Nothing was changed.",
        where=names,
        remedy="`flask db upgrade --phase expand` before the new code serves, and then "
        f"{AFTERWARDS} (DBOPS_PHASES=off: always all at once.)",
    )
