"""Locks that processes share: by name, for one unit of work, held by the database."""

import hashlib

import sqlalchemy as sa

from bacowr.base.db import db

KEY_BYTES = 8


def hold(*words: str) -> None:
    """Let nobody else hold what the words name until this unit of work ends; wait for who does.

    PostgreSQL's advisory locks do it; SQLite lets one unit of work write at a time anyway. Hold a
    lock before the first read that decides: what others committed meanwhile is seen then.
    """
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key_of(*words))))


def key_of(*words: str) -> int:
    """Return the number that PostgreSQL knows the lock by, within its 64 bits."""
    digest = hashlib.sha256("\x1f".join(words).encode()).digest()
    return int.from_bytes(digest[:KEY_BYTES], "big", signed=True)
