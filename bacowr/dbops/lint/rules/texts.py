"""What is wrong in the text of a statement on any table: T-17, T-18, P-05, P-17, P-20."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.lint.rules.registry import Problem, Scene, rule
from bacowr.dbops.lint.sql.reader import NAMES, Reader, names_in
from bacowr.dbops.lint.sql.statements import Verb
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.lint.sql.statements import Statement

LONGEST_NAME = 63
DEFINING = {Verb.CREATE_TABLE, Verb.ALTER_TABLE, Verb.CREATE_INDEX, Verb.CREATE_VIEW}
DEFINING |= {Verb.CREATE_TYPE, Verb.SEQUENCE, Verb.CREATE_TRIGGER, Verb.ALTER_INDEX}
CHANGING = DEFINING | {Verb.DROP_TABLE, Verb.DROP_INDEX, Verb.ALTER_TYPE}


@rule(
    "T-17",
    "is longer than 63 bytes, so PostgreSQL cuts it off and two names may become one",
    "Choose a shorter name.",
)
def _long_name(scene: Scene) -> Iterator[Problem]:
    if scene.step.statement.verb in DEFINING:
        for token in scene.step.statement.tokens:
            if token.kind in NAMES and len(token.name.encode()) > LONGEST_NAME:
                yield Problem(f"Name {token.name}", scene.step.statement.table)


@rule("T-18", "stands twice in the statement, which fails when it runs", "Name it once.")
def _column_twice(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    for name in _doubled(_written_columns(statement)):
        yield Problem(f"Column {statement.table}.{name}", statement.table)


def _doubled(names: tuple[str, ...]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _written_columns(statement: Statement) -> tuple[str, ...]:
    reader = Reader(statement.tokens)
    if statement.verb is Verb.INSERT:
        reader.until(frozenset({"INTO"}))
        reader.skip()
        reader.name()
        return names_in(reader.parens())
    if statement.verb is Verb.UPDATE:
        reader.until(frozenset({"SET"}))
        reader.skip()
        return names_in(reader.until(frozenset({"WHERE", "FROM", "RETURNING"})))
    return ()


@rule(
    "P-05",
    "changes every row in one statement: they stay locked until the revision ends, "
    "and a mistake has no bounds",
    "Fill old rows in batches, outside the revision; or say which rows by WHERE.",
)
def _without_where(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    if statement.verb not in {Verb.UPDATE, Verb.DELETE}:
        return
    if "WHERE" not in statement.words and not scene.schema.is_fresh(statement.table):
        words = f"{statement.verb.value.upper()} of {statement.table} without WHERE"
        yield Problem(words, statement.table)


@rule(
    "P-06",
    "runs as one transaction, so an interruption loses all of it and rows stay locked meanwhile",
    "Batch it: a bounded range of keys per transaction, with the place remembered.",
)
def _unbatched(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    changes = statement.verb in {Verb.UPDATE, Verb.DELETE} and "WHERE" in statement.words
    changes |= statement.verb is Verb.INSERT and "SELECT" in statement.words
    if changes and not scene.schema.is_fresh(statement.table):
        words = f"{statement.verb.value.upper()} of many rows of {statement.table}"
        yield Problem(words, statement.table, level=Level.WARNING)


@rule(
    "P-17",
    "can't be judged from its text",
    "Write it as plain statements; or, having judged it yourself, allow it with the reason.",
)
def _opaque(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    if statement.verb is Verb.OPAQUE:
        yield Problem(f"A statement ({statement.why_opaque})")


@rule(
    "P-20",
    "ends or begins a transaction that isn't the revision's to end, so half of it may be kept",
    "Leave transactions to the runner; use `with op.get_context().autocommit_block():`.",
)
def _own_transaction(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    if statement.verb in {Verb.BEGIN, Verb.COMMIT, Verb.ROLLBACK}:
        yield Problem(statement.verb.value.upper())
