"""A revision written for plain Alembic, on a table that plain Alembic would damage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import op

from bacowr.dbops.sqlite.refusal import RefusedChange

if TYPE_CHECKING:
    from tests.dbops.sqlite.databases import Database

SHOP = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
    name VARCHAR(20) COLLATE NOCASE NOT NULL,
    age TEXT,
    CHECK (length(name) > 1)
);
CREATE TABLE audit (n INTEGER);
CREATE TABLE children (
    id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_name ON users (name DESC) WHERE age IS NOT NULL;
CREATE INDEX ix_lower ON users (lower(name));
CREATE TRIGGER note AFTER INSERT ON users BEGIN INSERT INTO audit VALUES (new.id); END;
CREATE TRIGGER back AFTER INSERT ON audit BEGIN UPDATE users SET age = '1' WHERE id = new.n; END;
CREATE VIEW adults AS SELECT name, age FROM users;
INSERT INTO users (id, name, age) VALUES (5, 'bob', '12'), (100, 'ann', '3');
INSERT INTO children VALUES (1, 5);
DELETE FROM users WHERE id = 100;
ANALYZE;
"""


def test_a_batch_changes_a_type_and_keeps_everything_else(database: Database) -> None:
    database.script(SHOP)
    before, rows = database.schema(), database.rows()

    def upgrade() -> None:
        with op.batch_alter_table("users") as batch_op:
            batch_op.alter_column("age", existing_type=sa.Text(), type_=sa.Integer())

    assert database.revise(upgrade) == ["users: rebuilt, 1 rows copied"]
    after = database.schema()
    users = before.pop(("table", "users"))
    assert after.pop(("table", "users")) == str(users).replace("age TEXT", "age INTEGER")
    assert after == before
    changed = database.rows()
    assert changed.pop("users") == [
        (("int", 5), ("int", 5), ("str", "bob"), ("int", 1)),
    ]
    rows.pop("users")
    assert changed == rows
    assert database.query("SELECT seq FROM sqlite_sequence WHERE name = 'users'") == [(100,)]


def test_a_view_on_a_dropped_column_is_named_before_the_first_write(database: Database) -> None:
    database.script(SHOP.replace("CREATE INDEX ix_name", "-- "))
    version = database.query("PRAGMA schema_version")
    with pytest.raises(RefusedChange, match="the view 'adults'"):
        database.revise(lambda: op.drop_column("users", "age"))
    assert database.query("PRAGMA schema_version") == version
