"""Indexes on PostgreSQL: I-01 to I-10."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.lint.rules.registry import Cost, Problem, Scene, rule
from bacowr.dbops.lint.sql.statements import Verb
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDE = 4
INDEX_VERBS = {Verb.CREATE_INDEX, Verb.DROP_INDEX, Verb.REINDEX}


def _creates(scene: Scene) -> bool:
    """Tell whether the statement indexes a table that others can see."""
    statement = scene.step.statement
    return statement.verb is Verb.CREATE_INDEX and not scene.schema.is_fresh(statement.table)


@rule(
    "I-01",
    "lets nobody write to the table until the index is built",
    "CREATE INDEX CONCURRENTLY, in a revision of its own.",
    Cost.BUILD,
)
def _create(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    skipped = statement.is_concurrent or statement.table in scene.schema.partitions
    if _creates(scene) and not skipped and "ONLY" not in statement.words:
        yield Problem(f"CREATE INDEX {statement.name} on {statement.table}", statement.table)


@rule(
    "I-02",
    "may leave out rows: PostgreSQL 14.0 to 14.3 corrupt an index built CONCURRENTLY",
    "Update the server to 14.4 or newer first.",
)
def _corrupting(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    broken = not scene.is_before(14) and scene.is_before(14, 4)
    if broken and statement.is_concurrent and statement.verb in INDEX_VERBS - {Verb.DROP_INDEX}:
        yield Problem(f"{statement.verb.value.upper()} {statement.name}", statement.table)


@rule(
    "I-03",
    "fails: CONCURRENTLY can't run inside a transaction",
    "Put it into `with op.get_context().autocommit_block():`.",
)
def _in_transaction(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    if statement.is_concurrent and statement.verb in INDEX_VERBS and scene.step.in_transaction:
        yield Problem(f"{statement.verb.value.upper()} CONCURRENTLY {statement.name}")


@rule(
    "I-04",
    "keeps an index that an interrupted run left INVALID, with a mere notice",
    "DROP INDEX CONCURRENTLY IF EXISTS before it, and leave out IF NOT EXISTS.",
)
def _keeps_invalid(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    careless = statement.is_concurrent and {"IF", "NOT", "EXISTS"} <= statement.words
    if _creates(scene) and careless:
        yield Problem(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {statement.name}", statement.table)


@rule(
    "I-05",
    "waits for and then stops all reads and writes of the table",
    "DROP INDEX CONCURRENTLY, in a revision of its own.",
)
def _drop(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    known = scene.schema.indexes.get(statement.name)
    fresh = known is not None and scene.schema.is_fresh(known.table)
    if statement.verb is Verb.DROP_INDEX and not statement.is_concurrent and not fresh:
        yield Problem(f"DROP INDEX {statement.name}", known.table if known else "")


@rule(
    "I-06",
    "lets nobody write to the table, nor read by the index, until it is built again",
    "REINDEX … CONCURRENTLY (PostgreSQL 12), in a revision of its own.",
    Cost.BUILD,
)
def _reindex(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    if statement.verb is Verb.REINDEX and not statement.is_concurrent:
        known = scene.schema.indexes.get(statement.name)
        yield Problem(f"REINDEX {statement.name}", known.table if known else statement.name)


@rule(
    "I-08",
    "lets nobody write to any partition until all their indexes are built",
    "CREATE INDEX ON ONLY the parent, CONCURRENTLY on each partition, then ATTACH them.",
    Cost.BUILD,
)
def _partitioned(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    whole = statement.table in scene.schema.partitions and "ONLY" not in statement.words
    if _creates(scene) and whole:
        yield Problem(f"CREATE INDEX {statement.name} on partitioned {statement.table}")


@rule(
    "I-09",
    "costs every write and serves no query that another index doesn't",
    "Leave it out, or drop the other one.",
)
def _needless(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    if statement.verb is not Verb.CREATE_INDEX or "WHERE" in statement.words:
        return
    same = [one.name for one in scene.schema.indexes_on(statement.table) if one.name]
    twins = [n for n in same if scene.schema.indexes[n].columns == statement.columns]
    reason = f"the same columns as {twins[0]}" if twins and twins[0] != statement.name else ""
    if len(statement.columns) > WIDE:
        reason = reason or f"{len(statement.columns)} columns"
    if reason:
        words = f"CREATE INDEX {statement.name} with {reason}"
        yield Problem(words, statement.table, level=Level.WARNING)


@rule(
    "I-10",
    "leaves queries without an index until the other one is built",
    "Create the index first, drop the old one in a later revision.",
)
def _dropped_before_created(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    known = scene.schema.indexes.get(statement.name)
    if statement.verb is not Verb.DROP_INDEX or known is None:
        return
    for later in scene.after:
        created = later.statement
        same = created.verb is Verb.CREATE_INDEX and created.table == known.table
        if same and created.columns[:1] == known.columns[:1] and created.name != known.name:
            words = f"DROP INDEX {known.name} before {created.name} is created"
            yield Problem(words, known.table, level=Level.WARNING)
