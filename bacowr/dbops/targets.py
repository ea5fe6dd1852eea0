"""What the runner needs of a database, and which one it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bacowr.dbops.errors import refuse
from bacowr.dbops.postgres.connection import PostgresTarget
from bacowr.dbops.sqlite.connection import SqliteTarget

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import sqlalchemy as sa
    from sqlalchemy.engine.interfaces import DBAPIConnection

    from bacowr.dbops.run import Run


class Target(Protocol):
    """A database that revisions are run on."""

    engine: sa.Engine
    """Opens connections whose transactions the runner owns."""
    is_last: bool
    """Whether the transaction that begins next ends the run; its commit answers for all."""

    def hold(self, wait_seconds: float) -> AbstractContextManager[None]:
        """Keep every other run off this database; raise LockBusy when the wait is over.

        Within it transactions begin as a writer's do.
        """

    def release(self) -> None:
        """Leave nothing changed on what the application goes on using."""

    def before_statement(self, connection: sa.Connection, statement: str) -> None:
        """Prepare for a statement of a revision, inside the revision's transaction."""

    def after_statement(self, connection: sa.Connection, statement: str) -> None:
        """Undo what was prepared for the statement."""

    def is_in_transaction(self, raw: DBAPIConnection) -> bool:
        """Tell whether the server has a transaction open for this connection."""

    def is_finished(self, raw: DBAPIConnection, statement: str, *, begun: bool) -> bool:
        """Clear up what a broken try of a statement outside transactions left behind.

        Return True when it had finished after all; `begun` says that an earlier run began it.
        """

    def after_revision(self, connection: sa.Connection, revision: str) -> None:
        """Refuse, still inside its transaction, what a revision must not leave behind."""

    def committed_heads(self, version_table: str) -> tuple[str, ...] | None:
        """Return the heads as another connection sees them, None where there can't be one."""

    def is_lock_timeout(self, error: BaseException) -> bool:
        """Tell whether a statement gave up because somebody else holds a lock."""

    def blocker(self) -> str:
        """Return in words who held the lock that a statement last waited for, or nothing."""


def target_for(engine: sa.Engine, run: Run) -> Target:
    """Return the target of an application's engine; refuse a database nobody tested."""
    if engine.dialect.name == "sqlite":
        return SqliteTarget(engine, run)
    if engine.dialect.name == "postgresql":
        return PostgresTarget(engine, run)
    raise refuse(
        "dialect",
        f"dbops works on SQLite and PostgreSQL, not on {engine.dialect.name}. Nothing was touched.",
        remedy="Keep Flask-Migrate's own env.py for this database.",
    )
