"""Which lock each statement takes on which table, on PostgreSQL.

Measured on 15.18 and 18.4 by tests/dbops/lint/test_measured.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bacowr.dbops.lint.sql.columns import ConstraintKind
from bacowr.dbops.lint.sql.statements import Act, Action, Statement, Verb

if TYPE_CHECKING:
    from bacowr.dbops.lint.schema import Schema


class Lock(StrEnum):
    """A table lock by its name in `pg_locks`, the weakest first."""

    ACCESS_SHARE = "AccessShareLock"
    ROW_SHARE = "RowShareLock"
    ROW_EXCLUSIVE = "RowExclusiveLock"
    SHARE_UPDATE_EXCLUSIVE = "ShareUpdateExclusiveLock"
    SHARE = "ShareLock"
    SHARE_ROW_EXCLUSIVE = "ShareRowExclusiveLock"
    EXCLUSIVE = "ExclusiveLock"
    ACCESS_EXCLUSIVE = "AccessExclusiveLock"

    @property
    def blocks(self) -> str:
        """Return who waits behind it, nothing for a lock that ordinary work doesn't meet."""
        if self is Lock.ACCESS_EXCLUSIVE:
            return "reads and writes"
        weak = self.rank < Lock.SHARE.rank
        return "" if weak else "writes"

    @property
    def rank(self) -> int:
        """Return its place among the locks; a higher one includes what a lower one stops."""
        return list(Lock).index(self)


@dataclass(frozen=True)
class Held:
    """A lock on a table."""

    table: str
    lock: Lock


WEAK_ACTS = {
    Act.VALIDATE: Lock.SHARE_UPDATE_EXCLUSIVE,
    Act.SET_STATISTICS: Lock.SHARE_UPDATE_EXCLUSIVE,
    Act.ATTACH: Lock.SHARE_UPDATE_EXCLUSIVE,
    Act.OPTIONS: Lock.SHARE_UPDATE_EXCLUSIVE,
    Act.TRIGGER: Lock.SHARE_ROW_EXCLUSIVE,
}

STRONG = {
    Verb.CREATE_INDEX: Lock.SHARE,
    Verb.REINDEX: Lock.SHARE,
    Verb.DROP_INDEX: Lock.ACCESS_EXCLUSIVE,
    Verb.VACUUM: Lock.ACCESS_EXCLUSIVE,
    Verb.POLICY: Lock.ACCESS_EXCLUSIVE,
    Verb.CREATE_TRIGGER: Lock.SHARE_ROW_EXCLUSIVE,
}


def locks_of(statement: Statement, schema: Schema) -> tuple[Held, ...]:
    """Return the locks a statement takes on tables that the revision didn't create."""
    return tuple(
        held
        for held in _all_locks(statement, schema)
        if held.table and not schema.is_fresh(held.table)
    )


def _all_locks(statement: Statement, schema: Schema) -> list[Held]:
    verb = statement.verb
    if verb is Verb.ALTER_TABLE:
        return _alter_locks(statement, schema)
    if verb is Verb.CREATE_TABLE:
        parents = [one.parent for one in statement.constraints if one.parent]
        found = [Held(parent, Lock.SHARE_ROW_EXCLUSIVE) for parent in parents]
        return [*found, *(Held(parent, Lock.ACCESS_EXCLUSIVE) for parent in statement.tables)]
    if verb in {Verb.DROP_TABLE, Verb.TRUNCATE, Verb.CLUSTER, Verb.REFRESH}:
        lock = Lock.ACCESS_EXCLUSIVE
        if verb is Verb.REFRESH and statement.is_concurrent:
            return []
        found = [Held(table, lock) for table in statement.tables]
        if verb is Verb.DROP_TABLE:
            parents = [p for table in statement.tables for p in schema.parents_of(table)]
            found += [Held(parent, lock) for parent in parents]
        return found
    if verb is Verb.ALTER_DOMAIN:
        return _domain_locks(statement, schema)
    held = _index_lock(statement, schema)
    children = schema.partitions.get(held.table, ()) if held and verb is Verb.CREATE_INDEX else ()
    return [Held(table, held.lock) for table in (held.table, *children)] if held else []


def _domain_locks(statement: Statement, schema: Schema) -> list[Held]:
    """A new CHECK of a domain is looked up in every table that uses it."""
    if "ADD" not in statement.words or {"NOT", "VALID"} <= statement.words:
        return []
    return [
        Held(table.name, Lock.SHARE)
        for table in schema.tables.values()
        if any(column.type.name == statement.name for column in table.columns.values())
    ]


def _index_lock(statement: Statement, schema: Schema) -> Held | None:
    """Return the lock of the statements that concern one index, one trigger or one policy."""
    strong = STRONG.get(statement.verb)
    if strong is None:
        return None
    index = schema.indexes.get(statement.name)
    table = statement.table or (index.table if index else statement.name)
    if index and statement.verb is Verb.REINDEX:
        table = index.table
    if statement.verb is Verb.CREATE_TRIGGER and "DROP" in statement.words:
        strong = Lock.ACCESS_EXCLUSIVE
    weak = statement.is_concurrent
    weak |= statement.verb is Verb.VACUUM and "FULL" not in statement.words
    return Held(table, Lock.SHARE_UPDATE_EXCLUSIVE if weak else strong)


def _alter_locks(statement: Statement, schema: Schema) -> list[Held]:
    """ALTER TABLE takes the strongest lock that any of its parts needs."""
    strongest = max((_act_lock(action) for action in statement.actions), key=lambda one: one.rank)
    found = [Held(statement.table, strongest)]
    for action in statement.actions:
        found += _parent_locks(statement, action, schema)
    return found


def _act_lock(action: Action) -> Lock:
    kind = action.constraint.kind if action.constraint else None
    if action.act is Act.ADD_CONSTRAINT and kind is ConstraintKind.FOREIGN_KEY:
        return Lock.SHARE_ROW_EXCLUSIVE
    if action.act is Act.DETACH and "CONCURRENTLY" in action.words:
        return Lock.SHARE_UPDATE_EXCLUSIVE
    return WEAK_ACTS.get(action.act, Lock.ACCESS_EXCLUSIVE)


def _parent_locks(statement: Statement, action: Action, schema: Schema) -> list[Held]:
    table = schema.table(statement.table)
    added = [action.constraint] if action.constraint else []
    if action.definition is not None:
        added += list(action.definition.constraints)
    found = [Held(one.parent, Lock.SHARE_ROW_EXCLUSIVE) for one in added if one.parent]
    named = table.constraint(action.new)
    if named is not None and named.parent:
        if action.act is Act.VALIDATE:
            found.append(Held(named.parent, Lock.ROW_SHARE))
        if action.act is Act.DROP_CONSTRAINT:
            found.append(Held(named.parent, Lock.ACCESS_EXCLUSIVE))
    if action.act in {Act.ATTACH, Act.DETACH}:
        found.append(Held(action.new, Lock.ACCESS_EXCLUSIVE))
    return found
