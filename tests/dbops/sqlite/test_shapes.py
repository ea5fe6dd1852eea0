"""Every shape of table, under every edit of a column that nothing else names."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic import op

from tests.dbops.sqlite.shapes import SHAPES

if TYPE_CHECKING:
    from tests.dbops.sqlite.databases import Database

Upgrade = Callable[[Any], None]

EDITS: dict[str, Upgrade] = {
    "wider type": lambda b: b.alter_column("x", type_=sa.String(50)),
    "other affinity": lambda b: b.alter_column("x", type_=sa.Integer()),
    "not null": lambda b: b.alter_column("x", nullable=False),
    "default": lambda b: b.alter_column("x", server_default="q"),
    "rename": lambda b: b.alter_column("x", new_column_name="y"),
    "drop": lambda b: b.drop_column("x"),
    "add": lambda b: b.add_column(sa.Column("z", sa.Integer(), server_default="5")),
    "check": lambda b: b.create_check_constraint("ck_x", "x <> 'never'"),
    "unique": lambda b: b.create_unique_constraint("uq_x", ["x"]),
    "foreign key": lambda b: b.create_foreign_key("fk_x", "words", ["x"], ["word"]),
    "first": lambda b: b.add_column(sa.Column("z", sa.Integer()), insert_before="x"),
}
WORDS = "CREATE TABLE words (word TEXT PRIMARY KEY);" + "".join(
    f"INSERT INTO words VALUES ('{n}');" for n in range(10)
)
ONE_OF_EACH = ("other affinity", "rename", "drop", "check")
LONG = pytest.mark.long
UNTOUCHED = ("z", "x", "y")


def rows_of(database: Database) -> dict[str, list[dict[str, object]]]:
    """Return the rows of all tables by column, without the edited one."""
    found: dict[str, list[dict[str, object]]] = {}
    for name, rows in database.rows().items():
        columns = [str(row[1]) for row in database.query(f'PRAGMA table_xinfo("{name}")')]
        width = len(rows[0]) if rows else 0
        names = ["rowid"] * (width - len(columns)) + columns
        skip = UNTOUCHED if name == "t" else ()
        found[name] = [
            {key: value for key, value in zip(names, row, strict=True) if key not in skip}
            for row in rows
        ]
    return found


def texts_of(database: Database) -> dict[tuple[object, object], object]:
    schema = database.schema()
    schema.pop(("table", "t"))
    return schema


@pytest.mark.parametrize(
    "edit", [edit if edit in ONE_OF_EACH else pytest.param(edit, marks=LONG) for edit in EDITS]
)
@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_lost(database: Database, shape: str, edit: str) -> None:
    if shape == "strict" and edit == "wider type":
        pytest.skip("a strict table has no VARCHAR; see test_refusals")
    database.script(SHAPES[shape] + WORDS)
    texts, rows = texts_of(database), rows_of(database)
    own = database.sql("t")

    def upgrade() -> None:
        with op.batch_alter_table("t") as batch_op:
            EDITS[edit](batch_op)

    assert database.revise(upgrade)
    assert database.sql("t") != own
    assert texts_of(database) == texts
    assert rows_of(database) == rows
    assert database.query("PRAGMA integrity_check") == [("ok",)]
    assert database.query("PRAGMA foreign_key_check") == []


def test_there_are_enough_shapes(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        edits = f"{len(ONE_OF_EACH)} edits, {len(EDITS)} in the long form"
        print(f"\n{len(SHAPES)} shapes of tables x {edits}")  # noqa: T201 - A count to be seen.
    assert len(SHAPES) >= 42


@pytest.mark.parametrize("edit", ["other affinity", "drop", "check", "add"])
def test_full_text_search_goes_on_finding(database: Database, edit: str) -> None:
    database.script(SHAPES["full-text search"] + WORDS)

    def upgrade() -> None:
        with op.batch_alter_table("t") as batch_op:
            EDITS[edit](batch_op)

    database.revise(upgrade)
    database.script("INSERT INTO t (n, body) VALUES (40, 'another word');")
    found = database.query("SELECT rowid, body FROM f WHERE f MATCH 'word' ORDER BY rowid")
    assert found == [(1, "word"), (2, "word"), (3, "word"), (4, "another word")]


def test_children_survive_under_an_application_that_enforces_keys(database: Database) -> None:
    database.script(SHAPES["children"])
    before = database.query("SELECT * FROM c")

    def upgrade() -> None:
        with op.batch_alter_table("t") as batch_op:
            EDITS["other affinity"](batch_op)
        with op.batch_alter_table("t", recreate="always") as batch_op:
            EDITS["first"](batch_op)

    database.revise(upgrade)
    assert database.query("SELECT * FROM c") == before
    with sqlite3.connect(database.path) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("INSERT INTO c (a) VALUES (77)")
        connection.execute("DELETE FROM c WHERE id = 2 OR d = 3")
        connection.execute("INSERT INTO c (id, a, b) VALUES (3, 1, 2)")
        connection.execute("DELETE FROM t WHERE id = 2")
        assert connection.execute("SELECT * FROM c").fetchall() == [(3, 1, None, None)]
    connection.close()
