"""What autogenerate takes for a change, though the server has it just as the models want it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from bacowr.dbops.proposing.trees import full_name, prune, take, walk
from bacowr.dbops.schema.difference import compare
from bacowr.dbops.schema.model import Kind

if TYPE_CHECKING:
    from alembic.operations.ops import MigrationScript

    from bacowr.dbops.schema.model import Schema

Key = tuple[Kind, str, str]


def drop_needless(script: MigrationScript, history: Schema, wanted: Schema) -> None:
    """Take out indexes made anew and columns altered where both schemas have them alike.

    Autogenerate compares texts, and a server words an expression in its own way.
    """
    differing = {
        (one.kind, one.table, one.name)
        for difference in compare(wanted, history)
        for one in (difference.expected, difference.found)
        if one is not None
    }
    both = {(one.kind, one.table, one.name) for one in wanted.items}
    both &= {(one.kind, one.table, one.name) for one in history.items}
    alike = both - differing
    for tree in (script.upgrade_ops, script.downgrade_ops):
        if tree is None:
            continue
        for place in list(walk(tree)):
            if _key(place[1]) in alike:
                take(place)
        prune(tree)


def _key(operation: Any) -> Key | None:  # noqa: ANN401 - Of Alembic's untyped kinds.
    table = full_name(
        getattr(operation, "schema", None), getattr(operation, "table_name", "") or ""
    )
    if isinstance(operation, (ops.CreateIndexOp, ops.DropIndexOp)):
        return Kind.INDEX, table, str(operation.index_name)
    if isinstance(operation, ops.AlterColumnOp):
        return Kind.COLUMN, table, str(operation.column_name)
    return None
