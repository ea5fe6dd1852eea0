"""What a revision does, in words: one line per change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops

from bacowr.dbops.proposing.operations import RenamedParts, RenamedTable, Verbatim
from bacowr.dbops.proposing.trees import full_name, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alembic.operations.ops import OpContainer

KINDS = {
    "unique": "UNIQUE",
    "foreignkey": "foreign key",
    "primary": "primary key",
    "check": "CHECK",
}
CREATED = {
    "unique_constraint": "UNIQUE",
    "foreign_key_constraint": "foreign key",
    "primary_key_constraint": "primary key",
    "check_constraint": "CHECK",
    "table_or_column_check_constraint": "CHECK",
    "column_check_constraint": "CHECK",
}


def changes(tree: OpContainer, dialect: sa.Dialect) -> list[str]:
    """Return a revision's way up as lines, in its order."""
    return [line for _, operation in walk(tree) for line in _lines(operation, dialect)]


def _lines(operation: Any, dialect: sa.Dialect) -> Iterator[str]:  # noqa: ANN401 - Of Alembic's untyped kinds.
    for kind, tell in TELLING.items():
        if isinstance(operation, kind):
            yield from tell(operation, dialect)
            return
    yield f"runs {type(operation).__name__}"


def _type(kind: Any, dialect: sa.Dialect) -> str:  # noqa: ANN401 - Any of SQLAlchemy's types.
    try:
        return str(kind.compile(dialect=dialect))
    except sa.exc.CompileError:
        return str(kind)


def _table(one: Any) -> str:  # noqa: ANN401 - As above.
    return full_name(one.schema, one.table_name)


def _creates_table(one: ops.CreateTableOp, _dialect: sa.Dialect) -> Iterator[str]:
    count = len(one.to_table().columns)
    yield f"creates table {_table(one)} with {count} column{'' if count == 1 else 's'}"


def _drops_table(one: ops.DropTableOp, _dialect: sa.Dialect) -> Iterator[str]:
    yield f"drops table {_table(one)} and all its rows"


def _adds_column(one: ops.AddColumnOp, dialect: sa.Dialect) -> Iterator[str]:
    column = one.column
    words = [f"adds column {_table(one)}.{column.name} {_type(column.type, dialect)}"]
    words += [] if column.nullable else ["NOT NULL"]
    default = column.server_default
    text = getattr(default, "arg", None)
    words += [f"with the server default {str(text)!r}"] if text is not None else []
    yield " ".join(words)


def _drops_column(one: ops.DropColumnOp, _dialect: sa.Dialect) -> Iterator[str]:
    yield f"drops column {_table(one)}.{one.column_name} and its contents"


def _alters_column(one: ops.AlterColumnOp, dialect: sa.Dialect) -> Iterator[str]:
    name = f"{_table(one)}.{one.column_name}"
    if one.modify_name is not None:
        yield f"renames column {name} to {one.modify_name}"
    if one.modify_type is not None:
        old, new = (_type(kind, dialect) for kind in (one.existing_type, one.modify_type))
        yield f"changes the type of {name} from {old} to {new}"
    if one.modify_nullable is not None:
        yield f"{'allows' if one.modify_nullable else 'forbids'} NULL in {name}"
    if one.modify_server_default is not False:
        yield _default_line(name, one.modify_server_default)
    if one.modify_comment is not False:
        yield f"comments {name}"


def _default_line(name: str, default: Any) -> str:  # noqa: ANN401 - Alembic's many forms.
    if default is None:
        return f"drops the server default of {name}"
    return f"sets the server default of {name} to {str(getattr(default, 'arg', default))!r}"


def _creates_index(one: ops.CreateIndexOp, _dialect: sa.Dialect) -> Iterator[str]:
    unique = "unique " if one.unique else ""
    columns = ", ".join(str(getattr(part, "name", part)) for part in one.columns)
    yield f"creates {unique}index {one.index_name} on {_table(one)} ({columns})"


def _drops_index(one: ops.DropIndexOp, _dialect: sa.Dialect) -> Iterator[str]:
    yield f"drops index {one.index_name} of {full_name(one.schema, one.table_name or '')}"


def _adds_constraint(one: Any, _dialect: sa.Dialect) -> Iterator[str]:  # noqa: ANN401 - As above.
    constraint = one.to_constraint()
    kind = CREATED.get(constraint.__visit_name__, "constraint")
    table = getattr(one, "source_table", None) or one.table_name
    yield f"adds {kind} {constraint.name or 'without a name'} to {table}"


def _drops_constraint(one: ops.DropConstraintOp, _dialect: sa.Dialect) -> Iterator[str]:
    kind = KINDS.get(one.constraint_type or "", "constraint")
    yield f"drops {kind} {one.constraint_name or 'without a name'} of {_table(one)}"


def _comments_table(one: Any, _dialect: sa.Dialect) -> Iterator[str]:  # noqa: ANN401 - As above.
    yield f"comments table {_table(one)}"


def _renames_table(one: RenamedTable, _dialect: sa.Dialect) -> Iterator[str]:
    yield f"renames table {_table(one)} to {one.new_table_name}"


def _renames_parts(one: RenamedParts, _dialect: sa.Dialect) -> Iterator[str]:
    for part in one.names:
        yield f"renames {'index' if part.is_index else 'constraint'} {part.old} to {part.new}"


def _says(one: Verbatim, _dialect: sa.Dialect) -> Iterator[str]:
    yield from [one.words] if one.words else []


def _executes(one: ops.ExecuteSQLOp, _dialect: sa.Dialect) -> Iterator[str]:
    yield f"runs {' '.join(str(one.sqltext).split())}"


TELLING: dict[type[Any], Callable[[Any, sa.Dialect], Iterator[str]]] = {
    ops.CreateTableOp: _creates_table,
    ops.DropTableOp: _drops_table,
    ops.AddColumnOp: _adds_column,
    ops.DropColumnOp: _drops_column,
    ops.AlterColumnOp: _alters_column,
    ops.CreateIndexOp: _creates_index,
    ops.DropIndexOp: _drops_index,
    ops.AddConstraintOp: _adds_constraint,
    ops.DropConstraintOp: _drops_constraint,
    ops.CreateTableCommentOp: _comments_table,
    ops.DropTableCommentOp: _comments_table,
    RenamedTable: _renames_table,
    RenamedParts: _renames_parts,
    Verbatim: _says,
    ops.ExecuteSQLOp: _executes,
}
