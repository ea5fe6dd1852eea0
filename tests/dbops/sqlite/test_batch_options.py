"""What `batch_alter_table` may be told besides operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from bacowr.dbops.sqlite.operations import LosslessOperations
from bacowr.dbops.sqlite.refusal import RefusedChange

if TYPE_CHECKING:
    from tests.dbops.sqlite.databases import Database

UNNAMED = (
    "CREATE TABLE p (id INTEGER PRIMARY KEY);"
    "CREATE TABLE t (a INTEGER UNIQUE, b INTEGER REFERENCES p (id), c INTEGER, CHECK (c > 0), "
    "UNIQUE (b, c), FOREIGN KEY (a) REFERENCES p (id));"
)
CONVENTION = {
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
}


def test_a_naming_convention_finds_and_names_unnamed_constraints(database: Database) -> None:
    database.script(UNNAMED)

    def upgrade() -> None:
        with op.batch_alter_table("t", naming_convention=CONVENTION) as batch_op:
            batch_op.drop_constraint("fk_t_b_p", type_="foreignkey")
            batch_op.drop_constraint("uq_t_a", type_="unique")

    database.revise(upgrade)
    assert database.sql("t") == (
        "CREATE TABLE t (a INTEGER, b INTEGER, c INTEGER, CHECK (c > 0), "
        'CONSTRAINT "uq_t_b_c" UNIQUE (b, c), '
        'CONSTRAINT "fk_t_a_p" FOREIGN KEY (a) REFERENCES p (id))'
    )


def test_copy_from_lends_its_names(database: Database) -> None:
    database.script(UNNAMED)
    known = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("a", sa.Integer()),
        sa.Column("b", sa.Integer()),
        sa.Column("c", sa.Integer()),
        sa.CheckConstraint("c > 0", name="ck_c"),
        sa.UniqueConstraint("b", "c", name="uq_two"),
    )

    def upgrade() -> None:
        with op.batch_alter_table("t", copy_from=known) as batch_op:
            batch_op.drop_constraint("ck_c", type_="check")
            batch_op.drop_constraint("uq_two", type_="unique")

    database.revise(upgrade)
    assert "CHECK" not in database.sql("t")
    assert "UNIQUE (b, c)" not in database.sql("t")


def test_table_args_add_only_what_is_missing(database: Database) -> None:
    database.script(UNNAMED)
    stated = (
        sa.CheckConstraint("(c > 0)"),
        sa.UniqueConstraint("b", "c"),
        sa.CheckConstraint("b > 0", name="ck_b"),
        sa.Column("c", sa.Integer()),
    )

    def upgrade() -> None:
        with op.batch_alter_table("t", recreate="always", table_args=stated) as batch_op:
            batch_op.alter_column("c", nullable=False)

    database.revise(upgrade)
    assert database.sql("t").count("CHECK") == 2
    assert database.sql("t").count("UNIQUE") == 2
    assert "CONSTRAINT ck_b CHECK (b > 0)" in database.sql("t")


@pytest.mark.parametrize(
    "options",
    [{"sqlite_autoincrement": True}, {"sqlite_strict": True}, {"sqlite_with_rowid": False}],
)
def test_table_options_can_be_restated_but_not_changed(
    database: Database, options: dict[str, Any]
) -> None:
    database.script(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);"
        "CREATE TABLE auto (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);"
        "CREATE TABLE special (id INTEGER PRIMARY KEY, a TEXT) STRICT, WITHOUT ROWID;"
    )

    def upgrade(table: str) -> None:
        with op.batch_alter_table(table, table_kwargs=options) as batch_op:
            batch_op.alter_column("a", nullable=False)

    same = "auto" if "sqlite_autoincrement" in options else "special"
    database.revise(lambda: upgrade(same))
    with pytest.raises(RefusedChange, match="cannot be changed in a batch"):
        database.revise(lambda: upgrade("t"))


def test_columns_are_put_into_the_order_asked_for(database: Database) -> None:
    database.script(
        "CREATE TABLE t (a TEXT, b TEXT, c TEXT); INSERT INTO t VALUES ('1', '2', '3');"
    )

    def upgrade() -> None:
        with op.batch_alter_table("t", partial_reordering=[("c", "d", "a")]) as batch_op:
            batch_op.add_column(sa.Column("d", sa.Text(), server_default="4"))
            batch_op.drop_column("b")

    database.revise(upgrade)
    assert database.query("SELECT * FROM t") == [("3", "4", "1")]


def test_an_unnamed_check_of_a_type_goes_with_the_type(database: Database) -> None:
    database.script("CREATE TABLE t (a BOOLEAN, b INTEGER, CHECK (b > 0), CHECK (a IN (0, 1)));")
    old = sa.Boolean(create_constraint=True)
    database.revise(lambda: op.alter_column("t", "a", existing_type=old, type_=sa.Integer()))
    assert database.sql("t") == "CREATE TABLE t (a INTEGER, b INTEGER, CHECK (b > 0))"


def test_what_is_there_or_gone_can_be_passed_over(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a);")
    before = database.schema()

    def upgrade() -> None:
        op.add_column("t", sa.Column("a", sa.Text()), if_not_exists=True)
        op.drop_column("t", "z", if_exists=True)
        op.drop_constraint("ck", "t", if_exists=True)
        with op.batch_alter_table("t") as batch_op:
            batch_op.drop_index("gone", if_exists=True)
            batch_op.create_index("i", ["a"], if_not_exists=True)
            batch_op.execute("SELECT 1")
            batch_op.create_table_comment("hello")

    database.revise(upgrade)
    assert database.schema() == before


def test_a_missing_index_is_named(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT);")

    def upgrade() -> None:
        with op.batch_alter_table("t") as batch_op:
            batch_op.drop_index("gone")

    with pytest.raises(RefusedChange, match="No such index: 'gone'"):
        database.revise(upgrade)


def test_an_unnamed_constraint_cannot_be_dropped(database: Database) -> None:
    database.script(UNNAMED)
    with pytest.raises(RefusedChange, match="must have a name"):
        database.revise(lambda: op.drop_constraint(None, "t", type_="unique"))  # type: ignore[arg-type]


def test_new_keys_and_inline_ones(database: Database) -> None:
    database.script("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a TEXT);")

    def upgrade() -> None:
        key = sa.ForeignKey("p.id", name="fk")
        op.add_column("t", sa.Column("b", sa.Integer(), key), inline_references=True)
        op.add_column("t", sa.Column("c", sa.Integer(), primary_key=True))

    database.revise(upgrade)
    assert database.sql("t") == (
        "CREATE TABLE t (a TEXT, b INTEGER REFERENCES p (id), c INTEGER NOT NULL, "
        'PRIMARY KEY ("c"))'
    )


def test_a_key_can_be_inline(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT); INSERT INTO t (rowid, a) VALUES (9, 'x');")
    column = sa.Column("id", sa.Integer(), primary_key=True)
    database.revise(lambda: op.add_column("t", column, inline_primary_key=True))
    assert database.query("SELECT id, a FROM t") == [(9, "x")]


def test_other_dialects_are_alembics_own() -> None:
    lines: list[str] = []

    class Sink:
        def write(self, text: str) -> None:
            lines.append(text)

        def flush(self) -> None:
            pass

    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": Sink()}
    )
    with LosslessOperations.context(context):
        op.drop_column("t", "a")
        with op.batch_alter_table("t") as batch_op:
            batch_op.alter_column("b", nullable=False)
    assert "".join(lines).split("\n\n")[:2] == [
        "ALTER TABLE t DROP COLUMN a;",
        "ALTER TABLE t ALTER COLUMN b SET NOT NULL;",
    ]


def test_the_proxy_is_gone_afterwards(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT);")
    with pytest.raises(ZeroDivisionError):
        database.revise(lambda: 1 / 0)  # type: ignore[arg-type]
    database.revise(lambda: op.add_column("t", sa.Column("b", sa.Text())), Operations)
    assert database.sql("t") == "CREATE TABLE t (a TEXT, b TEXT)"
