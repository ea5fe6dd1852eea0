"""The operations of a revision as a tree: found, taken out, put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import ops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.operations.ops import MigrateOperation, OpContainer

Place = tuple[Any, Any]
"""A container, and an operation right inside it."""


def walk(container: OpContainer) -> Iterator[Place]:
    """Yield every operation that holds no others, with what holds it; it may be taken out."""
    for operation in list(container.ops):
        if isinstance(operation, ops.OpContainer):
            yield from walk(operation)
        else:
            yield container, operation


def find(container: OpContainer, kind: type[Any], **facts: object) -> Place | None:
    """Return the first operation of a kind with these attributes."""
    for place in walk(container):
        operation = place[1]
        if isinstance(operation, kind) and all(
            getattr(operation, name, None) == value for name, value in facts.items()
        ):
            return place
    return None


def take(place: Place) -> Any:  # noqa: ANN401 - The operation, of whatever kind.
    """Take an operation out, and return it."""
    holder, operation = place
    holder.ops[:] = [one for one in holder.ops if one is not operation]
    return operation


def swap(place: Place, *others: MigrateOperation) -> None:
    """Put others in the place of an operation."""
    holder, operation = place
    at = next(index for index, one in enumerate(holder.ops) if one is operation)
    holder.ops[at : at + 1] = others


def prune(container: OpContainer) -> None:
    """Take out what holds nothing any more."""
    for operation in list(container.ops):
        if isinstance(operation, ops.OpContainer):
            prune(operation)
            if not operation.ops:
                container.ops.remove(operation)


def full_name(schema: str | None, table: str) -> str:
    """Return a table's name as a person writes it."""
    return f"{schema}.{table}" if schema else table
