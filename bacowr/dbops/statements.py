"""What kind of thing a statement is, as far as crash safety must know."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

LEAD = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*", re.DOTALL)
ENDS_TRANSACTION = re.compile(
    r"(?:commit|end|abort|begin|start\s+transaction|prepare\s+transaction"
    r"|rollback(?!\s+(?:work\s+|transaction\s+)?to\b))\b",
    re.IGNORECASE,
)
READS = {"select", "show", "explain", "values", "table", "pragma", "fetch", "declare", "close"}
SESSION = {"set", "reset", "listen", "unlisten", "notify", "discard", "deallocate", "prepare"}
SESSION |= {"attach", "detach", "savepoint", "release", "load", "checkpoint"}
LONELY = re.compile(
    r"(?:vacuum|cluster|call|do|reindex|alter\s+system|analyze"
    r"|(?:create|drop)\s+(?:database|tablespace)"
    r"|(?:create|drop|alter)\s+subscription"
    r"|create\s+(?:unique\s+)?index\s+concurrently|drop\s+index\s+concurrently"
    r"|alter\s+table\s.*\bdetach\s+partition\s.*\bconcurrently)\b",
    re.IGNORECASE | re.DOTALL,
)
WORD = re.compile(r"\w*")
CHANGES = re.compile(r"\b(?:insert|update|delete|merge)\b", re.IGNORECASE)


class Kind(StrEnum):
    """How a statement behaves when it is run a second time, or inside a transaction."""

    READ = "read"
    SESSION = "session"
    """Changes the session only, so it is always run."""
    CONTROL = "control"
    """Begins or ends a transaction."""
    LONELY = "lonely"
    """Can't run inside a transaction."""
    CHANGE = "change"
    """Changes the database, and can be undone by rolling back."""


def body_of(statement: str) -> str:
    """Return the statement without what stands before its first word."""
    lead = LEAD.match(statement)
    return statement[lead.end() :] if lead else statement


@lru_cache(maxsize=4)
def kind_of(statement: str) -> Kind:
    """Return the kind of a statement; what isn't known counts as a change.

    It is asked several times about each, and remembers no more than that: they can be long.
    """
    body = body_of(statement)
    word = WORD.match(body).group().lower()  # type: ignore[union-attr] # It matches anything.
    if ENDS_TRANSACTION.match(body):
        return Kind.CONTROL
    if word in READS or (word == "with" and not CHANGES.search(body)):
        return Kind.READ
    if word in SESSION or word == "rollback":
        return Kind.SESSION
    return Kind.LONELY if LONELY.match(body) else Kind.CHANGE
