"""The database's revisions as a person reads them: newest first, what waits on top."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alembic.script import ScriptDirectory

from bacowr.dbops.classes import RevisionClass
from bacowr.dbops.history import ancestors, read_facts
from bacowr.dbops.record import Entry, applied
from bacowr.dbops.standing import Standing


class State(StrEnum):
    """Where a revision stands."""

    PENDING = "pending"
    APPLIED = "applied"
    UNKNOWN = "unknown"
    """Applied by newer code: there is no file for it here."""


@dataclass(frozen=True)
class Step:
    """One revision of the timeline. `at` is None where nobody recorded when it was applied."""

    revision: str
    title: str
    kind: str
    state: State
    at: datetime | None = None
    duration_ms: int = 0
    app_version: str = ""


def timeline(standing: Standing, directory: ScriptDirectory) -> Sequence[Step]:
    """Return every revision that the code or the database knows, newest first."""
    entries = applied(standing.log)
    done = set(ancestors(directory, standing.heads))
    scripts = list(directory.walk_revisions("base", "heads"))
    known = {script.revision for script in scripts}
    unknown = [entry for name, entry in entries.items() if name not in known]
    steps = [_step(entry, entry.title, entry.kind, State.UNKNOWN) for entry in reversed(unknown)]
    for script in scripts:
        facts = read_facts(script)
        state = State.APPLIED if script.revision in done else State.PENDING
        entry = entries.get(script.revision) if state is State.APPLIED else None
        steps.append(_step(entry or Entry(script.revision), facts.title, facts.kind.value, state))
    return steps


def _step(entry: Entry, title: str, kind: str, state: State) -> Step:
    return Step(
        revision=entry.revision,
        title=title,
        kind=kind or RevisionClass.CONTRACT,
        state=state,
        at=datetime.fromisoformat(entry.at) if entry.at else None,
        duration_ms=entry.duration_ms,
        app_version=entry.app_version,
    )
