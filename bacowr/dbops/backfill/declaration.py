"""What a data revision declares: which rows, which of them are still to be done, and how.

    backfill = Backfill(
        table="users",
        where="locale IS NULL",
        sql="UPDATE users SET locale = lower(country) WHERE {these}",
    )

or, where Python has to do it, a function in place of `sql`:

    @backfill.batch
    def fill(connection, these):
        for user in connection.execute(sa.select(users).where(these)):
            …

`where` says which rows are still to be done, so that doing a batch again changes nothing.
`{these}` stands for the rows of one batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from alembic import op

from bacowr.dbops.squashed import squashed_by

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

Function = Callable[[sa.Connection, sa.TextClause], object]
THESE: Final = "{these}"
OPTION: Final = "dbops_backfills"
"""The option of Alembic's context under which a run of dbops takes in what a revision starts."""


@dataclass(eq=False)
class Backfill:
    """A change of rows that is made in batches by key, beside the application that serves.

    `key` is what the batches go by, by default the primary key: unique, indexed and never null.
    """

    table: str
    where: str
    sql: str = ""
    key: str | tuple[str, ...] = ()
    schema: str | None = None
    function: Function | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.where.strip():
            raise ValueError("A backfill needs `where`: which rows are still to be done?")
        if self.sql and THESE not in self.sql:
            raise ValueError("The statement of a backfill needs {these}: the rows of one batch.")

    def batch(self, function: Function) -> Function:
        """Do a batch by a function of connection and condition; usable as a decorator.

        It may return how many rows it changed.
        """
        if self.sql:
            raise ValueError("A backfill has either `sql` or a function.")
        self.function = function
        return function

    def start(self) -> None:
        """Let the run take the backfill in; to be called in the revision's `upgrade()`.

        Where there is no run of dbops, as on a scratch database, in a script or under another
        env.py, all rows are done at once, in the revision's transaction.
        """
        register = op.get_context().opts.get(OPTION)
        if register is not None:
            register(self)
            return
        self.execute(op.get_bind(), f"({self.where})", {})

    def execute(self, connection: sa.Connection, these: str, binds: Mapping[str, Any]) -> int:
        """Do the rows that a condition names; return how many, or -1 where nobody knows."""
        if self.function is None:
            if not self.sql:
                raise ValueError("A backfill needs `sql` or a function: @backfill.batch.")
            statement = _bound(self.sql.replace(THESE, these), binds)
            return int(connection.execute(statement).rowcount)
        result = self.function(connection, _bound(these, binds))
        return result if isinstance(result, int) else -1


def _bound(text: str, binds: Mapping[str, Any]) -> sa.TextClause:
    """Return a text with values, each of which may be typed."""
    return sa.text(text).bindparams(*binds.values())


def declared_in(module: ModuleType) -> Backfill | None:
    """Return the backfill that a revision's file declares.

    One that was squashed declares none: only a database that has no rows yet runs it.
    """
    if squashed_by(module):
        return None
    found = getattr(module, "backfill", None)
    return found if isinstance(found, Backfill) else None
