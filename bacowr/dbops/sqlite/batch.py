"""A batch of Alembic's operations on one SQLite table, turned into edits and done together."""

from __future__ import annotations

import inspect
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.operations.batch import BatchOperationsImpl
from alembic.util.sqla_compat import constraint_name_defined
from sqlalchemy.util import topological

from bacowr.dbops.sqlite.catalog import find
from bacowr.dbops.sqlite.change import apply
from bacowr.dbops.sqlite.constraints import constraint_of, find_constraint
from bacowr.dbops.sqlite.conventions import conventional_names
from bacowr.dbops.sqlite.create_table import ClauseKind, CreateTable
from bacowr.dbops.sqlite.edits import (
    AddColumn,
    AddConstraint,
    AlterType,
    CreateIndex,
    DropColumn,
    DropConstraint,
    DropIndex,
    Edit,
    NameConstraint,
    RenameColumn,
    RenameTable,
    ReorderColumns,
    SetDefault,
    SetNullable,
)
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.rendering import Renderer, kind_of, name_of
from bacowr.dbops.sqlite.tokens import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_SIGNATURE: Final = inspect.signature(Operations.batch_alter_table)
_OPTIONS: Final = (
    "schema",
    "recreate",
    "copy_from",
    "table_args",
    "table_kwargs",
    "reflect_args",
    "reflect_kwargs",
    "naming_convention",
    "partial_reordering",
)
_TABLE_OPTIONS: Final = ("sqlite_autoincrement", "sqlite_strict", "sqlite_with_rowid")


class LosslessBatch(BatchOperationsImpl):
    """What `batch_op` collects; `flush` translates it and applies it to the table.

    How the table was to be recreated or reflected makes no difference: its stored text is the
    truth. Names that `copy_from` or a naming convention give to unnamed constraints are known.
    """

    @classmethod
    def from_options(
        cls,
        operations: Operations,
        table_name: str,
        args: tuple[Any, ...],
        options: Mapping[str, Any],
    ) -> LosslessBatch:
        """Return a batch for the arguments of `batch_alter_table`."""
        bound = _SIGNATURE.bind(operations, table_name, *args, **options)
        bound.apply_defaults()
        return cls(operations, table_name, *(bound.arguments[name] for name in _OPTIONS))

    def add_column(self, *arg: object, **kw: object) -> None:
        """Collect a new column, wherever it is to stand."""
        self.batch.append(("add_column", arg, kw))

    def drop_constraint(self, const: sa.Constraint, **kw: object) -> None:
        """Collect the drop of a constraint."""
        self.batch.append(("drop_constraint", (const,), kw))

    def flush(self) -> None:
        """Do all that was collected, by the cheapest safe path."""
        if self.schema not in (None, "main"):
            raise RefusedChange(f"Tables of an attached database ({self.schema}) are left alone.")
        connection = self.operations.get_bind()
        translation = Translation(find(connection, self.table_name), self)
        edits = list(translation.edits())
        if not edits:
            return
        done = apply(connection, self.table_name, edits, progress=self.operations.progress)
        for line in done if self.operations.report else ():
            self.operations.report(line)


class Translation:
    """Alembic's collected calls, in terms of edits of one stored table."""

    def __init__(self, table: CreateTable, batch: LosslessBatch) -> None:
        self.table = table
        self.batch = batch
        self.render = Renderer(batch.dialect)
        self.shapes = self._known_shapes()
        self.makers: dict[str, Callable[..., Iterator[Edit]]] = {
            "add_column": self.add_column,
            "alter_column": self.alter_column,
            "drop_column": self.drop_column,
            "add_constraint": self.add_constraint,
            "drop_constraint": self.drop_constraint,
            "create_index": self.create_index,
            "drop_index": self.drop_index,
            "rename_table": self.rename_table,
        }

    def edits(self) -> Iterator[Edit]:
        """Yield the edits in the order of the calls, then what the batch's options ask for."""
        for name, args, options in self.batch.batch:
            maker = self.makers.get(name)
            if maker is not None:  # SQLite has no comments, so a comment asks for nothing.
                yield from maker(*args, **options)
        yield from self.restated()
        yield from self.named()
        yield from self.reordered()

    def add_column(self, _table: str, column: sa.Column[Any], **options: object) -> Iterator[Edit]:
        """Yield a new column; a part of the primary key makes a new key."""
        if options.get("if_not_exists") and self.table.find_column(column.name):
            return
        inline = bool(options.get("inline_primary_key"))
        definition = self.render.column(
            column,
            inline_references=bool(options.get("inline_references")),
            inline_primary_key=inline,
        )
        before, after = (_text(options.get(f"insert_{side}")) for side in ("before", "after"))
        yield AddColumn(column.name, definition, before, None if before else after)
        if column.primary_key and not inline and "PRIMARY KEY" not in definition:
            key = ", ".join(map(quote, (*self.table.primary_key(), column.name)))
            yield AddConstraint(f"PRIMARY KEY ({key})")

    def alter_column(self, _table: str, column: str, **options: object) -> Iterator[Edit]:
        """Yield a change of name, type, default and nullability, as far as each is asked for."""
        name = options.get("name")
        if name is not None and name != column:
            yield RenameColumn(column, str(name))
        if options.get("type_") is not None:
            yield AlterType(column, *self.render.type(options["type_"]))
        default = options.get("server_default", False)
        if isinstance(default, sa.Computed | sa.Identity):
            raise RefusedChange(
                f"Column {column!r} of {self.table.name!r} cannot become computed in place: "
                "add a generated column, and drop this one."
            )
        if default is not False:
            yield SetDefault(column, None if default is None else self.render.default(default))
        if options.get("nullable") is not None:
            yield SetNullable(column, bool(options["nullable"]))

    def drop_column(self, _table: str, column: sa.Column[Any], **options: object) -> Iterator[Edit]:
        """Yield the drop of a column, and of the CHECK that its type brought along."""
        if options.get("if_exists") and self.table.find_column(column.name) is None:
            return
        name = getattr(options.get("existing_type"), "name", None)
        if name:
            yield DropConstraint(str(name), ClauseKind.CHECK, if_exists=True)
        yield DropColumn(column.name)

    def add_constraint(self, constraint: sa.Constraint) -> Iterator[Edit]:
        """Yield a new constraint; one that a type brings along may be unnamed."""
        if not constraint_name_defined(constraint.name):
            raise RefusedChange(
                f"Constraint must have a name: give the new one of {self.table.name!r} one, or "
                "nothing could drop it later."
            )
        definition = self.render.constraint(constraint)
        if definition is not None:
            yield AddConstraint(definition)

    def drop_constraint(self, constraint: sa.Constraint, **options: object) -> Iterator[Edit]:
        """Yield the drop of a constraint; one that a type brought along may be gone already."""
        name = name_of(constraint)
        is_typed = bool(constraint._type_bound)  # noqa: SLF001 - Alembic itself asks it like this.
        if constraint.name is None:
            raise RefusedChange(
                f"Constraint must have a name to be dropped from {self.table.name!r}."
            )
        shape = self.shapes.get(name or "")
        if is_typed:
            shape = self.render.constraint(constraint)
        if_exists = bool(options.get("if_exists")) or is_typed
        yield DropConstraint(name, kind_of(constraint), shape, if_exists)

    def create_index(self, index: sa.Index, **options: object) -> Iterator[Edit]:
        """Yield a new index."""
        if_not_exists = bool(options.get("if_not_exists"))
        yield CreateIndex(self.render.index(index, if_not_exists=if_not_exists))

    def drop_index(self, index: sa.Index, **options: object) -> Iterator[Edit]:
        """Yield the drop of an index."""
        yield DropIndex(str(index.name), if_exists=bool(options.get("if_exists")))

    def rename_table(self, _table: str, new: str, **_options: object) -> Iterator[Edit]:
        """Yield another name for the table."""
        yield RenameTable(str(new))

    def restated(self) -> Iterator[Edit]:
        """Yield the constraints of `table_args` that the table doesn't have.

        They are mostly stated again for fear of reflection, which this path has no part in.
        """
        for argument in self.batch.table_args:
            definition = self._bound_definition(argument)
            if definition is None:
                continue
            wanted = constraint_of(definition)[0]
            same = DropConstraint(wanted.name, wanted.kind, definition, if_exists=True)
            if find_constraint(self.table, same) is None:
                yield AddConstraint(definition)
        options = {name: self.batch.table_kwargs.get(name) for name in _TABLE_OPTIONS}
        if (
            (options["sqlite_autoincrement"] and not self.table.has_autoincrement)
            or (options["sqlite_strict"] and not self.table.is_strict)
            or (options["sqlite_with_rowid"] is False and not self.table.is_without_rowid)
        ):
            raise RefusedChange(
                f"AUTOINCREMENT, STRICT and WITHOUT ROWID of {self.table.name!r} cannot be "
                "changed in a batch: create a new table and move the rows."
            )

    def named(self) -> Iterator[Edit]:
        """Yield the names that the batch's convention gives to unnamed keys that stay."""
        if not self.batch.naming_convention or not self.batch.batch:
            return
        dropped = {
            name_of(args[0]) for name, args, _ in self.batch.batch if name == "drop_constraint"
        }
        for name, definition in self._convention_names().items():
            if name not in dropped:
                yield NameConstraint(definition, name)

    def reordered(self) -> Iterator[Edit]:
        """Yield the order that `partial_reordering` asks for, found as Alembic finds it."""
        if not self.batch.partial_reordering:
            return
        calls = self.batch.batch
        dropped = {args[1].name for name, args, _ in calls if name == "drop_column"}
        names = [column.name for column in self.table.columns if column.name not in dropped]
        names += [args[1].name for name, args, _ in calls if name == "add_column"]
        pairs = {pair for row in self.batch.partial_reordering for pair in pairwise(row)}
        yield ReorderColumns(tuple(topological.sort(pairs, names, deterministic_order=True)))

    def _known_shapes(self) -> dict[str, str]:
        """Return definitions of constraints by names that the table itself doesn't hold."""
        shapes = self._convention_names()
        if self.batch.copy_from is not None:
            for constraint in self.batch.copy_from.constraints:
                definition = self.render.constraint(constraint)
                if definition and name_of(constraint):
                    shapes[str(name_of(constraint))] = definition
        return shapes

    def _convention_names(self) -> dict[str, str]:
        convention = self.batch.naming_convention
        return conventional_names(self.table, convention) if convention else {}

    def _bound_definition(self, argument: Any) -> str | None:  # noqa: ANN401 - Any schema item.
        if not isinstance(argument, sa.Constraint):
            return None
        twin = sa.Table(
            self.table.name,
            sa.MetaData(),
            *(sa.Column(column.name, sa.Integer) for column in self.table.columns),
        )
        twin.append_constraint(argument)
        return self.render.constraint(argument)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
