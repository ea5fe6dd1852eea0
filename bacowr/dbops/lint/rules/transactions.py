"""What statements do to each other inside a revision: P-01 to P-05, P-15, P-18, P-19."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.lint.locks import Lock, locks_of
from bacowr.dbops.lint.rules.registry import RULES, Cost, Problem, Scene, rule
from bacowr.dbops.lint.sql.statements import Act, Statement, Verb
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.lint.steps import Step

ROW_CHANGES = {Verb.UPDATE, Verb.DELETE, Verb.INSERT}
SETTINGS = {Verb.SET, Verb.RESET, Verb.SELECT}
HARMLESS = SETTINGS | {Verb.COMMENT, Verb.ANALYZE}


def _strongest(scene: Scene, step: Step) -> tuple[str, Lock] | None:
    """Return the table and the lock with which a statement stops others, None if it doesn't."""
    found = [one for one in locks_of(step.statement, scene.schema) if one.lock.blocks]
    best = max(found, key=lambda one: one.lock.rank, default=None)
    return (best.table, best.lock) if best else None


@rule(
    "P-01",
    "queues behind any open transaction without a lock_timeout, and everybody queues behind it",
    "SET LOCAL lock_timeout = '2s' before it, or let dbops' run_migrations() set it.",
)
def _no_lock_timeout(scene: Scene) -> Iterator[Problem]:
    strongest = _strongest(scene, scene.step)
    if strongest and not scene.session.has_timeout("lock_timeout"):
        table, lock = strongest
        yield Problem(f"{scene.step.statement.verb.value.upper()} on {table} ({lock})", table)


@rule(
    "P-02",
    "may run for ever: no statement_timeout is in force",
    "SET LOCAL statement_timeout before it, or let dbops' run_migrations() set it.",
)
def _no_statement_timeout(scene: Scene) -> Iterator[Problem]:
    strongest = _strongest(scene, scene.step)
    if strongest and not scene.session.has_timeout("statement_timeout"):
        words = f"{scene.step.statement.verb.value.upper()} on {strongest[0]}"
        yield Problem(words, strongest[0], level=Level.WARNING)


@rule(
    "P-03",
    "takes its time while an earlier statement of the same transaction keeps a table locked",
    "Put it into a revision of its own.",
)
def _slow_behind_a_lock(scene: Scene) -> Iterator[Problem]:
    if not scene.step.in_transaction or not _is_slow(scene):
        return
    table = scene.step.statement.table
    for earlier in scene.before:
        held = _strongest(scene, earlier) if earlier.in_transaction else None
        if held and held[1] is Lock.ACCESS_EXCLUSIVE and held[0] != table:
            words = f"{scene.step.statement.verb.value.upper()} of {table} behind the lock on"
            yield Problem(f"{words} {held[0]}", held[0])
            return


def _is_slow(scene: Scene) -> bool:
    """Tell whether a statement reads or changes many rows."""
    statement = scene.step.statement
    if scene.schema.is_fresh(statement.table):
        return False
    if statement.verb in ROW_CHANGES:
        return statement.verb is not Verb.INSERT or "SELECT" in statement.words
    validates = any(action.act is Act.VALIDATE for action in statement.actions)
    return validates or bool(costs(scene))


def costs(scene: Scene) -> set[str]:
    """Return the rules by which the statement scans, builds or rewrites."""
    slow = (one for one in RULES.values() if one.cost is not Cost.NONE)
    return {one.id for one in slow if next(one.judge(scene), None) is not None}


@rule(
    "P-04",
    "goes over the same table once more",
    "Put all changes of the table into one ALTER TABLE.",
)
def _again(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    earlier = {scene.steps[index].statement.table for index in scene.rewriting}
    if statement.verb is Verb.ALTER_TABLE and statement.table in earlier and rewrites(scene):
        yield Problem(f"ALTER TABLE {statement.table}", statement.table, level=Level.WARNING)


def rewrites(scene: Scene) -> bool:
    """Tell whether an ALTER TABLE reads or writes all rows of its table."""
    goes_over = {Cost.REWRITE, Cost.SCAN}
    found = {RULES[code].cost for code in costs(scene) - {"K-14"}}
    return scene.step.statement.verb is Verb.ALTER_TABLE and bool(found & goes_over)


@rule(
    "P-05b",
    "fills rows in the transaction that changes the schema, and keeps its locks until it ends",
    "Put the change of rows into a data revision of its own.",
)
def _backfill_with_schema(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    fresh = scene.schema.is_fresh(statement.table)
    if statement.verb not in ROW_CHANGES or fresh or not scene.step.in_transaction:
        return
    if statement.verb is Verb.INSERT and "SELECT" not in statement.words:
        return
    for other in (*scene.before, *scene.after):
        if other.in_transaction and _strongest(scene, other):
            words = f"{statement.verb.value.upper()} of {statement.table}"
            yield Problem(words, statement.table)
            return


@rule(
    "P-15",
    "is a rename in all likelihood, and so done loses the column's data",
    "Rename by add, copy, switch, drop over three releases; or allow it with the reason.",
)
def _renamed(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    others = [one for one in scene.steps if one.statement.table == statement.table]
    for action in statement.actions:
        known = scene.schema.column(statement.table, action.column)
        if action.act is not Act.DROP_COLUMN or known is None:
            continue
        for other in others:
            for new in other.statement.actions:
                added = new.definition
                if added and added.type == known.type and added.name != known.name:
                    words = f"DROP {known.name} and ADD {added.name}, both {known.type},"
                    yield Problem(f"{words} on {statement.table}", statement.table)
                    return


@rule(
    "P-18",
    "can't be run again after an interruption",
    "DROP … IF EXISTS before it, or say IF [NOT] EXISTS.",
)
def _not_repeatable(scene: Scene) -> Iterator[Problem]:
    step = scene.step
    statement = step.statement
    if step.in_transaction or statement.verb in HARMLESS | ROW_CHANGES:
        return
    previous = scene.before[-1].statement if scene.before else None
    if not _is_repeatable(statement) and not _clears(previous, statement):
        words = f"{statement.verb.value.upper()} {statement.name or statement.table}"
        yield Problem(f"{words} outside a transaction", statement.table, level=Level.WARNING)


def _is_repeatable(statement: Statement) -> bool:
    again = {Verb.REINDEX, Verb.VACUUM, Verb.REFRESH, Verb.CLUSTER}
    validates = bool(statement.actions) and all(a.act is Act.VALIDATE for a in statement.actions)
    return "EXISTS" in statement.words or validates or statement.verb in again


def _clears(previous: Statement | None, statement: Statement) -> bool:
    """Tell whether the statement before it removes what an interrupted run may have left."""
    return (
        previous is not None
        and previous.verb is Verb.DROP_INDEX
        and statement.verb is Verb.CREATE_INDEX
        and previous.name == statement.name
        and "EXISTS" in previous.words
    )


@rule(
    "P-19",
    "commits what the revision did before it, so a failure leaves half of it behind",
    "Put the autocommit block into a revision of its own.",
)
def _autocommit_with_others(scene: Scene) -> Iterator[Problem]:
    if scene.step.in_transaction or scene.step.statement.verb in SETTINGS:
        return
    first = not any(not step.in_transaction for step in scene.before)
    others = [s for s in scene.before if s.in_transaction and s.statement.verb not in HARMLESS]
    if first and others:
        words = f"{scene.step.statement.verb.value.upper()} outside the transaction"
        yield Problem(words, scene.step.statement.table)
