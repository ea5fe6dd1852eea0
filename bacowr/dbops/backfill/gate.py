"""Which backfills a contract revision has to wait for, and the refusal where they aren't done.

A contract revision takes away what a backfill reads from, or demands what it writes. So it needs
every backfill below it in the history that no contract revision in between has needed before;
`needs_backfill = ("0012",)` in its file names the ones it needs instead, `()` none. Older code may
have written rows since a backfill was done, so those are looked for once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bacowr.dbops.backfill.declaration import declared_in
from bacowr.dbops.backfill.states import State
from bacowr.dbops.classes import RevisionClass
from bacowr.dbops.errors import Refused, refuse
from bacowr.dbops.history import parents_of, read_facts

if TYPE_CHECKING:
    from alembic.script import Script, ScriptDirectory

    from bacowr.dbops.backfill.store import Status

DECLARATION: Final = "needs_backfill"
WHY: Final = {
    State.PAUSED: ("is paused", "`flask db backfill resume {0}`, then `flask db backfill run {0}`"),
    State.FAILED: ("has failed", "Mend that, then `flask db backfill run {0}`"),
    State.CANCELED: ("was canceled", "`flask db backfill run {0}` starts it again"),
}
UNDONE: Final = ("is not done", "Wait for the worker, or `flask db backfill run {0}`")


def needs_of(directory: ScriptDirectory, revision: str) -> tuple[str, ...]:
    """Return the backfills a revision needs, the oldest first; only a contract one needs any."""
    needs: dict[str, frozenset[str]] = {}
    below: dict[str, frozenset[str]] = {}
    settled: dict[str, frozenset[str]] = {}
    for script in reversed(list(directory.walk_revisions("base", "heads"))):
        parents = parents_of(script)
        known = frozenset().union(*(below[one] for one in parents))
        done = frozenset().union(*(settled[one] for one in parents))
        needed = needs[script.revision] = _needs(script, known - done)
        own = {script.revision} if declared_in(script.module) is not None else set()
        below[script.revision] = known | own
        settled[script.revision] = done | needed
    order = {one: number for number, one in enumerate(below)}
    return tuple(sorted(needs[revision], key=lambda one: order.get(one, -1)))


def _needs(script: Script, opened: frozenset[str]) -> frozenset[str]:
    named = getattr(script.module, DECLARATION, None)
    if named is not None:
        return frozenset({named} if isinstance(named, str) else named)
    if not opened or read_facts(script).kind is not RevisionClass.CONTRACT:
        return frozenset()
    return opened


def refuse_unfinished(revision: str, needed: str, status: Status | None) -> Refused:
    """Return the refusal of a contract revision before a backfill that isn't done."""
    state, remedy = WHY.get(status.state, UNDONE) if status else UNDONE
    error = f" ({status.error})" if status and status.error else ""
    share = f" ({status.share:.0%})" if status and not error and status.total else ""
    return refuse(
        "backfill-unfinished",
        f"Revision {revision} needs the backfill of {needed}, which {state}{error}{share}. "
        f"{revision} was not applied.",
        where=revision,
        remedy=f"{remedy.format(needed)}; then run the upgrade again.",
    )
