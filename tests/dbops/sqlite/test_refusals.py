"""What cannot be kept is said before the first write, with the remedy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic import op

from bacowr.dbops.sqlite.refusal import RefusedChange

if TYPE_CHECKING:
    from tests.dbops.sqlite.databases import Database

BASE = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, n INTEGER, d DATETIME);"
    "INSERT INTO t VALUES (1, 'abc', '007', 1, '2020-01-02 03:04:05.000000'), "
    "(2, '12', '1.50', NULL, NULL), (3, NULL, x'00', 1, '2020-01-02 03:04:05');"
)
MIXED = "CREATE TABLE m (r REAL, i INTEGER, v); INSERT INTO m VALUES (0.30000000000000004, 1, 1);"
Case = tuple[str, Callable[[], None], str]

CASES: dict[str, Case] = {
    "text that is no number": (
        BASE,
        lambda: op.alter_column("t", "a", type_=sa.Integer()),
        "1 values would change or not fit, such as 'abc'",
    ),
    "leading zeros and blobs": (
        BASE,
        lambda: op.alter_column("t", "b", type_=sa.Integer()),
        "3 values would change",
    ),
    "a time of day": (
        BASE,
        lambda: op.alter_column("t", "d", existing_type=sa.DateTime(), type_=sa.Date()),
        "cannot become DATE: 2 values",
    ),
    "digits of a float": (
        MIXED,
        lambda: op.alter_column("m", "r", type_=sa.Text()),
        "cannot become TEXT: 1 values",
    ),
    "null in not null": (
        BASE,
        lambda: op.alter_column("t", "n", nullable=False),
        "1 rows hold NULL",
    ),
    "duplicates in unique": (
        BASE,
        lambda: op.create_unique_constraint("uq", "t", ["n"]),
        "UNIQUE \\(n\\) cannot be added to 't': 1 rows",
    ),
    "a row against a check": (
        BASE,
        lambda: op.create_check_constraint("ck", "t", "a <> 'abc'"),
        "1 rows break it",
    ),
    "orphans": (
        BASE + "CREATE TABLE p (id INTEGER PRIMARY KEY);",
        lambda: op.create_foreign_key("fk", "t", "p", ["n"], ["id"]),
        "FOREIGN KEY to p cannot be added to 't': 2 rows",
    ),
    "a new column without a value": (
        BASE,
        lambda: op.add_column("t", sa.Column("z", sa.Integer(), nullable=False)),
        "there are 3 rows. Give it a server_default",
    ),
    "a view": (
        BASE + "CREATE VIEW v AS SELECT a FROM t;",
        lambda: op.drop_column("t", "a"),
        "would break the view 'v'",
    ),
    "a view with a quoted name": (
        BASE + 'CREATE VIEW v AS SELECT "a" FROM t;',
        lambda: op.drop_column("t", "a"),
        "the view 'v' names it",
    ),
    "a trigger": (
        BASE + "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = 1; END;",
        lambda: op.drop_column("t", "a"),
        "would break the trigger 'g'",
    ),
    "a trigger on an update": (
        BASE + "CREATE TRIGGER g AFTER UPDATE ON t BEGIN UPDATE t SET a = 1; END;",
        lambda: op.drop_column("t", "a"),
        "would break the trigger 'g'",
    ),
    "a trigger on a delete": (
        BASE + "CREATE TRIGGER g AFTER DELETE ON t BEGIN INSERT INTO t (a) VALUES (1); END;",
        lambda: op.drop_column("t", "a"),
        "would break the trigger 'g'",
    ),
    "a table of SQLite's own": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);",
        lambda: op.drop_column("sqlite_sequence", "seq"),
        "is a system table",
    ),
    "a trigger elsewhere": (
        (
            f"{BASE} CREATE TABLE o (x); CREATE TRIGGER g AFTER INSERT ON o "
            "BEGIN INSERT INTO t (a) VALUES (new.x); END;"
        ),
        lambda: op.drop_column("t", "a"),
        "would break the trigger 'g'",
    ),
    "a trigger that waits for it": (
        BASE + "CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN SELECT 1; END;",
        lambda: op.drop_column("t", "a"),
        "the trigger 'g' names it",
    ),
    "an index": (
        BASE + "CREATE INDEX i ON t (n, a);",
        lambda: op.drop_column("t", "a"),
        "the index 'i' is on it",
    ),
    "a partial index": (
        BASE + "CREATE INDEX i ON t (n) WHERE a IS NOT NULL;",
        lambda: op.drop_column("t", "a"),
        "the index 'i' is on it",
    ),
    "an expression index": (
        BASE + "CREATE INDEX i ON t (lower(a));",
        lambda: op.drop_column("t", "a"),
        "the index 'i' is on it",
    ),
    "a generated column": (
        "CREATE TABLE t (a TEXT, g AS (a || 'x'));",
        lambda: op.drop_column("t", "a"),
        "the generated column 'g' is computed from it",
    ),
    "a check of two columns": (
        "CREATE TABLE t (a INTEGER, b INTEGER, CONSTRAINT both CHECK (a < b));",
        lambda: op.drop_column("t", "a"),
        "the CHECK 'both' names it together with b",
    ),
    "a child's key": (
        (
            "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE);"
            "CREATE TABLE c (x TEXT REFERENCES t (b));"
        ),
        lambda: op.drop_column("t", "b"),
        "would break the table 'c' \\(foreign key mismatch",
    ),
    "full-text search of a dropped column": (
        BASE + "CREATE VIRTUAL TABLE f USING fts5 (a, content='t', content_rowid='id');",
        lambda: op.drop_column("t", "a"),
        "the full-text table 'f' reads it",
    ),
    "full-text search of a renamed column": (
        BASE + "CREATE VIRTUAL TABLE f USING fts5 (a, content=t, content_rowid=id);",
        lambda: op.alter_column("t", "a", new_column_name="z"),
        "cannot be renamed: the full-text table 'f' reads it",
    ),
    "full-text search of a renamed table": (
        BASE + 'CREATE VIRTUAL TABLE f USING fts5 (a, content="t");',
        lambda: op.rename_table("t", "u"),
        "the full-text table 'f' reads it",
    ),
    "the only column": (
        "CREATE TABLE t (a);",
        lambda: op.drop_column("t", "a"),
        "drop the table",
    ),
    "a strict table's type": (
        "CREATE TABLE t (a TEXT) STRICT;",
        lambda: op.alter_column("t", "a", type_=sa.String(5)),
        "unknown datatype",
    ),
    "a broken view": (
        BASE + "CREATE VIEW v AS SELECT * FROM lost;",
        lambda: op.alter_column("t", "a", new_column_name="z"),
        "the view 'v' .* leads nowhere already",
    ),
    "hidden rowids": (
        "CREATE TABLE t (rowid TEXT, _rowid_ TEXT, oid TEXT, a TEXT);",
        lambda: op.alter_column("t", "a", type_=sa.Integer()),
        "which hide the rowids",
    ),
    "no such table": (
        "CREATE TABLE u (a);",
        lambda: op.drop_column("t", "a"),
        "There is no table 't'",
    ),
    "no such column": (BASE, lambda: op.drop_column("t", "z"), "has no column 'z'; it has id, a"),
    "no such constraint": (
        BASE,
        lambda: op.drop_constraint("ck", "t", type_="check"),
        "No such constraint: 'ck'",
    ),
    "a view is no table": (
        BASE + "CREATE VIEW v AS SELECT a FROM t;",
        lambda: op.drop_column("v", "a"),
        "is a view",
    ),
    "a virtual table": (
        "CREATE VIRTUAL TABLE f USING fts5 (a);",
        lambda: op.add_column("f", sa.Column("b", sa.Text())),
        "is a virtual table",
    ),
    "a shadow table": (
        "CREATE VIRTUAL TABLE f USING fts5 (a);",
        lambda: op.add_column("f_data", sa.Column("b", sa.Text())),
        "is a shadow table",
    ),
    "a name that is taken": (
        BASE,
        lambda: op.alter_column("t", "a", new_column_name="B"),
        "has a column 'B' already",
    ),
    "an added name that is taken": (
        BASE,
        lambda: op.add_column("t", sa.Column("A", sa.Text())),
        "has a column 'A' already",
    ),
    "a second constraint of a name": (
        "CREATE TABLE t (a, CONSTRAINT ck CHECK (a > 0));",
        lambda: op.create_check_constraint("ck", "t", "a > 1"),
        "has a constraint 'ck' already",
    ),
    "an unnamed constraint": (
        BASE,
        lambda: op.create_unique_constraint(None, "t", ["a"]),
        "must have a name",
    ),
    "computed in place": (
        BASE,
        lambda: op.alter_column("t", "a", server_default=sa.Computed("1")),
        "cannot become computed in place",
    ),
    "an attached database": (
        BASE,
        lambda: op.drop_column("t", "a", schema="other"),
        "attached database",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_refused_before_the_first_write(database: Database, case: str) -> None:
    script, upgrade, sentence = CASES[case]
    database.script(script)
    before = database.path.read_bytes()

    def watched() -> None:
        changes = op.get_bind().connection.total_changes
        with pytest.raises(RefusedChange, match=sentence):
            upgrade()
        assert op.get_bind().connection.total_changes == changes

    database.revise(watched)
    assert database.path.read_bytes() == before


@pytest.mark.parametrize(
    "options", [{"type_": sa.Text()}, {"server_default": "7"}], ids=["copied", "fallen back"]
)
def test_enforced_foreign_keys_are_no_place_for_a_rebuild(
    database: Database, options: dict[str, Any]
) -> None:
    database.script(
        BASE + "CREATE TABLE c (x INTEGER REFERENCES t ON DELETE CASCADE);"
        "INSERT INTO c VALUES (1); ALTER TABLE t ADD COLUMN z INTEGER DEFAULT 5;"
    )

    def upgrade() -> None:
        connection = op.get_bind()
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(RefusedChange, match="PRAGMA foreign_keys is on"):
            op.alter_column("t", "z", **options)

    database.revise(upgrade)
    assert database.query("SELECT x FROM c") == [(1,)]
