"""A stamp in the record: who said that the database is where, and why where it was forced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bacowr.dbops.engines import connection_of
from bacowr.dbops.events import Direction
from bacowr.dbops.history import read_facts
from bacowr.dbops.record import BASE, Entry, append

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from bacowr.dbops.run import Run

REASON = "dbops_stamp_reason"
"""The attribute of Alembic's config by which a forced stamp's reason comes here."""


class StampRecorder:
    """Writes a stamp into the record, in the transaction of the stamp itself."""

    def __init__(self, run: Run, before: Iterable[str], reason: str) -> None:
        self.run = run
        self.before = set(before)
        self.reason = reason

    def __call__(self, ctx: MigrationContext, heads: set[str], **_: Any) -> None:  # noqa: ANN401 - Alembic's `on_version_apply`.
        """Append an entry for each head that the stamp brought, or one for the base."""
        script = ctx.environment_context.script if ctx.environment_context else None
        new = sorted(set(heads) - self.before)
        entries = [self._entry(script, one) for one in new]
        if not heads:
            entries = [self._entry(script, BASE)]
        self.before = set(heads)
        append(connection_of(ctx), entries, self.run.schema)

    def _entry(self, script: ScriptDirectory | None, revision: str) -> Entry:
        found = script.get_revision(revision) if script and revision != BASE else None
        known = Entry(revision) if found is None else Entry.of(read_facts(found))
        said = f"forced: {self.reason}" if self.reason else ""
        return replace(
            known,
            direction=Direction.STAMP,
            app_version=self.run.settings.app_version,
            run_id=self.run.id,
            title=f"{known.title} ({said})" if known.title and said else known.title or said,
        )
