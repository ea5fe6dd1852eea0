"""Constraints on PostgreSQL: K-01 to K-18."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.lint.rules.registry import Cost, Problem, Scene, on_action, rule
from bacowr.dbops.lint.sql.columns import Constraint, ConstraintKind
from bacowr.dbops.lint.sql.statements import Act, Action, Verb
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.lint.steps import Step

NAMED = {ConstraintKind.CHECK, ConstraintKind.FOREIGN_KEY, ConstraintKind.UNIQUE}
KEYS = {ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY}


def added(action: Action, *kinds: ConstraintKind) -> Constraint | None:
    """Return the constraint that an action adds, if it is of one of these kinds."""
    constraint = action.constraint if action.act is Act.ADD_CONSTRAINT else None
    return constraint if constraint and constraint.kind in kinds else None


def subject(scene: Scene, constraint: Constraint) -> Problem:
    """Return a problem whose subject is the constraint."""
    table = scene.step.statement.table
    name = constraint.name or f"({', '.join(constraint.columns)})"
    return Problem(f"ADD {constraint.kind.value.upper()} {name} on {table}", table)


@on_action(
    "K-01",
    "reads every row while nobody reads or writes the table",
    "Add it NOT VALID, and VALIDATE CONSTRAINT in the next revision, which lets writes go on.",
    Cost.SCAN,
)
def _check(scene: Scene, action: Action) -> Iterator[Problem]:
    constraint = added(action, ConstraintKind.CHECK, ConstraintKind.NOT_NULL)
    if constraint and constraint.is_valid and constraint.is_enforced:
        yield subject(scene, constraint)


@on_action(
    "K-04",
    "looks up the parent of every row, and nobody writes to either table until that ends",
    "Add it NOT VALID, and VALIDATE CONSTRAINT in the next revision, which lets writes go on.",
    Cost.SCAN,
)
def _foreign_key(scene: Scene, action: Action) -> Iterator[Problem]:
    constraint = added(action, ConstraintKind.FOREIGN_KEY)
    if constraint and constraint.is_valid and constraint.is_enforced:
        found = subject(scene, constraint)
        yield Problem(f"{found.subject} to {constraint.parent}", found.table)


@on_action(
    "K-08",
    "builds an index while nobody reads or writes the table",
    "CREATE UNIQUE INDEX CONCURRENTLY in a revision of its own, then ADD CONSTRAINT … USING INDEX.",
    Cost.BUILD,
)
def _key(scene: Scene, action: Action) -> Iterator[Problem]:
    constraint = added(action, *KEYS)
    if constraint and not constraint.index:
        yield subject(scene, constraint)


@on_action(
    "K-09",
    "sets NOT NULL on the index's columns, which reads every row while nobody reads or writes",
    "Set NOT NULL first, by a validated CHECK (C-18).",
    Cost.SCAN,
)
def _key_on_nullable(scene: Scene, action: Action) -> Iterator[Problem]:
    constraint = added(action, ConstraintKind.PRIMARY_KEY)
    index = scene.schema.indexes.get(constraint.index) if constraint else None
    if not constraint or not constraint.index:
        return
    table = scene.schema.table(scene.step.statement.table)
    columns = index.columns if index else ("its column",)
    for column in columns:
        known = table.columns.get(column)
        if not (known and known.is_not_null) and not table.promises_not_null(column):
            yield subject(scene, constraint)
            return


@on_action(
    "K-10",
    "builds an index and reads the table twice while nobody reads or writes it; no form is free "
    "of that",
    "Do it in a maintenance window, or on a new table.",
    Cost.BUILD,
)
def _exclude(scene: Scene, action: Action) -> Iterator[Problem]:
    constraint = added(action, ConstraintKind.EXCLUDE)
    if constraint:
        yield subject(scene, constraint)


@on_action(
    "K-11",
    "breaks running code that says ON CONFLICT on it, or relies on it",
    "Take it out of the code first, deploy, then drop it.",
)
def _drop_key(scene: Scene, action: Action) -> Iterator[Problem]:
    table = scene.schema.table(scene.step.statement.table)
    known = table.constraint(action.new) if action.act is Act.DROP_CONSTRAINT else None
    if known and known.kind in KEYS:
        words = f"DROP CONSTRAINT {known.name} ({known.kind.value}) of {table.name}"
        yield Problem(words, table.name, level=Level.WARNING)


@rule(
    "K-12",
    "makes every delete of a parent read the whole child table, since no index begins with it",
    "Create the index too; on a table in use CONCURRENTLY, and first.",
)
def _foreign_key_without_index(scene: Scene) -> Iterator[Problem]:
    table = scene.step.statement.table
    indexed = _first_columns(scene, table)
    for constraint in _brought(scene):
        if constraint.parent and constraint.columns and constraint.columns[0] not in indexed:
            words = f"FOREIGN KEY ({', '.join(constraint.columns)}) of {table}"
            yield Problem(words, table, level=Level.WARNING)


def _brought(scene: Scene) -> tuple[Constraint, ...]:
    """Return the constraints that a statement brings, whichever way it says so."""
    found = list(scene.step.statement.constraints)
    for action in scene.step.statement.actions:
        found += [action.constraint] if action.constraint else []
        found += list(action.definition.constraints) if action.definition else []
    return tuple(found)


def _first_columns(scene: Scene, table: str) -> set[str]:
    """Return the columns with which an index of the table begins, or will in this revision."""
    later = [step.statement for step in scene.after if step.statement.verb is Verb.CREATE_INDEX]
    columns = [one.columns for one in scene.schema.indexes_on(table)]
    columns += [one.columns for one in later if one.table == table]
    keys = (*scene.schema.table(table).constraints, *_brought(scene))
    columns += [one.columns for one in keys if one.kind in KEYS]
    return {one[0] for one in columns if one}


@rule(
    "K-13",
    "holds the locks of all of them until the last is done",
    "One foreign key per revision.",
)
def _several_foreign_keys(scene: Scene) -> Iterator[Problem]:
    before = [step for step in scene.before if step.in_transaction and _adds_key(scene, step)]
    if before and _adds_key(scene, scene.step) and scene.step.in_transaction:
        tables = {step.statement.table for step in (*before, scene.step)}
        words = f"{len(before) + 1} foreign keys on {', '.join(sorted(tables))} in one transaction"
        yield Problem(words, scene.step.statement.table, level=Level.WARNING)


def _adds_key(scene: Scene, step: Step) -> bool:
    statement = step.statement
    fresh = scene.schema.is_fresh(statement.table)
    return not fresh and any(added(a, ConstraintKind.FOREIGN_KEY) for a in statement.actions)


@rule(
    "K-14",
    "keeps the lock of the first through the scan of the second, so NOT VALID gained nothing",
    "Put VALIDATE CONSTRAINT into the next revision.",
    Cost.SCAN,
)
def _validated_at_once(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    names = {a.new for a in statement.actions if a.act is Act.VALIDATE}
    if not scene.step.in_transaction or not names or scene.schema.is_fresh(statement.table):
        return
    for step in scene.before:
        for action in step.statement.actions:
            made = action.constraint if action.act is Act.ADD_CONSTRAINT else None
            same = made and made.name in names and step.statement.table == statement.table
            if same and step.in_transaction:
                words = f"VALIDATE of {made.name if made else ''} in the transaction that adds it"
                yield Problem(words, statement.table)


@rule(
    "K-15",
    "leaves its name to the database, so a later revision can't drop it the same way everywhere",
    "Name it, or give the metadata a naming convention.",
)
def _unnamed(scene: Scene) -> Iterator[Problem]:
    table = scene.step.statement.table
    for constraint in _brought(scene):
        if not constraint.name and constraint.kind in NAMED:
            words = f"{constraint.kind.value.upper()} ({', '.join(constraint.columns)}) of {table}"
            yield Problem(words, table, level=Level.WARNING)


@rule(
    "K-18",
    "reads every table that has a column of the domain while nobody writes to them",
    "Add it NOT VALID, and VALIDATE in the next revision.",
    Cost.SCAN,
)
def _domain_check(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    adds = statement.verb is Verb.ALTER_DOMAIN and {"ADD", "CHECK"} <= statement.words
    if adds and "VALID" not in statement.words:
        yield Problem(f"ALTER DOMAIN {statement.name} ADD CHECK")
