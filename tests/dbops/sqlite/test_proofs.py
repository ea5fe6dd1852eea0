"""The proofs find what they are there to find."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import op

from bacowr.dbops.sqlite import change, text_edit
from bacowr.dbops.sqlite.catalog import SchemaObject
from bacowr.dbops.sqlite.conversions import misfits
from bacowr.dbops.sqlite.copying import Copy, copy_rows
from bacowr.dbops.sqlite.edits import AddConstraint
from bacowr.dbops.sqlite.proof import LostSomethingError, require_equal_rows
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.table_parser import parse

if TYPE_CHECKING:
    from tests.dbops.sqlite.databases import Database

FIT = [
    ("TEXT", "INTEGER", "12", True),
    ("TEXT", "INTEGER", "-12", True),
    ("TEXT", "INTEGER", "007", False),
    ("TEXT", "INTEGER", "1.0", False),
    ("TEXT", "INTEGER", " 1", False),
    ("TEXT", "INTEGER", "", False),
    ("TEXT", "INTEGER", "99999999999999999999", False),
    ("TEXT", "INTEGER", None, True),
    ("TEXT", "INTEGER", b"1", False),
    ("REAL", "INTEGER", 2.0, True),
    ("REAL", "INTEGER", 2.5, False),
    ("REAL", "INTEGER", 1e300, False),
    ("TEXT", "NUMERIC", "1.5", True),
    ("TEXT", "DECIMAL(8, 2)", "1.50", False),
    ("TEXT", "BOOLEAN", "yes", False),
    ("TEXT", "REAL", "1.5", True),
    ("TEXT", "REAL", "15", True),
    ("TEXT", "REAL", "x", False),
    ("INTEGER", "REAL", 2**53, True),
    ("INTEGER", "REAL", 2**53 + 1, False),
    ("INTEGER", "TEXT", 5, True),
    ("REAL", "TEXT", 0.5, True),
    ("REAL", "TEXT", 0.1 + 0.2, False),
    ("BLOB", "TEXT", b"x", False),
    ("TEXT", "BLOB", "x", False),
    ("TEXT", "", "x", True),
    ("TEXT", "VARCHAR(5)", b"x", True),
    ("TEXT", "JSON", '{"a": 1}', True),
    ("TEXT", "JSON", "007", False),
    ("TEXT", "JSON", "12", True),
    ("TEXT", "UUID", "0a1b", True),
    ("TEXT", "UUID", "00000000000000000000000000000012", False),
    ("TEXT", "DATE", "2020-01-02", True),
    ("TEXT", "DATE", "2020-01-02 03:04:05", False),
    ("DATETIME", "DATE", "2020-01-02 03:04:05.000000", False),
    ("DATETIME", "DATE", 20200102, False),
    ("DATE", "DATETIME", "2020-01-02", True),
    ("DATETIME", "TIMESTAMP", "whatever", True),
    ("TEXT", "TIME", "03:04:05.5", True),
    ("DATETIME", "TEXT", "2020-01-02 03:04:05", True),
    ("DATE", "INTEGER", "2020-01-02", False),
]


@pytest.mark.parametrize(("old", "new", "value", "fits"), FIT)
def test_a_value_that_would_change_is_told_from_one_that_fits(
    old: str, new: str, value: object, *, fits: bool
) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE t (c {old})")
    connection.execute("INSERT INTO t VALUES (?)", (value,))
    condition = misfits("c", old, new) or "0"
    (wrong,) = connection.execute(f"SELECT count(*) FROM t WHERE {condition}").fetchone()
    connection.close()
    assert (wrong == 0) is fits


TABLE = parse("CREATE TABLE t (a TEXT, b, c INTEGER)")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE n SET a = 'A' WHERE a = 'a'",
        "UPDATE n SET b = 1.0",
        "UPDATE n SET c = NULL",
        "UPDATE n SET rowid = 9",
    ],
)
def test_a_copy_that_differs_is_found(database: Database, damage: str) -> None:
    database.script(
        "CREATE TABLE t (a TEXT, b, c INTEGER); INSERT INTO t VALUES ('a', 1, 2);"
        "CREATE TABLE n (a TEXT, b, c INTEGER); INSERT INTO n VALUES ('a', 1, 2);"
    )
    copy = Copy.between(TABLE, TABLE, "n", frozenset())
    with database.engine().begin() as connection:
        require_equal_rows(connection, copy)
        connection.exec_driver_sql(damage)
        with pytest.raises(LostSomethingError, match="1 rows would not be the same"):
            require_equal_rows(connection, copy)


def test_rows_that_do_not_arrive_are_counted(database: Database) -> None:
    database.script(
        "CREATE TABLE t (a TEXT, b, c INTEGER); INSERT INTO t VALUES ('a', 1, 2), ('a', 1, 2);"
        "CREATE TABLE n (a TEXT, b, c INTEGER UNIQUE ON CONFLICT IGNORE);"
    )
    copy = replace(Copy.between(TABLE, TABLE, "n", frozenset()), rowid=None)
    with (
        database.engine().begin() as connection,
        pytest.raises(LostSomethingError, match="2 rows became 1"),
    ):
        copy_rows(connection, copy, None)


def test_a_text_that_changed_elsewhere_is_named() -> None:
    table = SchemaObject("table", "t", "t", "CREATE TABLE t (a)")
    view = SchemaObject("view", "v", "v", "CREATE VIEW v AS SELECT 1")
    changed = replace(table, sql="CREATE TABLE t (b)")
    change._require_others("t", (table, view), (changed, view))
    with pytest.raises(LostSomethingError, match="changed v, too"):
        change._require_others("t", (table, view), (changed,))


def test_a_text_that_sqlite_reads_otherwise_is_found(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT);")
    with database.engine().begin() as connection:
        with pytest.raises(RefusedChange, match="was not read as intended"):
            text_edit._prove(connection, "t", parse("CREATE TABLE t (b)"), 0)
        with pytest.raises(RefusedChange, match="There is no table 'u'"):
            text_edit.write_text(connection, "u", "CREATE TABLE u (a)")


def test_rows_that_broke_their_table_before_are_told(database: Database) -> None:
    database.script(
        "CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES (NULL, NULL);"
        "PRAGMA writable_schema = ON;"
        "UPDATE sqlite_master SET sql = 'CREATE TABLE t (a TEXT NOT NULL, b TEXT)';"
    )
    before = database.sql("t")
    with pytest.raises(RefusedChange, match="does not pass SQLite's check: NULL value"):
        database.revise(lambda: op.create_check_constraint("ck", "t", "b <> 'x'"))
    assert database.sql("t") == before


def test_rows_against_a_check_of_the_converted_value_are_told(database: Database) -> None:
    database.script("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('1');")

    def upgrade() -> None:
        with op.batch_alter_table("t") as batch_op:
            batch_op.alter_column("a", type_=sa.Integer())
            batch_op.create_check_constraint("ck", "typeof(a) = 'text'")

    with pytest.raises(RefusedChange, match="do not agree with its new definition: CHECK"):
        database.revise(upgrade)
    assert database.query("SELECT a FROM t") == [("1",)]


FAMILY = (
    "CREATE TABLE p (id INTEGER PRIMARY KEY, k TEXT UNIQUE); INSERT INTO p VALUES (1, 'a');"
    "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1), (2, 2);"
)


@pytest.mark.parametrize(
    ("parent", "keys", "count"),
    [("p", ["id"], "1 rows"), ("t", ["id"], None), ("missing", ["id"], "2 rows")],
)
def test_rows_without_a_parent_are_counted(
    database: Database, parent: str, keys: list[str], count: str | None
) -> None:
    database.script(FAMILY)

    def upgrade() -> None:
        op.create_foreign_key("fk", "t", parent, ["n"], keys)

    if count is None:
        database.revise(upgrade)
        return
    with pytest.raises(RefusedChange, match=count):
        database.revise(upgrade)


@pytest.mark.parametrize("parent", ["p", "t"])
def test_a_parent_named_without_columns_is_found_by_its_key(
    database: Database, parent: str
) -> None:
    database.script(FAMILY)
    edit = AddConstraint(f"FOREIGN KEY (n) REFERENCES {parent}")
    with database.engine().begin() as connection:
        if parent == "t":
            change.apply(connection, "t", [edit])
        else:
            with pytest.raises(RefusedChange, match="1 rows"):
                change.apply(connection, "t", [edit])


def test_a_new_column_whose_default_has_no_parent_is_refused(database: Database) -> None:
    database.script(FAMILY)
    column = sa.Column("m", sa.Integer(), sa.ForeignKey("p.id", name="fk"), server_default="9")
    with pytest.raises(RefusedChange, match="FOREIGN KEY to p cannot be added to 't': 2 rows"):
        database.revise(lambda: op.add_column("t", column, inline_references=True))


def test_a_change_that_orphans_rows_is_found(database: Database) -> None:
    database.script(
        FAMILY + "CREATE TABLE c (k TEXT REFERENCES p (k)); INSERT INTO c VALUES ('b');"
    )
    with database.engine().begin() as connection:
        orphans = change._Orphans(connection, "p")
        orphans.require_no_more()
        connection.exec_driver_sql("INSERT INTO c VALUES ('z')")
        with pytest.raises(RefusedChange, match="1 rows of c, p would point to nothing"):
            orphans.require_no_more()


def test_a_key_that_led_nowhere_before_is_no_obstacle(database: Database) -> None:
    database.script(FAMILY + "CREATE TABLE c (x REFERENCES t (n));")
    database.revise(lambda: op.alter_column("t", "n", type_=sa.Text()))
    assert "n TEXT" in database.sql("t")


def test_statistics_of_a_key_that_goes_are_forgotten(database: Database) -> None:
    database.script(
        "CREATE TABLE t (a TEXT UNIQUE, b TEXT, CONSTRAINT uq UNIQUE (b));"
        "INSERT INTO t VALUES ('1', '2'); ANALYZE;"
    )
    database.revise(lambda: op.drop_constraint("uq", "t", type_="unique"))
    assert database.query("SELECT idx FROM sqlite_stat1") == [("sqlite_autoindex_t_1",)]
