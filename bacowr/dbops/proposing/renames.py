"""Renames told from a drop and an add: taken from the command, asked about, or refused."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from bacowr.dbops.errors import refuse
from bacowr.dbops.proposing.likeness import columns_alike, tables_alike
from bacowr.dbops.proposing.trees import full_name, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from alembic.operations.ops import OpContainer

    from bacowr.dbops.errors import Refused
    from bacowr.dbops.proposing.renaming import SameType


@dataclass(frozen=True)
class Wish:
    """What the command says about renames.

    `renames` are spelled `table.old:new` and `old:new`; `ask` is None where nobody can answer;
    `command` is what was typed, for the remedies.
    """

    renames: tuple[str, ...] = ()
    no_rename: bool = False
    ask: Callable[[str], bool] | None = None
    command: tuple[str, ...] = ("flask", "db", "migrate")


@dataclass(frozen=True)
class Rename:
    """One rename; of a table where `table` is empty."""

    schema: str | None
    table: str
    old: str
    new: str

    @property
    def left(self) -> str:
        """Return what is renamed, as a person writes it."""
        return full_name(self.schema, f"{self.table}.{self.old}" if self.table else self.old)

    @property
    def spelling(self) -> str:
        """Return what --rename takes for it."""
        return f"{self.left}:{self.new}"

    @property
    def question(self) -> str:
        """Return what a person is asked."""
        kind = "column" if self.table else "table"
        return f"Was the {kind} {self.left} renamed to {self.new}? If not, its contents are dropped"


@dataclass
class Choice:
    """Finds the renames of one kind after the other in a revision's way up.

    What was asked for is kept in `pending` until it is found.
    """

    wish: Wish
    same_type: SameType
    pending: list[str] = field(default_factory=list)
    doubtful: list[Rename] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pending = list(self.wish.renames)

    def tables(self, tree: OpContainer) -> list[Rename]:
        """Return the tables that are renamed."""
        return self._choose(_table_pairs(tree))

    def columns(self, tree: OpContainer) -> list[Rename]:
        """Return the columns that are renamed, once the tables are."""
        return self._choose(_column_pairs(tree, self.same_type))

    def refuse(self, tree: OpContainer) -> None:
        """Raise Refused for a rename that was told and isn't there, then for what is in doubt."""
        if self.doubtful and not self.pending:
            raise _doubt(self.doubtful, self.wish.command)
        if not self.pending:
            return
        gone = ", ".join(_dropped(tree)) or "nothing"
        came = ", ".join(_added(tree)) or "nothing"
        raise refuse(
            "rename-unmatched",
            f"--rename {self.pending[0]} matches nothing: dropped is {gone}, added is {came}. "
            "No file was written.",
            remedy="Write --rename table.old_column:new_column, or --rename old_table:new_table.",
        )

    def _choose(self, pairs: Iterable[tuple[float, Rename]]) -> list[Rename]:
        """Take what was told, then what is answered with yes, the likeliest first."""
        ranked = [one for _, one in sorted(pairs, key=lambda pair: -pair[0])]
        likely = {one for score, one in pairs if score}
        chosen = [one for one in ranked if one.spelling in self.pending]
        self.pending = [one for one in self.pending if one not in {c.spelling for c in chosen}]
        for one in ranked if not self.wish.no_rename else ():
            if one not in likely or _is_settled(one, [*chosen, *self.doubtful]):
                continue
            if self.wish.ask is None:
                self.doubtful.append(one)
            elif self.wish.ask(one.question):
                chosen.append(one)
        return chosen


def _is_settled(rename: Rename, others: list[Rename]) -> bool:
    """Tell whether the name it begins or ends with belongs to another rename already."""
    place = rename.schema, rename.table
    return any(
        (one.schema, one.table) == place and (one.old == rename.old or one.new == rename.new)
        for one in others
    )


def _doubt(renames: list[Rename], command: tuple[str, ...]) -> Refused:
    """Return the refusal of what nobody can be asked about, with the command that tells it."""
    seem = "; ".join(f"{one.left} seems renamed to {one.new}" for one in renames)
    words = [word for one in renames for word in ("--rename", one.spelling)]
    return refuse(
        "rename-doubt",
        f"{seem}. As a drop and an add the contents would be lost. No file was written.",
        remedy=f"{shlex.join([*command, *words])}\n  or, if what was there may go: "
        f"{shlex.join([*command, '--no-rename'])}",
    )


def _table_pairs(tree: OpContainer) -> list[tuple[float, Rename]]:
    drops = [one for _, one in walk(tree) if isinstance(one, ops.DropTableOp)]
    creates = [one for _, one in walk(tree) if isinstance(one, ops.CreateTableOp)]
    return [
        (
            tables_alike(drop.to_table(), create.to_table()),
            Rename(drop.schema, "", drop.table_name, create.table_name),
        )
        for drop in drops
        for create in creates
        if drop.schema == create.schema
    ]


def _column_pairs(tree: OpContainer, same_type: SameType) -> list[tuple[float, Rename]]:
    adds = [one for _, one in walk(tree) if isinstance(one, ops.AddColumnOp)]
    return [
        (
            columns_alike(drop.to_column(), add.column, same_type),
            Rename(drop.schema, drop.table_name, drop.column_name, add.column.name),
        )
        for drop in _column_drops(tree)
        for add in adds
        if (drop.table_name, drop.schema) == (add.table_name, add.schema)
    ]


def _column_drops(tree: OpContainer) -> Iterator[Any]:
    return (one for _, one in walk(tree) if isinstance(one, ops.DropColumnOp))


def _dropped(tree: OpContainer) -> Iterator[str]:
    for _, one in walk(tree):
        if isinstance(one, ops.DropTableOp):
            yield full_name(one.schema, one.table_name)
        elif isinstance(one, ops.DropColumnOp):
            yield f"{full_name(one.schema, one.table_name)}.{one.column_name}"


def _added(tree: OpContainer) -> Iterator[str]:
    for _, one in walk(tree):
        if isinstance(one, ops.CreateTableOp):
            yield full_name(one.schema, one.table_name)
        elif isinstance(one, ops.AddColumnOp):
            yield f"{full_name(one.schema, one.table_name)}.{one.column.name}"
