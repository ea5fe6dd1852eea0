"""A pooler that shares sessions between clients, where a session's lock protects nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bacowr.dbops.engines import in_autocommit, raw_of, sibling
from bacowr.dbops.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine.interfaces import DBAPIConnection

BACKEND = sa.text("SELECT pg_backend_pid()")
ROUNDS = 3


def find_pooler(connection: sa.Connection) -> Iterator[Finding]:
    """Yield a finding where the connection's session is shared, as by PgBouncer's transaction mode.

    A pooler answers with a process id of its own when it is connected to. Only then are two
    connections compared, since poolers that keep sessions apart do no harm.
    """
    told = backend_told(raw_of(connection))
    if told in {None, connection.scalar(BACKEND)} or not shares_sessions(connection.engine):
        return
    yield Finding(
        "pooler",
        "The URL leads to a pooler that shares sessions (transaction mode), where the lock that "
        "keeps two migrations apart protects nothing. Nothing was changed.",
        remedy="Set DBOPS_DATABASE_URL to the server's own URL; the application keeps its.",
    )


def backend_told(raw: DBAPIConnection) -> int | None:
    """Return the server's process as the driver was told it; None where it doesn't say."""
    info = getattr(raw, "info", None)
    told: int | None = getattr(info, "backend_pid", None)
    return told


def shares_sessions(engine: sa.Engine) -> bool:
    """Tell whether two clients get one session, or one client several."""
    own = sibling(engine)
    with own.connect() as one, own.connect() as other:
        clients = [_alone(one), _alone(other)]
        seen = [{client.scalar(BACKEND) for _ in range(ROUNDS)} for client in clients]
        again = {clients[0].scalar(BACKEND)}
    return bool(seen[0] & seen[1]) or len(seen[0] | again) > 1


def _alone(connection: sa.Connection) -> sa.Connection:
    if in_autocommit(connection):
        return connection
    return connection.execution_options(isolation_level="AUTOCOMMIT")
