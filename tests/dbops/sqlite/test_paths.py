"""Which path a change takes, and what each must not do."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic import op

from bacowr.dbops.sqlite import execution
from bacowr.dbops.sqlite.change import apply
from bacowr.dbops.sqlite.edits import (
    AddColumn,
    AddConstraint,
    AlterType,
    DropColumn,
    DropConstraint,
    Edit,
    ReorderColumns,
    SetDefault,
    SetNullable,
)
from bacowr.dbops.sqlite.native import drop_column
from bacowr.dbops.sqlite.planner import Abilities, Path, plan
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse

if TYPE_CHECKING:
    from tests.dbops.sqlite.databases import Database

MODERN = Abilities((3, 40, 1), can_edit_text=True)
TABLE = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5) DEFAULT 'x', b TEXT UNIQUE, n INTEGER, "
    "g AS (n) STORED, CONSTRAINT ck CHECK (n > 0), CONSTRAINT uq UNIQUE (n), "
    "CONSTRAINT fk FOREIGN KEY (a) REFERENCES p (id))"
)
CHOICES: list[tuple[Edit, Path]] = [
    (AlterType("a", "VARCHAR(9)"), Path.TEXT),
    (AlterType("a", "INTEGER"), Path.REBUILD),
    (AlterType("a", "VARCHAR(9)", "NOCASE"), Path.REBUILD),
    (AlterType("a", "VARCHAR(5)"), Path.NATIVE),
    (AlterType("id", "BIGINT"), Path.REBUILD),
    (AlterType("g", "BIGINT"), Path.REBUILD),
    (SetNullable("a", nullable=False), Path.TEXT),
    (SetDefault("a", "'y'"), Path.TEXT),
    (SetDefault("a", None), Path.TEXT),
    (AddColumn("z", "z TEXT"), Path.NATIVE),
    (AddColumn("z", "z TEXT DEFAULT ('a')"), Path.NATIVE),
    (AddColumn("z", "z INT DEFAULT -1 NOT NULL"), Path.NATIVE),
    (AddColumn("z", "z INT DEFAULT TRUE NOT NULL"), Path.NATIVE),
    (AddColumn("z", "z INT AS (n)"), Path.NATIVE),
    (AddColumn("z", "z INT AS (n) STORED"), Path.REBUILD),
    (AddColumn("z", "z INT DEFAULT NULL NOT NULL"), Path.REBUILD),
    (AddColumn("z", "z INT NOT NULL"), Path.REBUILD),
    (AddColumn("z", "z TEXT DEFAULT CURRENT_TIMESTAMP"), Path.REBUILD),
    (AddColumn("z", "z TEXT DEFAULT ('a' || 'b')"), Path.REBUILD),
    (AddColumn("z", "z TEXT UNIQUE"), Path.REBUILD),
    (AddColumn("z", "z TEXT", before="a"), Path.REBUILD),
    (AddColumn("z", "z TEXT", after="a"), Path.REBUILD),
    (DropColumn("g"), Path.NATIVE),
    (DropColumn("a"), Path.TEXT),
    (DropColumn("b"), Path.REBUILD),
    (AddConstraint("CHECK (n < 9)"), Path.TEXT),
    (AddConstraint("FOREIGN KEY (n) REFERENCES p"), Path.TEXT),
    (AddConstraint("UNIQUE (a)"), Path.REBUILD),
    (AddConstraint("PRIMARY KEY (a)"), Path.REBUILD),
    (DropConstraint("ck"), Path.TEXT),
    (DropConstraint("fk"), Path.TEXT),
    (DropConstraint("uq"), Path.REBUILD),
    (DropConstraint("gone", if_exists=True), Path.NATIVE),
    (ReorderColumns(("n", "id", "a", "b", "g")), Path.REBUILD),
]


@pytest.mark.parametrize(("edit", "path"), CHOICES, ids=lambda value: str(value)[:60])
def test_the_cheapest_path_is_taken(edit: Edit, path: Path) -> None:
    assert plan(parse(TABLE), [edit], MODERN).path is path


def test_an_old_library_drops_columns_by_rebuilding() -> None:
    old = Abilities((3, 34, 1), can_edit_text=True)
    assert plan(parse("CREATE TABLE t (a, b)"), [DropColumn("a")], old).path is Path.REBUILD


@pytest.mark.parametrize("key", ["integer", "INTEGER", '"Integer"', "[INTEGER]", "'integer'"])
def test_a_key_that_is_the_rowid_is_never_edited_as_text(key: str) -> None:
    table = parse(f"CREATE TABLE t (id {key} PRIMARY KEY)")
    assert table.rowid_alias() == "id"
    assert plan(table, [AlterType("id", "BIGINT")], MODERN).path is Path.REBUILD


@pytest.mark.parametrize("tail", ["STRICT", "WITHOUT ROWID"])
def test_special_tables_are_never_edited_as_text(tail: str) -> None:
    table = parse(f"CREATE TABLE t (a TEXT PRIMARY KEY, b TEXT) {tail}")
    assert plan(table, [SetNullable("b", nullable=False)], MODERN).path is Path.REBUILD


def test_a_comment_keeps_the_native_drop_away() -> None:
    table = parse("CREATE TABLE t (a, b, -- about b\n c)")
    assert plan(table, [DropColumn("b")], MODERN).path is Path.REBUILD


def test_where_texts_may_not_be_edited_the_table_is_rebuilt(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x');")

    def deny(_action: int, name: str | None, value: str | None, *_: object) -> int:
        denied = name == "writable_schema" and value is not None
        return sqlite3.SQLITE_DENY if denied else sqlite3.SQLITE_OK

    def upgrade() -> None:
        raw: Any = op.get_bind().connection.dbapi_connection
        raw.set_authorizer(deny)
        op.alter_column("t", "a", nullable=False)
        raw.set_authorizer(None)

    assert database.revise(upgrade) == ["t: rebuilt, 1 rows copied"]
    assert database.sql("t") == 'CREATE TABLE "t" (a TEXT NOT NULL)'


def test_a_default_is_no_text_edit_for_rows_older_than_their_column(database: Database) -> None:
    database.script(
        "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('old');"
        "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'then'; INSERT INTO t VALUES ('new', 'now');"
    )
    lines = database.revise(lambda: op.alter_column("t", "b", server_default="later"))
    assert lines == ["t: rebuilt, 2 rows copied"]
    assert database.query("SELECT * FROM t") == [("old", "then"), ("new", "now")]
    assert database.sql("t").endswith("b TEXT DEFAULT 'later')")


def test_a_default_of_full_rows_is_a_text_edit(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT DEFAULT 'then'); INSERT INTO t VALUES ('then');")
    lines = database.revise(lambda: op.alter_column("t", "a", server_default=None))
    assert lines == ["t: edited the stored text, no row touched"]
    assert database.query("SELECT * FROM t") == [("then",)]


def test_many_edits_of_a_batch_rebuild_once(database: Database) -> None:
    database.script(
        "CREATE TABLE t (a TEXT, b TEXT, c TEXT); INSERT INTO t VALUES ('1', '2', '3');"
    )

    def upgrade() -> None:
        with op.batch_alter_table("t") as batch_op:
            batch_op.alter_column("a", type_=sa.Integer())
            batch_op.alter_column("b", new_column_name="d", nullable=False)
            batch_op.drop_column("c")
            batch_op.add_column(sa.Column("e", sa.Text(), server_default="z"))
            batch_op.create_unique_constraint("uq", ["d"])

    assert database.revise(upgrade) == [
        "t: renamed b to d (native)",
        "t: rebuilt, 1 rows copied",
    ]
    assert database.query("SELECT * FROM t") == [(1, "2", "z")]


def test_cheap_edits_of_a_batch_stay_cheap(database: Database) -> None:
    database.script(
        "CREATE TABLE t (a TEXT, b TEXT, c TEXT); INSERT INTO t VALUES ('1', '2', '3');"
    )

    def upgrade() -> None:
        with op.batch_alter_table("t") as batch_op:
            batch_op.add_column(sa.Column("e", sa.Text(), server_default="z"))
            batch_op.alter_column("b", nullable=False)
            batch_op.create_check_constraint("ck", "e <> a")
            batch_op.drop_column("c")

    assert database.revise(upgrade) == [
        "t: added e (native)",
        "t: edited the stored text, no row touched",
        "t: dropped c (native)",
    ]


def test_progress_is_told_in_steps(database: Database) -> None:
    database.script(
        "CREATE TABLE t (a TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 100000) INSERT INTO t SELECT i FROM n;"
    )
    told: list[tuple[str, int, int]] = []
    with database.engine().begin() as connection:
        apply(
            connection,
            "t",
            [AlterType("a", "INTEGER")],
            progress=lambda *step: told.append(step),
        )
    assert told[0] == ("t", 0, 100_000)
    assert told[-1] == ("t", 100_000, 100_000)
    assert len(told) > 50
    assert [step[1] for step in told] == sorted(step[1] for step in told)
    assert database.query("SELECT count(*), sum(a), min(rowid), max(rowid) FROM t") == [
        (100_000, 5_000_050_000, 1, 100_000)
    ]


def test_a_connection_without_a_transaction_gets_one(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('1');")
    engine = sa.create_engine(f"sqlite:///{database.path}", connect_args={"isolation_level": None})
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        apply(connection, "t", [AlterType("a", "INTEGER")])
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        with pytest.raises(RefusedChange):
            apply(connection, "t", [AlterType("b", "INTEGER")])
        raw: Any = connection.connection.dbapi_connection
        assert not raw.in_transaction
    engine.dispose()
    assert database.sql("t") == "CREATE TABLE t (a INTEGER)"


def test_settings_are_as_they_were(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('1');")

    def upgrade() -> None:
        connection = op.get_bind()

        def values() -> list[object]:
            names = ("secure_delete", "legacy_alter_table", "writable_schema", "foreign_keys")
            return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

        connection.exec_driver_sql("PRAGMA secure_delete = ON")
        connection.exec_driver_sql("PRAGMA legacy_alter_table = ON")
        before = values()
        op.alter_column("t", "a", type_=sa.Integer())
        op.alter_column("t", "a", nullable=False, new_column_name="b")
        assert values() == before

    database.revise(upgrade)


def test_functions_and_collations_of_the_application_are_kept(database: Database) -> None:
    def upgrade() -> None:
        raw: Any = op.get_bind().connection.dbapi_connection
        raw.create_collation("mine", lambda a, b: (a < b) - (a > b))
        raw.execute("CREATE TABLE t (a TEXT COLLATE mine, b TEXT, n TEXT)")
        raw.execute("CREATE INDEX i ON t (shout(b), a)")
        raw.execute("CREATE VIEW v AS SELECT shout(a) FROM t")
        raw.execute("CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT shout(new.a); END")
        raw.execute("INSERT INTO t VALUES ('x', 'y', '1')")
        op.alter_column("t", "n", type_=sa.Integer())
        op.alter_column("t", "n", new_column_name="m")

    database.revise(upgrade)
    assert database.sql("i") == "CREATE INDEX i ON t (shout(b), a)"
    assert database.query("SELECT * FROM t") == [("x", "y", 1)]


def test_another_connection_reads_the_new_text(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT);")
    other = sqlite3.connect(database.path)
    other.execute("SELECT * FROM t")
    database.revise(lambda: op.create_check_constraint("ck", "t", "a > 'b'"))
    with pytest.raises(sqlite3.IntegrityError, match="ck"):
        other.execute("INSERT INTO t VALUES ('a')")
    other.close()


def test_a_reserved_name_that_is_taken_is_passed_over(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT); CREATE TABLE _dbops_new_t (a TEXT);")
    database.revise(lambda: op.alter_column("t", "a", type_=sa.Integer()))
    assert database.sql("_dbops_new_t") == "CREATE TABLE _dbops_new_t (a TEXT)"


def test_a_key_that_becomes_the_rowid_brings_its_values(database: Database) -> None:
    database.script(
        "CREATE TABLE t (id BIGINT PRIMARY KEY, a TEXT); INSERT INTO t VALUES (7, 'x'), (3, 'y');"
    )
    database.revise(lambda: op.alter_column("t", "id", type_=sa.Integer()))
    assert database.query("SELECT rowid, * FROM t") == [(3, 3, "y"), (7, 7, "x")]
    database.revise(lambda: op.alter_column("t", "id", type_=sa.BigInteger()))
    assert database.query("SELECT rowid, * FROM t") == [(3, 3, "y"), (7, 7, "x")]


def test_a_renamed_table_keeps_its_statistics(database: Database) -> None:
    database.script(
        "CREATE TABLE t (a TEXT UNIQUE, b); CREATE INDEX i ON t (b);"
        "INSERT INTO t VALUES ('1', 1); ANALYZE;"
    )
    database.revise(lambda: op.rename_table("t", "u"))
    assert sorted(database.query("SELECT tbl, idx, stat FROM sqlite_stat1"), key=str) == [
        ("u", "i", "1 1"),
        ("u", "sqlite_autoindex_u_1", "1 1"),
    ]


def test_columns_may_exchange_their_names(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES ('1', '2');")

    def upgrade() -> None:
        with op.batch_alter_table("t") as batch_op:
            batch_op.alter_column("a", new_column_name="b")
            batch_op.alter_column("b", new_column_name="a")

    database.revise(upgrade)
    assert database.sql("t") == "CREATE TABLE t (b TEXT, a TEXT)"


def test_a_column_may_take_the_name_of_one_that_goes(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES ('1', '2');")

    def upgrade() -> None:
        with op.batch_alter_table("t") as batch_op:
            batch_op.drop_column("a")
            batch_op.alter_column("b", new_column_name="a")

    database.revise(upgrade)
    assert database.query("SELECT * FROM t") == [("2",)]
    assert database.sql("t") == "CREATE TABLE t (a TEXT)"


def test_other_virtual_tables_are_no_obstacle(database: Database) -> None:
    database.script(
        "CREATE TABLE t (a TEXT, b TEXT); CREATE VIRTUAL TABLE f USING fts5 (a);"
        "CREATE VIRTUAL TABLE s USING fts5vocab ('f', 'row');"
    )
    database.revise(lambda: op.drop_column("t", "a"))
    assert database.sql("t") == "CREATE TABLE t (b TEXT)"


def test_a_new_column_may_be_altered_in_its_batch(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('1');")

    def upgrade() -> None:
        with op.batch_alter_table("t") as batch_op:
            batch_op.add_column(sa.Column("b", sa.Text(), server_default="x"))
            batch_op.alter_column("b", nullable=False)

    database.revise(upgrade)
    assert database.sql("t") == "CREATE TABLE t (a TEXT, b TEXT DEFAULT 'x' NOT NULL)"


def test_a_check_that_this_dialect_does_not_need_is_left_out(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT);")
    flag = sa.Boolean(create_constraint=True).with_variant(sa.Integer(), "sqlite")
    database.revise(lambda: op.add_column("t", sa.Column("b", flag)))
    assert database.sql("t") == "CREATE TABLE t (a TEXT, b INTEGER)"


def test_a_native_change_that_ends_elsewhere_is_found(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.script("CREATE TABLE t (a TEXT, b TEXT, c TEXT);")
    wrong = DropColumn("b")
    monkeypatch.setattr(
        execution, "drop_column", lambda connection, table, _: drop_column(connection, table, wrong)
    )
    with pytest.raises(RefusedChange, match="ended as CREATE TABLE t"):
        database.revise(lambda: op.drop_column("t", "a"))


def test_a_new_column_takes_the_default_that_its_batch_ends_with(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('1');")

    def upgrade() -> None:
        with op.batch_alter_table("t") as batch_op:
            batch_op.add_column(sa.Column("b", sa.Text(), server_default="first"))
            batch_op.alter_column("b", server_default="last")

    database.revise(upgrade)
    assert database.query("SELECT * FROM t") == [("1", "last")]


def test_a_table_may_have_any_name(database: Database) -> None:
    name = "we\"ird 't; --"
    quoted = '"' + name.replace('"', '""') + '"'
    database.script(
        f"CREATE TABLE {quoted} (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT UNIQUE, b TEXT);"
        f"CREATE INDEX i ON {quoted} (b); INSERT INTO {quoted} VALUES (1, '1', '2'), (9, '3', '4');"
        f"CREATE TRIGGER g AFTER INSERT ON {quoted} BEGIN SELECT new.a; END;"
        f"DELETE FROM {quoted} WHERE id = 9; ANALYZE;"
    )

    def upgrade() -> None:
        op.alter_column(name, "b", new_column_name="c")
        op.alter_column(name, "c", nullable=False)
        op.alter_column(name, "a", type_=sa.Integer())
        op.add_column(name, sa.Column("d", sa.Text()))
        op.drop_column(name, "d")
        op.rename_table(name, name + "2")

    database.revise(upgrade)
    renamed = quoted[:-1] + '2"'
    assert database.query(f"SELECT * FROM {renamed}") == [(1, 1, "2")]
    assert database.query("SELECT seq FROM sqlite_sequence") == [(9,)]
    assert {row[0] for row in database.query("SELECT tbl FROM sqlite_stat1")} == {name + "2"}
    assert database.sql("i") == f"CREATE INDEX i ON {renamed} (c)"
