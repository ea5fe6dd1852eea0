"""One migration at a time on a PostgreSQL database: an advisory lock that dies with its session."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.errors import LockBusy, Refused, refuse
from bacowr.dbops.events import WaitingForLock, emit
from bacowr.dbops.postgres.pooler import find_pooler
from bacowr.dbops.report import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

POLL_SECONDS = 0.1
ENDS_IDLE_SESSIONS = (14,)

HOLDER = sa.text(
    "SELECT a.pid, a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND (l.classid::bigint << 32) | l.objid::bigint = :key"
)
HELD = (
    "SELECT EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = pg_backend_pid() "
    "AND l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
    "AND (l.classid::bigint << 32) | l.objid::bigint = :key), v.version_num "
    "FROM (SELECT 1) AS one LEFT JOIN VERSIONS v ON true"
)
OTHERS = sa.text(
    "SELECT pid FROM pg_stat_activity WHERE application_name = :name "
    "AND datname = current_database() AND pid <> pg_backend_pid()"
)


def key_of(version_table: str, schema: str | None) -> int:
    """Return the lock's key, the same for every run on the same version table."""
    named = f"dbops:{schema or ''}.{version_table}".encode()
    return int.from_bytes(hashlib.sha256(named).digest()[:8], "big", signed=True)


def name_of(key: int) -> str:
    """Return the application_name of a session that is running revisions."""
    return f"dbops migrating {key & 0xFFFFFFFFFFFFFFFF:016x}"


def acquire(connection: sa.Connection, key: int, wait_seconds: float) -> None:
    """Take the lock for the connection's session, asking for it again and again.

    Never by waiting in pg_advisory_lock(): the snapshot of one who waits there is what the
    holder's CREATE INDEX CONCURRENTLY waits for, and nobody notices the deadlock.
    Raises LockBusy, which names the holder, when the time has passed, and Refused where a pooler
    shares the session with others.
    """
    for finding in find_pooler(connection):
        raise Refused(finding)
    signature = f"dbops lock {socket.gethostname()}:{os.getpid()}"[:63]
    connection.execute(
        sa.text("SELECT set_config('application_name', :n, false)"), {"n": signature}
    )
    if (connection.dialect.server_version_info or ()) >= ENDS_IDLE_SESSIONS:
        connection.execute(sa.text("SELECT set_config('idle_session_timeout', '0', false)"))
    deadline = time.monotonic() + wait_seconds
    told = False
    while not connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
        if not told:
            emit(WaitingForLock(holder_of(connection, key), wait_seconds))
            told = True
        if time.monotonic() >= deadline:
            raise LockBusy(
                Finding(
                    "lock-busy",
                    f"{holder_of(connection, key)} is still migrating this database after "
                    f"{wait_seconds:g} s of waiting. Nothing was changed by this run.",
                    remedy="Wait for it, or end it; then run the command again (--wait SECONDS).",
                )
            )
        time.sleep(POLL_SECONDS)


def heads_under(connection: sa.Connection, key: int, table: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether the connection's session holds the lock, and the heads it sees.

    `table` is the version table's quoted name. It is one question, since it is asked after each
    revision.
    """
    rows = connection.execute(sa.text(HELD.replace("VERSIONS", table)), {"key": key}).all()
    return all(held for held, _ in rows), tuple(str(head) for _, head in rows if head is not None)


def holder_of(connection: sa.Connection, key: int) -> str:
    """Return who holds the lock, in words."""
    for pid, name in _holders(connection, key):
        process = str(name).removeprefix("dbops lock ")
        return f"Process {process} (backend {pid})"
    return "Another process"


def outlive_others(connection: sa.Connection, key: int, seconds: float) -> None:
    """Wait for the last statement of a killed run, which its server may still be working on."""
    deadline = time.monotonic() + seconds
    while True:
        others = connection.scalars(OTHERS, {"name": name_of(key)}).all()
        if not others:
            return
        if time.monotonic() >= deadline:
            raise refuse(
                "still-running",
                f"A statement of an earlier, killed run still runs (backend {others[0]}).",
                remedy=f"Wait for it, or end it by SELECT pg_terminate_backend({others[0]});",
            )
        time.sleep(POLL_SECONDS)


def _holders(connection: sa.Connection, key: int) -> Sequence[sa.Row[int, str]]:
    return connection.execute(HOLDER, {"key": key}).all()
