"""PostgreSQL as the runner sees it: short waits for locks, and never a wait without an end."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.engines import execute_raw, in_autocommit, raw_of, sibling
from bacowr.dbops.errors import escaped, refuse
from bacowr.dbops.postgres import lock
from bacowr.dbops.postgres.blockers import BlockerWatch
from bacowr.dbops.postgres.unfinished import clear_up
from bacowr.dbops.statements import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine.interfaces import DBAPIConnection

    from bacowr.dbops.run import Run

LOCK_NOT_AVAILABLE = "55P03"
IN_TRANSACTION = 2
NOTICES_A_LOST_CLIENT = (14,)
ASK_SECONDS = 1.0
ROWS = 2
"""What libpq says of a query that returned rows."""


class PostgresTarget:
    """One PostgreSQL database, reached directly and not through a pooler of transactions."""

    def __init__(self, app_engine: sa.Engine, run: Run) -> None:
        self.run = run
        self.engine = sibling(app_engine)
        self.key = lock.key_of(run.version_table, run.schema)
        self.is_last = True
        self._asked = 0.0
        self.holding: sa.Connection | None = None
        self.blockers = BlockerWatch(sibling(app_engine), run.settings.lock_timeout)
        sa.event.listen(self.engine, "begin", self._begin)

    def _begin(self, connection: sa.Connection) -> None:
        """Give the transaction, or outside of one the session, its limits and its name.

        The commit of a revision doesn't wait for the disk while others follow in the same run;
        that of the last one does, and that of a failure's entry in the record. The log is written
        in the order of the commits, so what waits for the one has all before it on the disk, and a
        server that crashes in between comes back at an earlier revision, whole and with its entry:
        https://www.postgresql.org/docs/current/wal-async-commit.html
        """
        if self.holding is None:
            return
        alone = in_autocommit(connection)
        settings = self.run.settings
        limit = max(1, int(self.run.remaining * 1000))
        if settings.statement_timeout:
            limit = min(limit, int(settings.statement_timeout * 1000))
        wanted = {
            "application_name": lock.name_of(self.key),
            "lock_timeout": str(int(settings.lock_timeout * 1000)),
            "statement_timeout": str(limit),
        }
        if (self.engine.dialect.server_version_info or ()) >= NOTICES_A_LOST_CLIENT:
            wanted["client_connection_check_interval"] = "200ms"
        if not (alone or self.is_last):
            wanted["synchronous_commit"] = "off"
        local = "false" if alone else "true"
        calls = ", ".join(f"set_config('{n}', '{v}', {local})" for n, v in wanted.items())
        if alone or not _begin_with(raw_of(connection), f"SELECT {calls}"):
            execute_raw(raw_of(connection), f"SELECT {calls}")

    @contextmanager
    def hold(self, wait_seconds: float) -> Iterator[None]:
        """Keep every other run off this database by an advisory lock of a second session."""
        with sibling(self.engine).connect() as connection:
            second = connection.execution_options(isolation_level="AUTOCOMMIT")
            lock.acquire(second, self.key, wait_seconds)
            lock.outlive_others(second, self.key, self.run.remaining)
            self.holding = second
            try:
                with self.blockers.running():
                    yield
            finally:
                self.holding = None

    def release(self) -> None:
        """Do nothing: the connection was the run's own, and is closed."""

    def before_statement(self, connection: sa.Connection, statement: str) -> None:
        """Let a concurrent index build wait for old transactions: it blocks nobody meanwhile."""
        raw = raw_of(connection)
        if in_autocommit(connection) and kind_of(statement) is Kind.LONELY:
            execute_raw(raw, "SET lock_timeout = 0")
        self.blockers.begin(int(getattr(getattr(raw, "info", None), "backend_pid", 0)))

    def after_statement(self, connection: sa.Connection, statement: str) -> None:
        """Put the limit back that was lifted for the statement."""
        self.blockers.end()
        if in_autocommit(connection) and kind_of(statement) is Kind.LONELY:
            wait = int(self.run.settings.lock_timeout * 1000)
            execute_raw(raw_of(connection), f"SET lock_timeout = {wait}")

    def is_in_transaction(self, raw: DBAPIConnection) -> bool:
        """Tell whether the session has a transaction open."""
        return _in_transaction(raw)

    def is_finished(self, raw: DBAPIConnection, statement: str, *, begun: bool) -> bool:
        """Clear up after a broken try of the statement; tell whether it had finished after all."""
        return clear_up(raw, statement, begun=begun)

    def after_revision(self, connection: sa.Connection, revision: str) -> None:
        """Refuse a revision that ended its own transaction."""
        if not _in_transaction(raw_of(connection)):
            raise escaped(revision)

    def committed_heads(self, version_table: str) -> tuple[str, ...] | None:
        """Return the heads as the lock's session sees them; refuse to go on without the lock.

        Between quick revisions it is not asked: a step whose predecessor was not committed finds
        no row of that version to update, which Alembic refuses. After the last it always is.
        """
        if self.holding is None or not (self.is_last or self._is_time_to_ask()):
            return None
        table = sa.table(version_table, schema=self.run.schema)
        name = self.engine.dialect.identifier_preparer.format_table(table)
        held, heads = lock.heads_under(self.holding, self.key, name)
        if not held:
            raise refuse(
                "lock-lost",
                "The session that holds the migration lock lost it, so another run may be at "
                "work. What is committed stays.",
                remedy="Connect directly to the server, not through a pooler that shares "
                "sessions, and run the upgrade again.",
            )
        return heads

    def _is_time_to_ask(self) -> bool:
        moment = time.monotonic()
        if moment - self._asked < ASK_SECONDS:
            return False
        self._asked = moment
        return True

    def is_lock_timeout(self, error: BaseException) -> bool:
        """Tell whether a statement gave up waiting for a lock."""
        original = getattr(error, "orig", None)
        state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
        return bool(state == LOCK_NOT_AVAILABLE)

    def blocker(self) -> str:
        """Return who held the lock that a statement last waited for."""
        return self.blockers.last


def _begin_with(raw: DBAPIConnection, query: str) -> bool:
    """Begin a transaction with a query in it, in one round trip; return whether that was done.

    Only psycopg 3 can, and only where the application wants no other kind of transaction.
    """
    server = getattr(raw, "pgconn", None)
    wishes = [getattr(raw, name, None) for name in ("isolation_level", "read_only", "deferrable")]
    if server is None or wishes != [None, None, None] or _in_transaction(raw):
        return False
    return int(server.exec_(f"BEGIN; {query}".encode()).status) == ROWS


def _in_transaction(raw: DBAPIConnection) -> bool:
    """Tell whether the server has a transaction open, as far as the driver knows."""
    info = getattr(raw, "info", None)
    status = getattr(info, "transaction_status", None)
    return True if status is None else int(status) in {1, IN_TRANSACTION}
