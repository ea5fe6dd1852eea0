"""Operations that autogenerate has no words for, and how they are written in a file."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import render
from alembic.autogenerate.render import renderers
from alembic.operations import ops
from sqlalchemy.dialects import postgresql

from bacowr.dbops.lint.fixes.plans import on_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.autogenerate.api import AutogenContext

PREPARER = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call] # As SQLAlchemy has it.


def quote(name: str, schema: str | None = None) -> str:
    """Return a name as PostgreSQL takes it."""
    quoted: str = PREPARER.quote(name)
    return f"{PREPARER.quote(schema)}.{quoted}" if schema else quoted


class RenamedTable(ops.RenameTableOp):
    """A table gets another name, its rows and everything on it stay."""


@dataclass(frozen=True)
class NewName:
    """An index or a constraint that only gets another name."""

    old: str
    new: str
    drop: ops.DropIndexOp | ops.DropConstraintOp
    create: Any

    @property
    def is_index(self) -> bool:
        """Tell an index from a constraint."""
        return isinstance(self.drop, ops.DropIndexOp)


class RenamedParts(ops.MigrateOperation):
    """Indexes and constraints of a table follow a renamed column or table.

    PostgreSQL renames them; elsewhere they are made anew under the other name. Sequences exist on
    PostgreSQL only.
    """

    def __init__(
        self,
        table_name: str,
        schema: str | None,
        names: list[NewName],
        sequences: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.table_name = table_name
        self.schema = schema
        self.names = names
        self.sequences = sequences

    def statements(self) -> Iterator[str]:
        """Yield what PostgreSQL runs."""
        for one in self.names:
            old, new = quote(one.old), quote(one.new)
            if one.is_index:
                yield f"ALTER INDEX {quote(one.old, self.schema)} RENAME TO {new}"
            else:
                table = quote(self.table_name, self.schema)
                yield f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}"
        for before, after in self.sequences:
            shown = quote(before, self.schema)
            yield f"ALTER SEQUENCE IF EXISTS {shown} RENAME TO {quote(after)}"


class Verbatim(ops.MigrateOperation):
    """Statements of Python as they stand in the file, and what they do in words."""

    def __init__(self, text: str, words: str = "") -> None:
        self.text = text
        self.words = words


class NewPrimaryKey(ops.CreatePrimaryKeyOp):
    """A primary key put on a table, which autogenerate can't write."""


@renderers.dispatch_for(RenamedTable)
def _write_table(context: AutogenContext, operation: RenamedTable) -> str:
    del context
    schema = f", schema={operation.schema!r}" if operation.schema else ""
    return f"op.rename_table({operation.table_name!r}, {operation.new_table_name!r}{schema})"


@renderers.dispatch_for(RenamedParts)
def _write_parts(context: AutogenContext, operation: RenamedParts) -> str | list[str]:
    statements = list(operation.statements())
    if not statements:
        return []
    text = on_postgres(*statements)
    if not operation.names:
        return text
    batch = f"with op.batch_alter_table({operation.table_name!r}) as batch_op:"
    lines = [line for one in operation.names for line in _in_batch(context, one)]
    block = "\n".join([batch, *(f"    {line}" for line in lines)])
    return "\n".join([text, "else:", textwrap.indent(block, "    ")])


def _in_batch(context: AutogenContext, one: NewName) -> Iterator[str]:
    with context._within_batch():  # noqa: SLF001 - What Alembic's own renderer does.
        yield from render.render_op(context, one.drop)
        yield from render.render_op(context, one.create)


@renderers.dispatch_for(Verbatim)
def _write_verbatim(context: AutogenContext, operation: Verbatim) -> str:
    del context
    return operation.text


@renderers.dispatch_for(NewPrimaryKey)
def _write_primary_key(context: AutogenContext, operation: NewPrimaryKey) -> str:
    columns = [str(one) for one in operation.columns]
    name, table = operation.constraint_name, operation.table_name
    if context._has_batch:  # noqa: SLF001 - As Alembic's own renderers.
        shown = f"batch_op.f({str(name)!r})" if name else None
        return f"batch_op.create_primary_key({shown}, {columns!r})"
    schema = f", schema={operation.schema!r}" if operation.schema else ""
    shown = f"op.f({str(name)!r})" if name else None
    return f"op.create_primary_key({shown}, {table!r}, {columns!r}{schema})"
