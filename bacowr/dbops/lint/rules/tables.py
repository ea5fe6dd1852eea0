"""Whole tables, views, triggers and types on PostgreSQL: T-01 to T-18."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.lint.rules.registry import Cost, Problem, Scene, on_action, rule
from bacowr.dbops.lint.sql.columns import ConstraintKind
from bacowr.dbops.lint.sql.statements import Act, Action, Verb
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL_STOP = "rewrites the table, and nobody reads or writes it until that ends"


@rule(
    "T-01",
    "takes the rows along, breaks code that still reads it, and locks every parent it points to",
    "Stop using the table and deploy; later drop its foreign keys one by one, then the table, in "
    'a revision that declares dbops_class = "contract".',
)
def _drop_table(scene: Scene) -> Iterator[Problem]:
    if scene.step.statement.verb is Verb.DROP_TABLE:
        for table in scene.step.statement.tables:
            if not scene.schema.is_fresh(table):
                rows = scene.schema.table(table).rows
                note = f"It has about {rows:,} rows." if rows else ""
                yield Problem(f"DROP TABLE {table}", table, note)


@on_action(
    "T-02",
    "breaks all running code that knows the old name, at once",
    "Keep the old name as a view of the new one until no code uses it.",
)
def _rename_table(scene: Scene, action: Action) -> Iterator[Problem]:
    if action.act is Act.RENAME_TABLE:
        table = scene.step.statement.table
        kept = any(
            later.statement.verb is Verb.CREATE_VIEW and later.statement.name == table
            for later in scene.after
        )
        if not kept:
            yield Problem(f"RENAME TABLE {table} to {action.new}", table)


@rule(
    "T-03",
    "removes all rows, with CASCADE those of other tables too, and stops all reads and writes",
    "Delete in batches.",
)
def _truncate(scene: Scene) -> Iterator[Problem]:
    if scene.step.statement.verb is Verb.TRUNCATE:
        for table in scene.step.statement.tables:
            if not scene.schema.is_fresh(table):
                yield Problem(f"TRUNCATE {table}", table)


@on_action("T-04", ALL_STOP, "Create a new table and move the rows in batches.", Cost.REWRITE)
def _set_logged(scene: Scene, action: Action) -> Iterator[Problem]:
    if action.act is Act.SET_LOGGED:
        table = scene.step.statement.table
        yield Problem(f"SET LOGGED/UNLOGGED of {table}", table)


@rule(
    "T-05",
    ALL_STOP,
    "Use pg_repack, or let autovacuum do its work.",
    Cost.REWRITE,
)
def _vacuum_full(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    full = statement.verb is Verb.VACUUM and "FULL" in statement.words
    if full or statement.verb is Verb.CLUSTER:
        word = "VACUUM FULL" if full else "CLUSTER"
        yield Problem(f"{word} {statement.table or 'of every table'}", statement.table)


@rule(
    "T-06",
    "lets nobody read the view until it is computed anew",
    "Give it a unique index and REFRESH … CONCURRENTLY.",
    Cost.REWRITE,
)
def _refresh(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    if statement.verb is Verb.REFRESH and not statement.is_concurrent:
        yield Problem(f"REFRESH MATERIALIZED VIEW {statement.name}", statement.name)


@on_action("T-07", ALL_STOP, "Create a new table and move the rows in batches.", Cost.REWRITE)
def _set_place(scene: Scene, action: Action) -> Iterator[Problem]:
    if action.act is Act.SET_PLACE:
        table = scene.step.statement.table
        yield Problem(f"SET TABLESPACE or ACCESS METHOD of {table}", table)


@on_action(
    "T-08",
    "reads the whole partition while nobody reads or writes it, since no CHECK promises its bounds",
    "ADD CHECK with the bounds NOT VALID, VALIDATE it, then ATTACH, then drop the CHECK.",
    Cost.SCAN,
)
def _attach(scene: Scene, action: Action) -> Iterator[Problem]:
    if action.act is not Act.ATTACH or scene.schema.is_fresh(action.new):
        return
    child = scene.schema.table(action.new)
    if not any(one.kind is ConstraintKind.CHECK and one.is_valid for one in child.constraints):
        yield Problem(f"ATTACH PARTITION {action.new}", action.new)


@on_action(
    "T-09",
    "waits for and then stops all reads and writes of the partitioned table",
    "DETACH PARTITION … CONCURRENTLY (PostgreSQL 14), outside a transaction.",
)
def _detach(scene: Scene, action: Action) -> Iterator[Problem]:
    if action.act is Act.DETACH and "CONCURRENTLY" not in action.words:
        yield Problem(f"DETACH PARTITION {action.new}", scene.step.statement.table)


@on_action(
    "T-11",
    "hides every row from all but the owner until a policy exists",
    "Create the policy first, in the same transaction.",
)
def _row_security(scene: Scene, action: Action) -> Iterator[Problem]:
    table = scene.step.statement.table
    policies = [one.statement for one in scene.steps if one.statement.verb is Verb.POLICY]
    on = action.act is Act.ROW_SECURITY and {"ENABLE", "FORCE"} & action.words
    if on and "NO" not in action.words and not any(one.table == table for one in policies):
        yield Problem(f"ROW LEVEL SECURITY on {table} without a policy", table)


@rule(
    "T-12",
    "can't be used in the transaction that adds it",
    "Add the value in a revision of its own, use it in the next.",
)
def _enum_value_used_at_once(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    if statement.verb is not Verb.ALTER_TYPE or not {"ADD", "VALUE"} <= statement.words:
        return
    values = {token.text for token in statement.tokens if token.text.startswith("'")}
    if scene.step.in_transaction and scene.is_before(12):
        yield Problem(f"ADD VALUE to {statement.name} inside a transaction before PostgreSQL 12")
    for later in scene.after if scene.step.in_transaction else ():
        if values & {token.text for token in later.statement.tokens}:
            yield Problem(f"New value of {statement.name}")
            return


@rule(
    "T-13",
    "breaks all running code that knows the old value, at once",
    "Add the new value, move rows and code over, and leave the old one unused.",
)
def _rename_enum_value(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    if statement.verb is Verb.ALTER_TYPE and {"RENAME", "VALUE"} <= statement.words:
        yield Problem(f"RENAME VALUE of {statement.name}")


@rule(
    "T-14",
    "goes behind all others, which ORDER BY and comparisons follow",
    "Say BEFORE or AFTER if the order matters.",
)
def _enum_value_without_place(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    adds = statement.verb is Verb.ALTER_TYPE and {"ADD", "VALUE"} <= statement.words
    if adds and not statement.words & {"BEFORE", "AFTER"}:
        yield Problem(f"ADD VALUE to {statement.name}", level=Level.INFO)


@rule(
    "T-15",
    "needs rights that a managed server may not give, and fails where it exists",
    "CREATE … IF NOT EXISTS, with the schema named; have it done once by an administrator.",
)
def _namespace(scene: Scene) -> Iterator[Problem]:
    statement = scene.step.statement
    creates = statement.verb is Verb.NAMESPACE and "CREATE" in statement.words
    if creates and not {"IF", "EXISTS"} <= statement.words:
        yield Problem(f"CREATE {statement.tokens[1].word} {statement.name}", level=Level.WARNING)
