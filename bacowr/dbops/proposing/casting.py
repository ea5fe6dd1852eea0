"""Types that change: what PostgreSQL needs said to it, and what only MySQL does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import render
from alembic.autogenerate.render import renderers
from alembic.operations import ops

from bacowr.dbops.proposing.operations import quote
from bacowr.dbops.proposing.trees import swap, walk

if TYPE_CHECKING:
    import sqlalchemy as sa
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import OpContainer


class Cast(ops.AlterColumnOp):
    """A column whose values PostgreSQL doesn't turn into the new type unless it is told to."""

    using: str = ""


@renderers.dispatch_for(Cast)
def _write_cast(context: AutogenContext, operation: Cast) -> str:
    plain = ops.AlterColumnOp(
        operation.table_name,
        operation.column_name,
        **{name: getattr(operation, name) for name in WORDS},
    )
    text = render.render_op_text(context, plain)
    return f"{text[:-1]},\n           postgresql_using={operation.using!r})"


WORDS = (
    "schema",
    "existing_type",
    "existing_server_default",
    "existing_nullable",
    "existing_comment",
    "modify_nullable",
    "modify_comment",
    "modify_server_default",
    "modify_name",
    "modify_type",
)


def say_casts(tree: OpContainer, dialect: sa.Dialect) -> None:
    """Have every change of a type name the cast that it takes; it is passed over elsewhere."""
    for place in list(walk(tree)):
        operation = place[1]
        if not isinstance(operation, ops.AlterColumnOp):
            continue
        operation.kw.pop("autoincrement", None)  # Alembic writes it for MySQL, and warns of it.
        new = operation.modify_type
        if new is not None and dialect.name == "postgresql" and _needs_cast(operation):
            kind = new.compile(dialect=dialect)
            words = {name: getattr(operation, name) for name in WORDS}
            cast = Cast(operation.table_name, operation.column_name, **words)
            cast.using = f"{quote(operation.column_name)}::{kind}"
            swap(place, cast)


def _needs_cast(operation: ops.AlterColumnOp) -> bool:
    return _family(operation.existing_type) != _family(operation.modify_type)


def _family(kind: Any) -> object:  # noqa: ANN401 - Any of SQLAlchemy's types.
    """Return what types that turn into each other by themselves have in common."""
    named = getattr(kind, "enums", None) and getattr(kind, "native_enum", False)
    return kind.name if named else getattr(kind, "_type_affinity", None)
