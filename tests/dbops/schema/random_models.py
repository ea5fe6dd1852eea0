"""Models at random, in two states: autogenerate writes the first, and then the way on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
TABLES = ("items", "Parents", "order", "with space")
COLUMNS = ("alpha", "user", "Beta", "a space", "gamma")
# A type, and defaults of it.
KINDS: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (sa.Integer(), ("0", sa.text("0"), sa.text("-1"))),
    (sa.BigInteger(), ("0", sa.text("5"))),
    (sa.SmallInteger(), ("7",)),
    (sa.String(20), ("x", "it's", sa.text("'a b'"), "")),
    (sa.String(), ("5",)),
    (sa.Text(), ("x(", sa.text("'--'"))),
    (sa.Boolean(), (sa.false(), sa.true())),
    (sa.DateTime(timezone=True), (sa.func.now(), sa.text("CURRENT_TIMESTAMP"))),
    (sa.Date(), ()),
    (sa.Numeric(10, 2), ("0", sa.text("1.5"))),
    (sa.Float(), ()),
    (sa.Uuid(), ()),
    (sa.JSON(), ("{}",)),
    (sa.LargeBinary(), ()),
)
KEYABLE = len(KINDS) - 2


@dataclass(frozen=True)
class ColumnPlan:
    """A column, which comes late or was there at first."""

    name: str
    kind: int
    default: int
    nullable: bool
    index: bool
    unique: bool
    comment: str | None
    late: bool

    def make(self) -> sa.Column[Any]:
        kind, defaults = KINDS[self.kind]
        default = defaults[self.default % len(defaults)] if self.default and defaults else None
        may_be_null = self.nullable or (self.late and default is None)
        # Autogenerate names what it adds, so a late UNIQUE is one only where it has a name.
        return sa.Column(
            self.name,
            kind,
            nullable=may_be_null,
            server_default=default,
            index=(self.index and self.kind < KEYABLE) or None,
            unique=(self.unique and self.kind < KEYABLE and not self.late) or None,
            comment=self.comment,
        )


@dataclass(frozen=True)
class TablePlan:
    """A table, which comes late or was there at first; its checks and keys come with it."""

    name: str
    columns: tuple[ColumnPlan, ...]
    checked: bool
    belongs: bool
    late: bool

    def make(self, metadata: sa.MetaData, parent: str | None, *, whole: bool) -> None:
        parts: list[Any] = [
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("size", sa.Integer, nullable=False, server_default="1"),
            *(one.make() for one in self.columns if whole or not one.late),
        ]
        if self.checked:
            parts.append(sa.CheckConstraint("size IN (1, 2) or size > 9", name="known"))
            parts.append(
                sa.Index(
                    f"big {self.name}",
                    "size",
                    sqlite_where=sa.text("size > 5"),
                    postgresql_where=sa.text("size > 5"),
                )
            )
        if self.belongs and parent:
            parts.append(sa.Column("parent_id", sa.Integer))
            parts.append(
                sa.ForeignKeyConstraint(
                    ["parent_id"], [f"{parent}.id"], name=f"of {self.name}", ondelete="CASCADE"
                )
            )
        sa.Table(self.name, metadata, *parts)


@dataclass(frozen=True)
class Plan:
    """Both states."""

    tables: tuple[TablePlan, ...]
    named: bool

    def make(self, *, whole: bool) -> sa.MetaData:
        """Return the models, early or whole."""
        metadata = sa.MetaData(naming_convention=CONVENTION if self.named else None)
        parent: str | None = None
        for table in self.tables:
            if whole or not table.late:
                table.make(metadata, parent, whole=whole)
                parent = parent or (None if table.late else table.name)
        return metadata


def column_plans(name: str) -> st.SearchStrategy[ColumnPlan]:
    seldom = st.sampled_from([False, False, True])
    return st.builds(
        ColumnPlan,
        st.just(name),
        kind=st.integers(0, len(KINDS) - 1),
        default=st.integers(0, 3),
        nullable=st.booleans(),
        index=seldom,
        unique=seldom,
        comment=st.sampled_from([None, "It's so."]),
        late=st.booleans(),
    )


def table_plans(name: str) -> st.SearchStrategy[TablePlan]:
    chosen = st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=4, unique=True)
    columns = chosen.flatmap(lambda names: st.tuples(*(column_plans(one) for one in names)))
    return st.builds(
        TablePlan,
        st.just(name),
        columns=columns,
        checked=st.booleans(),
        belongs=st.booleans(),
        late=st.booleans(),
    )


def plans() -> st.SearchStrategy[Plan]:
    """Give models at random."""
    tables = st.permutations(TABLES).flatmap(
        lambda names: st.tuples(*(table_plans(one) for one in names[:3]))
    )
    return st.builds(Plan, tables=tables, named=st.booleans())
