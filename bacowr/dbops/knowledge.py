"""What the application knows of its tables, and what must not be written when it knows none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations.ops import DropTableOp

from bacowr.dbops.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

REMEDY = "Import the modules that define the models where the application is made."


def count_tables(metadata: Any) -> int:  # noqa: ANN401 - One MetaData, several or none.
    """Return how many tables the models define."""
    many = metadata if isinstance(metadata, (list, tuple)) else [metadata]
    return sum(len(one.tables) for one in many if one is not None)


def refuse_without_models(metadata: Any, directives: Sequence[Any]) -> None:  # noqa: ANN401 - As above.
    """Raise Refused when a comparison with no models at all would drop tables."""
    if count_tables(metadata):
        return
    dropped = [
        operation.table_name
        for directive in directives
        for operation in directive.upgrade_ops.ops
        if isinstance(operation, DropTableOp)
    ]
    if dropped:
        raise refuse(
            "models-not-imported",
            f"The application knows no models, so the revision would drop {', '.join(dropped)}. "
            "No file was written.",
            remedy=REMEDY,
        )
