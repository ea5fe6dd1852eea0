"""Revisions written for plain Alembic end in the schema that plain Alembic makes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations

if TYPE_CHECKING:
    from pathlib import Path

from tests.dbops.sqlite.databases import Database

BASE = """
CREATE TABLE parents (id INTEGER NOT NULL, code VARCHAR(9), PRIMARY KEY (id));
CREATE TABLE items (
    id INTEGER NOT NULL,
    name VARCHAR(40) DEFAULT 'x' NOT NULL,
    size INTEGER,
    price NUMERIC(10, 2),
    is_open BOOLEAN,
    parent_id INTEGER,
    a INTEGER,
    b TEXT,
    PRIMARY KEY (id),
    CONSTRAINT uq_items_name UNIQUE (name),
    CONSTRAINT ck_items_size CHECK (size > 0),
    CONSTRAINT ck_open CHECK (is_open IN (0, 1)),
    CONSTRAINT fk_items_parent FOREIGN KEY(parent_id) REFERENCES parents (id) ON DELETE CASCADE
);
CREATE INDEX ix_items_size ON items (size);
INSERT INTO parents VALUES (1, 'a'), (7, 'b'), (8, 'c');
INSERT INTO items VALUES (1, 'one', 1, 1.5, 1, 1, 7, 'x'), (2, 'two', 2, NULL, 0, NULL, 8, 'y');
"""
Batch = Callable[[Any], object]
BOOLEAN = sa.Boolean(create_constraint=True, name="ck_open")
COLORS = sa.Enum("red", "one", "two", name="ck_color", create_constraint=True)

BATCHES: dict[str, Batch] = {
    "type": lambda b: b.alter_column("name", existing_type=sa.String(40), type_=sa.String(80)),
    "affinity": lambda b: b.alter_column("size", type_=sa.String(10)),
    "nullable": lambda b: b.alter_column("name", nullable=True),
    "not null": lambda b: b.alter_column("size", nullable=False, existing_nullable=True),
    "default": lambda b: b.alter_column("size", server_default="7"),
    "default in sql": lambda b: b.alter_column("size", server_default=sa.text("1 + 1")),
    "default now": lambda b: b.alter_column("name", server_default=sa.func.current_timestamp()),
    "no default": lambda b: b.alter_column("name", server_default=None),
    "all at once": lambda b: b.alter_column(
        "a",
        new_column_name="width",
        type_=sa.BigInteger(),
        nullable=False,
        server_default=sa.text("0"),
    ),
    "rename": lambda b: b.alter_column("price", new_column_name="cost"),
    "rename to a reserved word": lambda b: b.alter_column("price", new_column_name="order"),
    "two renames": lambda b: (
        b.alter_column("price", new_column_name="cost"),
        b.alter_column("name", new_column_name="title"),
    ),
    "rename and more by the old name": lambda b: (
        b.alter_column("price", new_column_name="cost"),
        b.alter_column("price", server_default="0"),
    ),
    "exchanged names": lambda b: (
        b.alter_column("a", new_column_name="b"),
        b.alter_column("b", new_column_name="a"),
    ),
    "drop": lambda b: b.drop_column("price"),
    "drop the last": lambda b: b.drop_column("b"),
    "drop with its check": lambda b: b.drop_column("is_open", existing_type=BOOLEAN),
    "drop with its unique": lambda b: b.drop_column("name"),
    "drop with its index": lambda b: (
        b.drop_constraint("ck_items_size"),
        b.drop_index("ix_items_size"),
        b.drop_column("size"),
    ),
    "drop and add": lambda b: (
        b.drop_column("price"),
        b.add_column(sa.Column("price", sa.Float(), server_default="2")),
    ),
    "add": lambda b: b.add_column(sa.Column("note", sa.Text())),
    "add not null": lambda b: b.add_column(
        sa.Column("note", sa.Text(), server_default="", nullable=False)
    ),
    "add boolean": lambda b: b.add_column(
        sa.Column("is_new", sa.Boolean(), server_default=sa.text("1"), nullable=False)
    ),
    "add with default now": lambda b: b.add_column(
        sa.Column("at", sa.DateTime(), server_default=sa.func.now())
    ),
    "add with check": lambda b: b.add_column(sa.Column("color", COLORS, server_default="red")),
    "add unnamed boolean": lambda b: b.add_column(
        sa.Column("flag", sa.Boolean(create_constraint=True))
    ),
    "add computed": lambda b: b.add_column(sa.Column("twice", sa.Integer(), sa.Computed("size*2"))),
    "add stored": lambda b: b.add_column(
        sa.Column("twice", sa.Integer(), sa.Computed("size*2", persisted=True))
    ),
    "add with key": lambda b: b.add_column(
        sa.Column("other", sa.Integer(), sa.ForeignKey("parents.id", name="fk_other"))
    ),
    "add indexed": lambda b: b.add_column(sa.Column("slug", sa.String(5), index=True)),
    "add before": lambda b: b.add_column(sa.Column("z", sa.Integer()), insert_before="size"),
    "add after": lambda b: b.add_column(sa.Column("z", sa.Integer()), insert_after="size"),
    "add after the last": lambda b: b.add_column(sa.Column("z", sa.Integer()), insert_after="b"),
    "unique": lambda b: b.create_unique_constraint("uq_two", ["size", "price"]),
    "check": lambda b: b.create_check_constraint("ck_two", sa.column("size") < 100),
    "check in sql": lambda b: b.create_check_constraint("ck_two", "name <> 'a%'"),
    "foreign key": lambda b: b.create_foreign_key(
        "fk_two", "parents", ["a"], ["id"], onupdate="SET NULL", deferrable=True
    ),
    "drop unique": lambda b: b.drop_constraint("uq_items_name", type_="unique"),
    "drop check": lambda b: b.drop_constraint("ck_items_size", type_="check"),
    "drop foreign key": lambda b: b.drop_constraint("fk_items_parent", type_="foreignkey"),
    "replace check": lambda b: (
        b.drop_constraint("ck_items_size", type_="check"),
        b.create_check_constraint("ck_items_size", "size >= 0"),
    ),
    "primary key": lambda b: b.create_primary_key("pk_items", ["id", "name"]),
    "boolean to integer": lambda b: b.alter_column(
        "is_open", existing_type=BOOLEAN, type_=sa.Integer()
    ),
    "string to enum": lambda b: b.alter_column("name", type_=COLORS),
    "key type": lambda b: b.alter_column("id", existing_type=sa.Integer(), type_=sa.BigInteger()),
    "create index": lambda b: b.create_index("ix_two", ["price", "size"], unique=True),
    "replace index": lambda b: (
        b.drop_index("ix_items_size"),
        b.create_index("ix_items_size", ["size", "name"]),
    ),
    "index on a new column": lambda b: (
        b.add_column(sa.Column("slug", sa.String(5))),
        b.create_index("ix_slug", ["slug"], unique=False),
    ),
    "much": lambda b: (
        b.add_column(sa.Column("slug", sa.String(5), nullable=False, server_default="s")),
        b.alter_column("size", type_=sa.BigInteger()),
        b.drop_column("price"),
        b.drop_constraint("ck_items_size", type_="check"),
        b.create_unique_constraint("uq_slug", ["slug", "name"]),
    ),
    "comment": lambda b: b.alter_column("size", comment="how big", nullable=False),
}
BARE: dict[str, Callable[[], object]] = {
    "add": lambda: op.add_column("items", sa.Column("note", sa.Text())),
    "rename table": lambda: op.rename_table("items", "goods"),
    "rename column": lambda: op.alter_column("items", "price", new_column_name="cost"),
    "create index": lambda: op.create_index("ix_price", "items", [sa.text("price DESC")]),
    "drop index": lambda: op.drop_index("ix_items_size", "items"),
    "execute": lambda: op.execute("UPDATE items SET size = 5"),
    "bulk insert": lambda: op.bulk_insert(
        sa.table("parents", sa.column("id"), sa.column("code")), [{"id": 9, "code": "d"}]
    ),
    "create table": lambda: op.create_table(
        "more", sa.Column("id", sa.Integer(), primary_key=True)
    ),
    "drop table": lambda: op.drop_table("items"),
}


def plainly(database: Database, upgrade: Callable[[], None]) -> None:
    """Run a revision's function through Alembic's own operations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        database.revise(upgrade, Operations)


def shape(database: Database) -> dict[str, object]:
    """Return all that SQLAlchemy finds, in one order."""
    engine = sa.create_engine(f"sqlite:///{database.path}")
    inspector = sa.inspect(engine)
    found: dict[str, object] = {}
    for table in inspector.get_table_names():
        found[table] = {
            "columns": [
                {**column, "type": str(column["type"]), "default": spelled(column["default"])}
                for column in inspector.get_columns(table)
            ],
            "key": inspector.get_pk_constraint(table),
            "unique": ordered(inspector.get_unique_constraints(table)),
            "checks": ordered(inspector.get_check_constraints(table)),
            "foreign keys": ordered(inspector.get_foreign_keys(table)),
            "indexes": ordered(inspector.get_indexes(table)),
        }
    engine.dispose()
    return found


def spelled(default: object) -> str | None:
    """Return a default without the parentheses around it that Alembic may add."""
    return None if default is None else re.sub(r"^\((.*)\)$", r"\1", str(default))


def ordered(items: list[Any]) -> list[str]:
    return sorted(str(sorted(item.items(), key=str)) for item in items)


@pytest.fixture
def twins(tmp_path: Path) -> tuple[Database, Database]:
    found = Database(tmp_path / "plain.db"), Database(tmp_path / "ours.db")
    for database in found:
        database.script(BASE)
    return found


@pytest.mark.parametrize("recreate", ["auto", "always"])
@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_ends_alike(twins: tuple[Database, Database], name: str, recreate: str) -> None:
    plain, ours = twins

    def upgrade() -> None:
        with op.batch_alter_table("items", recreate=recreate) as batch_op:  # type: ignore[arg-type]
            BATCHES[name](batch_op)

    if recreate == "auto" and name in ("add before", "add after", "add after the last"):
        pytest.skip("plain Alembic wants recreate='always' for a place in the table")
    if recreate == "always" and name == "add indexed":
        pytest.skip("plain Alembic leaves an index named after its temporary table")
    plainly(plain, upgrade)
    ours.revise(upgrade)
    assert shape(ours) == shape(plain)
    assert ours.query("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("name", BARE)
def test_a_plain_operation_ends_alike(twins: tuple[Database, Database], name: str) -> None:
    plain, ours = twins

    def upgrade() -> None:
        BARE[name]()

    plainly(plain, upgrade)
    ours.revise(upgrade)
    assert shape(ours) == shape(plain)
    assert ours.rows() == plain.rows()
