"""ADD COLUMN on PostgreSQL: C-02 to C-13, C-30."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bacowr.dbops.lint.rules.registry import Cost, Problem, Scene, on_action, rule
from bacowr.dbops.lint.sql.columns import ColumnDef, ConstraintKind
from bacowr.dbops.lint.sql.statements import Act, Action
from bacowr.dbops.lint.sql.tokens import Token, TokenKind, text_of
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

STABLE = {
    "now", "current_timestamp", "current_date", "current_time", "localtimestamp", "localtime",
    "transaction_timestamp", "statement_timestamp", "current_user", "session_user", "user",
    "current_setting", "timezone", "date_trunc", "date_part", "to_timestamp", "make_interval",
    "lower", "upper", "md5", "coalesce", "concat", "to_jsonb", "jsonb_build_object",
    "jsonb_build_array", "json_build_object", "cast", "array", "repeat", "length", "abs",
    "nullif", "greatest", "least", "row", "to_char", "encode", "decode", "trunc", "round",
}  # fmt: skip
SERIALS = {"serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"}
POOR_TYPES = {
    "char": "text with a CHECK on its length",
    "varchar": "text with a CHECK on its length, which can be changed without a rewrite",
    "money": "numeric",
    "timestamp": "timestamptz",
    "timetz": "timestamptz",
    "json": "jsonb",
}


def volatile_call(default: tuple[Token, ...]) -> str:
    """Return the first function of a default that may give each row a value of its own.

    A function that isn't known is taken for one.
    """
    for token, following in pairwise(default):
        is_call = token.kind in {TokenKind.WORD, TokenKind.QUOTED} and following.is_operator("(")
        if is_call and token.name not in STABLE and not _is_cast(default, token):
            return token.name
    return ""


def _is_cast(default: tuple[Token, ...], token: Token) -> bool:
    """Tell whether the name is a type behind `::`, such as varchar(20)."""
    place = default.index(token)
    before = default[max(0, place - 2) : place]
    return any(one.is_operator("::") for one in before)


def added(action: Action) -> ColumnDef | None:
    """Return the column that an action adds, None for any other action."""
    return action.definition if action.act is Act.ADD_COLUMN else None


def named(scene: Scene, action: Action) -> str:
    """Return the column as the sentence's subject."""
    return f"ADD COLUMN {scene.step.statement.table}.{action.column}"


def problem(scene: Scene, action: Action, extra: str = "") -> Problem:
    """Return the problem of adding this column."""
    return Problem(f"{named(scene, action)}{extra}", scene.step.statement.table)


@on_action(
    "C-02",
    "rewrites the table before PostgreSQL 11, and nobody reads or writes it meanwhile",
    "Add the column bare, set the default in a second statement, fill old rows in batches.",
    Cost.REWRITE,
)
def _constant_default(scene: Scene, action: Action) -> Iterator[Problem]:
    column = added(action)
    if column and column.default and scene.is_before(11) and not volatile_call(column.default):
        yield problem(scene, action, " with a default")


@on_action(
    "C-05",
    "rewrites the table and its indexes, and nobody reads or writes it until that ends",
    "Add the column without a default, SET DEFAULT in a second statement, fill old rows in "
    "batches.",
    Cost.REWRITE,
)
def _volatile_default(scene: Scene, action: Action) -> Iterator[Problem]:
    column = added(action)
    if column and volatile_call(column.default):
        yield problem(scene, action, f" DEFAULT {text_of(column.default)}")


@on_action(
    "C-06",
    "numbers every row, which rewrites the table while nobody reads or writes it",
    "Add a nullable column, make a sequence of its own, fill old rows in batches.",
    Cost.REWRITE,
)
def _serial(scene: Scene, action: Action) -> Iterator[Problem]:
    column = added(action)
    if column and column.type.name in SERIALS:
        yield problem(scene, action, f" {column.type}")


@on_action(
    "C-07",
    "numbers every row, which rewrites the table while nobody reads or writes it",
    "Add a nullable column, make a sequence of its own, fill old rows in batches.",
    Cost.REWRITE,
)
def _identity(scene: Scene, action: Action) -> Iterator[Problem]:
    column = added(action)
    if column and column.generated == "identity":
        yield problem(scene, action, " … AS IDENTITY")


@on_action(
    "C-08",
    "computes every row, which rewrites the table while nobody reads or writes it",
    "Add a plain column, keep it by a trigger, fill old rows in batches (or VIRTUAL from "
    "PostgreSQL 18).",
    Cost.REWRITE,
)
def _stored(scene: Scene, action: Action) -> Iterator[Problem]:
    column = added(action)
    if column and column.generated == "stored":
        yield problem(scene, action, " … STORED")


@on_action(
    "C-09",
    "fails as soon as the table has one row",
    "Give the column a server default, or add it nullable, fill it, then set NOT NULL (C-18).",
)
def _not_null_without_default(scene: Scene, action: Action) -> Iterator[Problem]:
    column = added(action)
    filled = column and (column.default or column.generated or column.type.name in SERIALS)
    if column and column.is_not_null and not filled:
        yield problem(scene, action, " NOT NULL without a default")


@rule(
    "P-16",
    "has a default that only the application knows, which doesn't fill the rows that are there",
    "Give it server_default= as well.",
)
def _application_default(scene: Scene) -> Iterator[Problem]:
    column = getattr(scene.step.operation, "column", None)
    added_here = any(action.act is Act.ADD_COLUMN for action in scene.step.statement.actions)
    if column is None or not added_here or scene.schema.is_fresh(scene.step.statement.table):
        return
    if not column.nullable and column.default is not None and column.server_default is None:
        table = scene.step.statement.table
        yield Problem(f"ADD COLUMN {table}.{column.name} NOT NULL", table)


@on_action(
    "C-10",
    "builds an index while nobody reads or writes the table",
    "Add the column, build a unique index CONCURRENTLY, then ADD CONSTRAINT … USING INDEX.",
    Cost.BUILD,
)
def _inline_unique(scene: Scene, action: Action) -> Iterator[Problem]:
    column = added(action)
    kinds = (ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY)
    if column and any(column.find(kind) for kind in kinds):
        yield problem(scene, action, " UNIQUE")


@on_action(
    "C-11",
    "checks every row while nobody reads or writes the table",
    "Add the column, ADD CHECK … NOT VALID, and VALIDATE it in the next revision.",
    Cost.SCAN,
)
def _inline_check(scene: Scene, action: Action) -> Iterator[Problem]:
    column = added(action)
    if column and column.find(ConstraintKind.CHECK):
        yield problem(scene, action, " with a CHECK")


@on_action(
    "C-12",
    "looks up every row's parent, and nobody reads or writes the table meanwhile",
    "Add the column without a default, or the foreign key as NOT VALID behind it.",
    Cost.SCAN,
)
def _inline_reference(scene: Scene, action: Action) -> Iterator[Problem]:
    column = added(action)
    if column and column.default and column.find(ConstraintKind.FOREIGN_KEY):
        yield problem(scene, action, " REFERENCES … with a default")


@on_action(
    "C-13",
    "gives the table a type without equality, so DISTINCT, UNION and GROUP BY over it fail",
    "Use jsonb.",
)
def _json(scene: Scene, action: Action) -> Iterator[Problem]:
    column = added(action)
    if column and column.type.name == "json":
        subject = f"{named(scene, action)} json"
        yield Problem(subject, scene.step.statement.table, level=Level.WARNING)


@on_action(
    "C-30",
    "is a type that is known to cause trouble later",
    "Prefer the type that the note names.",
)
def _poor_type(scene: Scene, action: Action) -> Iterator[Problem]:
    column = added(action)
    better = POOR_TYPES.get(column.type.name) if column and scene.step.from_text else None
    if column and better and column.type.name != "json":
        subject = f"{named(scene, action)} {column.type}"
        note = f"Prefer {better}."
        yield Problem(subject, scene.step.statement.table, note, Level.INFO)
