"""A rename put in the place of what is dropped and added, in either direction of a revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops

from bacowr.dbops.proposing.identities import LONGEST, Names, given_name, identity, server_name
from bacowr.dbops.proposing.operations import NewName, NewPrimaryKey, RenamedParts, RenamedTable
from bacowr.dbops.proposing.trees import find, prune, swap, take, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alembic.operations.ops import OpContainer

    SameType = Callable[[sa.Column[Any], sa.Column[Any]], bool]

DROPS = (ops.DropIndexOp, ops.DropConstraintOp)
CREATES = (ops.CreateIndexOp, ops.AddConstraintOp)


class Renaming:
    """One direction of a revision, which renames are worked into; `finish` ends it.

    Renames go to its beginning, tables first, so what follows finds everything under the names
    it is meant to have. `anonymous` says that the server makes up names where none is given.
    """

    def __init__(self, tree: OpContainer, same_type: SameType, *, anonymous: bool) -> None:
        self.tree = tree
        self.same_type = same_type
        self.anonymous = anonymous
        self.names = Names()
        self.first: list[Any] = []
        self.parts: dict[tuple[str, str | None], RenamedParts] = {}

    def rename_table(self, schema: str | None, old: str, new: str) -> None:
        """Let a table that is dropped become the one that is created."""
        dropped = take(_found(self.tree, ops.DropTableOp, table_name=old, schema=schema)).to_table()
        place = _found(self.tree, ops.CreateTableOp, table_name=new, schema=schema)
        created = place[1].to_table()
        self.names.tables[old] = new
        self.first.append(RenamedTable(old, new, schema=schema))
        self._retarget(schema, old, new)
        changes = list(self._constraint_changes(dropped, created))
        at = sum(isinstance(one, ops.DropConstraintOp) for one in changes)
        changes[at:at] = _column_changes(dropped, created, self.same_type)
        swap(place, ops.ModifyTableOps(new, changes, schema=schema))
        self._parts(new, schema).sequences += _sequences(dropped, created)

    def rename_column(self, schema: str | None, table: str, old: str, new: str) -> None:
        """Let a column that is dropped become one that is added; the table by its new name."""
        facts: dict[str, object] = {"table_name": table, "schema": schema}
        drop = take(_found(self.tree, ops.DropColumnOp, column_name=old, **facts))
        before = drop.to_column()
        place = next(
            (holder, one)
            for holder, one in walk(self.tree)
            if isinstance(one, ops.AddColumnOp)
            and (one.table_name, one.schema, one.column.name) == (table, schema, new)
        )
        after = place[1].column
        self.names.columns[table, old] = new
        rename = ops.AlterColumnOp(
            table, old, schema=schema, existing_type=before.type, modify_name=new
        )
        self.first.append(ops.ModifyTableOps(table, [rename], schema=schema))
        changed = alteration(before, after, table, self.same_type)
        swap(place, *([changed] if changed else []))

    def finish(self) -> None:
        """Cancel out what the renames carry along, and put them at the beginning."""
        created = [one for one in walk(self.tree) if isinstance(one[1], CREATES)]
        for place in [one for one in walk(self.tree) if isinstance(one[1], DROPS)]:
            drop = place[1]
            twin = self._twin(drop, created)
            if twin is None:
                continue
            created.remove(twin)
            new = self._new_name(drop, twin[1])
            if new is not None and not new.old:
                continue
            take(place)
            take(twin)
            if new is not None:
                self._parts(drop.table_name, drop.schema).names.append(new)
        prune(self.tree)
        parts = [one for one in self.parts.values() if one.names or one.sequences]
        self.tree.ops[:0] = [*self.first, *parts]

    def _parts(self, table: str, schema: str | None) -> RenamedParts:
        """Return what collects the new names on a table."""
        return self.parts.setdefault((table, schema), RenamedParts(table, schema, []))

    def _retarget(self, schema: str | None, old: str, new: str) -> None:
        for holder, operation in walk(self.tree):
            for one in (holder, operation):
                if (getattr(one, "table_name", None), getattr(one, "schema", None)) == (
                    old,
                    schema,
                ):
                    one.table_name = new

    def _twin(self, drop: Any, created: list[Any]) -> Any:  # noqa: ANN401 - Of Alembic's untyped kinds.
        if getattr(drop, "_reverse", None) is None:
            return None
        wanted = identity(_item(drop), self.names)
        touched = self._touches(drop, wanted)
        same = [one for one in created if identity(_item(one[1]), Names()) == wanted]
        return same[0] if same and touched else None

    def _touches(self, drop: Any, wanted: tuple[object, ...]) -> bool:  # noqa: ANN401 - As above.
        """Tell whether a rename has to do with it: else both are there for another reason."""
        return identity(_item(drop), Names()) != wanted or (wanted[1] in self.names.tables.values())

    def _new_name(self, drop: Any, create: Any) -> NewName | None:  # noqa: ANN401 - As above.
        old, new = given_name(_item(drop)), given_name(_item(create))
        if old == new or new is None:
            return None
        return NewName(old or "", new, drop, create)

    def _constraint_changes(self, dropped: sa.Table, created: sa.Table) -> Iterator[Any]:
        """Yield what goes and then what comes of the constraints of a renamed table."""
        shall = {identity(one, Names()): one for one in _constraints(created)}
        names = self._parts(created.name, created.schema).names
        for constraint in _constraints(dropped):
            key = identity(constraint, self.names)
            after = shall.pop(key, None)
            if after is not None:
                names += self._renamed_constraint(constraint, after)
            elif key[0] != "check" and given_name(constraint):
                drop = ops.DropConstraintOp.from_constraint(constraint)
                drop.table_name = created.name
                yield drop
        for key, constraint in shall.items():
            if key[0] != "check":
                yield _creation(constraint)

    def _renamed_constraint(self, before: Any, after: Any) -> Iterator[NewName]:  # noqa: ANN401 - As above.
        old, new = given_name(before), given_name(after)
        if self.anonymous:
            old = server_name(before, old, before.table.name, Names())
            new = server_name(after, new, after.table.name, Names())
        if old and new and old != new:
            drop = ops.DropConstraintOp.from_constraint(before)
            drop.constraint_name, drop.table_name = sa.schema.conv(old), after.table.name
            create = _creation(after)
            create.constraint_name = sa.schema.conv(new)
            yield NewName(old, new, drop, create)


def alteration(
    before: sa.Column[Any], after: sa.Column[Any], table: str, same_type: SameType
) -> ops.AlterColumnOp | None:
    """Return what else changes of a column that keeps its contents, None if nothing does."""
    words: dict[str, Any] = {}
    if not same_type(before, after):
        words["modify_type"] = after.type
    if before.nullable != after.nullable:
        words["modify_nullable"] = after.nullable
    if (before.server_default is None) != (after.server_default is None):
        words["modify_server_default"] = after.server_default
    if (before.comment or None) != (after.comment or None):
        words["modify_comment"] = after.comment
    if not words:
        return None
    schema = getattr(getattr(after, "table", None), "schema", None)
    return ops.AlterColumnOp(
        table,
        after.name,
        schema=schema,
        existing_type=before.type,
        existing_nullable=before.nullable,
        **words,
    )


def _found(tree: OpContainer, kind: type[Any], **facts: object) -> Any:  # noqa: ANN401 - A place in Alembic's untyped tree.
    place = find(tree, kind, **facts)
    if place is None:  # A hook of the project's own took one of the two out of one direction.
        raise LookupError(f"{kind.__name__} of {facts} isn't in the revision.")
    return place


def _item(operation: Any) -> Any:  # noqa: ANN401 - As above.
    """Return the index or constraint that an operation drops or creates."""
    if isinstance(operation, (ops.CreateIndexOp, ops.DropIndexOp)):
        return operation.to_index()
    return operation.to_constraint()


def _constraints(table: sa.Table) -> list[Any]:
    kept = [one for one in table.constraints if len(getattr(one, "columns", ())) or _is_check(one)]
    return sorted(kept, key=lambda one: (type(one).__name__, str(given_name(one))))


def _is_check(constraint: object) -> bool:
    return isinstance(constraint, sa.CheckConstraint)


def _creation(constraint: Any) -> Any:  # noqa: ANN401 - As above.
    if isinstance(constraint, sa.PrimaryKeyConstraint):
        columns = [one.name for one in constraint.columns]
        table = constraint.table
        return NewPrimaryKey(constraint.name, table.name, columns, schema=table.schema)
    return ops.AddConstraintOp.from_constraint(constraint)


def _column_changes(
    dropped: sa.Table, created: sa.Table, same_type: SameType
) -> Iterator[ops.AlterTableOp]:
    for column in created.columns:
        before = dropped.columns.get(column.name)
        if before is None:
            yield ops.AddColumnOp.from_column_and_tablename(created.schema, created.name, column)
        else:
            changed = alteration(before, column, created.name, same_type)
            if changed:
                yield changed
    for column in dropped.columns:
        if column.name not in created.columns:
            yield ops.DropColumnOp.from_column_and_tablename(created.schema, created.name, column)


def _sequences(dropped: sa.Table, created: sa.Table) -> tuple[tuple[str, str], ...]:
    """Return the rename of the sequence that PostgreSQL made for a table's own ids."""
    column = created.autoincrement_column
    if column is None or dropped.autoincrement_column is None:
        return ()
    old, new = (f"{one}_{column.name}_seq"[:LONGEST] for one in (dropped.name, created.name))
    return ((old, new),)
