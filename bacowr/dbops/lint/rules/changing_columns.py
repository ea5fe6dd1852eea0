"""Columns dropped, renamed and changed on PostgreSQL: C-14 to C-29."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.lint.rules.registry import Cost, Problem, Scene, on_action
from bacowr.dbops.lint.sql.statements import Act, Action
from bacowr.dbops.lint.sql.types import UNKNOWN, change_of_type, type_of
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.lint.sql.types import Type

MANY_ROWS = "rewrites the table and its indexes, and nobody reads or writes it until that ends"
NEW_COLUMN = "Add a column of the new type, keep both in step, fill it in batches, then swap."


def subject(scene: Scene, action: Action, words: str) -> Problem:
    """Return a problem whose subject is the column."""
    table = scene.step.statement.table
    return Problem(f"{words} {table}.{action.column}", table)


@on_action(
    "C-14",
    "breaks code that still reads the column, and takes its data and what depends on it along",
    "Stop using the column, deploy, and drop it in a later revision that declares "
    'dbops_class = "contract".',
)
def _drop_column(scene: Scene, action: Action) -> Iterator[Problem]:
    if action.act is Act.DROP_COLUMN:
        yield subject(scene, action, "DROP COLUMN")


@on_action(
    "C-15",
    "breaks all running code that knows the old name, at once",
    "Add the new column, write to both, move readers over, drop the old one in a later release.",
)
def _rename_column(scene: Scene, action: Action) -> Iterator[Problem]:
    if action.act is Act.RENAME_COLUMN:
        yield subject(scene, action, "RENAME COLUMN")


@on_action(
    "C-17",
    "lets in NULLs that running code may not expect",
    "Teach the readers first.",
)
def _drop_not_null(scene: Scene, action: Action) -> Iterator[Problem]:
    if action.act is Act.DROP_NOT_NULL:
        found = subject(scene, action, "DROP NOT NULL of")
        yield Problem(found.subject, found.table, level=Level.INFO)


@on_action(
    "C-18",
    "reads every row while nobody reads or writes the table",
    "ADD CHECK (… IS NOT NULL) NOT VALID; in the next revision VALIDATE it, SET NOT NULL and "
    "drop the CHECK.",
    Cost.SCAN,
)
def _set_not_null(scene: Scene, action: Action) -> Iterator[Problem]:
    if action.act is not Act.SET_NOT_NULL:
        return
    table = scene.schema.table(scene.step.statement.table)
    known = table.columns.get(action.column)
    promised = table.promises_not_null(action.column) and not scene.is_before(12)
    if not promised and not (known and known.is_not_null):
        yield subject(scene, action, "SET NOT NULL of")


def judged_types(scene: Scene, action: Action) -> tuple[Type, Type] | None:
    """Return the old and the new type of a column, None if the action changes none."""
    if action.act is not Act.SET_TYPE:
        return None
    known = scene.schema.column(scene.step.statement.table, action.column)
    old = known.type if known and known.type.name else UNKNOWN
    hint = getattr(scene.step.operation, "existing_type", None)
    if not old.name and hint is not None:
        old = type_of(str(hint))
    return old, action.type


def kind_of_change(scene: Scene, action: Action) -> str:
    """Return the rule that a change of type falls under, nothing where it is none."""
    types = judged_types(scene, action)
    if types is None:
        return ""
    if action.collation:
        return "C-27"
    if _computes(action):
        return "C-19"
    return change_of_type(*types)


def _computes(action: Action) -> bool:
    """Tell whether USING does more than cast the column."""
    words = action.using.split(" ")
    casts = words[0].strip('"') == action.column and words[1:2] in ([], ["::"])
    return bool(action.using) and not casts


def typed(scene: Scene, action: Action) -> Problem:
    """Return the problem of a change of type, saying from what to what."""
    old, new = judged_types(scene, action) or (UNKNOWN, UNKNOWN)
    table = scene.step.statement.table
    before = f"from {old} " if old.name else ""
    note = "" if old.name else "The old type isn't known here, so the worst is assumed."
    return Problem(f"TYPE of {table}.{action.column} {before}to {new}", table, note)


def _register(code: str, happens: str, remedy: str, cost: Cost) -> None:
    @on_action(code, happens, remedy, cost)
    def judge(scene: Scene, action: Action) -> Iterator[Problem]:
        if kind_of_change(scene, action) == code:
            yield typed(scene, action)


_register("C-19", MANY_ROWS, NEW_COLUMN, Cost.REWRITE)
_register(
    "C-21",
    MANY_ROWS + "; it fails on a longer value",
    "Keep the type; limit the length by a CHECK: NOT VALID, then VALIDATE.",
    Cost.REWRITE,
)
_register("C-23", MANY_ROWS, NEW_COLUMN, Cost.REWRITE)
_register(
    "C-27",
    "rebuilds the column's indexes, and nobody reads or writes the table until that ends",
    "Add a column with the new collation and build its index CONCURRENTLY.",
    Cost.BUILD,
)


@on_action(
    "C-20",
    "reads every row, since a CHECK names the column, while nobody reads or writes the table",
    "Drop the CHECK, change the type, and add the CHECK again: NOT VALID, then VALIDATE.",
    Cost.SCAN,
)
def _wider_under_a_check(scene: Scene, action: Action) -> Iterator[Problem]:
    if kind_of_change(scene, action) in {"C-20", "C-22", "C-25"}:
        table = scene.schema.table(scene.step.statement.table)
        if any(one.body and action.column in one.columns for one in table.constraints):
            yield typed(scene, action)


@on_action(
    "C-24",
    "rewrites the table unless the session's time zone is UTC, and always where it rounds",
    "SET LOCAL timezone = 'UTC' before it (PostgreSQL 12 and newer).",
    Cost.REWRITE,
)
def _timestamp(scene: Scene, action: Action) -> Iterator[Problem]:
    if kind_of_change(scene, action) != "C-24":
        return
    old, new = judged_types(scene, action) or (UNKNOWN, UNKNOWN)
    zone = (scene.session.value("timezone") or "").strip("'\"").upper()
    rounds = bool(new.arguments) and (not old.arguments or new.arguments[0] < old.arguments[0])
    if rounds or zone not in {"UTC", "ETC/UTC", "GMT"} or scene.is_before(12):
        yield typed(scene, action)


@on_action(
    "C-26",
    "leaves two ends of a foreign key with different types, so every check casts and may overflow",
    "Change both columns to the same type.",
)
def _unlike_parent(scene: Scene, action: Action) -> Iterator[Problem]:
    table = scene.schema.table(scene.step.statement.table)
    new = action.definition.type if action.definition else action.type
    keys = [one for one in table.constraints if one.columns == (action.column,) and one.parent]
    if action.definition is not None:
        keys += [one for one in action.definition.constraints if one.parent]
    for key in keys if new.name else []:
        parent = scene.schema.column(key.parent, (key.parent_columns or ("id",))[0])
        if parent and parent.type.name not in {"", new.name} and not _alike(parent.type, new):
            found = f"{table.name}.{action.column} {new} → {key.parent} {parent.type}"
            yield Problem(found, table.name, level=Level.WARNING)


def _alike(one: Type, other: Type) -> bool:
    numbered = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}
    names = {numbered.get(one.name, one.name), numbered.get(other.name, other.name)}
    return len(names) == 1 or names <= {"text", "varchar"}


@on_action("C-29", MANY_ROWS, NEW_COLUMN, Cost.REWRITE)
def _set_expression(scene: Scene, action: Action) -> Iterator[Problem]:
    known = scene.schema.column(scene.step.statement.table, action.column)
    if action.act is Act.SET_EXPRESSION and not (known and known.generated == "virtual"):
        yield subject(scene, action, "SET EXPRESSION of")


@on_action(
    "T-16",
    "fails at deploy: PostgreSQL refuses it while a view uses the column",
    "Drop the view, change the column and create the view again, in this revision.",
)
def _under_a_view(scene: Scene, action: Action) -> Iterator[Problem]:
    if action.act in {Act.SET_TYPE, Act.DROP_COLUMN}:
        views = scene.schema.views_on(scene.step.statement.table, action.column)
        if views:
            found = subject(scene, action, f"{action.act.value.upper()} under view {views[0]}:")
            yield found
