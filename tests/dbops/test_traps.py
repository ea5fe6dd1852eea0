"""Revisions that end their own transaction, and what SQLite would do to children."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.project import Project

CREATE = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))\n"

PRAGMA_LISTENERS = {
    "of the engine class": """
import sqlalchemy as sa

@sa.event.listens_for(sa.Engine, "connect")
def enforce(raw, _):
    raw.execute("PRAGMA foreign_keys=ON")
""",
    "of the engine class, with transactions": """
import sqlalchemy as sa

@sa.event.listens_for(sa.Engine, "connect")
def enforce(raw, _):
    raw.isolation_level = None
    raw.execute("PRAGMA foreign_keys=ON")

@sa.event.listens_for(sa.Engine, "begin")
def begin(connection):
    connection.exec_driver_sql("BEGIN")
""",
    "of the application's engine": """
import sqlalchemy as sa
inner = create_app

def create_app():
    app = inner()
    with app.app_context():
        @sa.event.listens_for(db.engine, "connect")
        def enforce(raw, _):
            raw.execute("PRAGMA foreign_keys=ON")
    return app
""",
}


@pytest.mark.parametrize(
    "trap",
    [
        "op.execute('COMMIT')",
        "op.execute('-- sly\\n/* very */ commit')",
        "op.execute('ROLLBACK')",
        "op.execute('BEGIN')",
        "op.get_bind().commit()",
        "try:\n    op.get_bind().commit()\nexcept Exception:\n    pass",
    ],
)
def test_a_revision_that_ends_its_transaction_is_rolled_back_and_named(
    project: Project, trap: str
) -> None:
    project.add("a001", CREATE)
    project.add("a002", "op.add_column('users', sa.Column('x', sa.Text))\n" + trap)
    result = project.db("upgrade")
    assert result.code == 1
    assert "Revision a002 ended its own transaction" in result.err
    assert project.heads() == ["a001"]
    with pytest.raises(Exception, match="x"):
        project.scalars("SELECT x FROM users")
    assert project.scalars("SELECT outcome FROM dbops_log ORDER BY id") == ["done", "failed"]


def test_a_script_that_commits_on_the_driver_is_noticed(sqlite_project: Project) -> None:
    project = sqlite_project
    project.add("a001", CREATE + "op.get_bind().connection.executescript('CREATE TABLE b (i)')")
    result = project.db("upgrade")
    assert result.code == 1
    assert "Revision a001 ended its own transaction" in result.err
    assert project.heads() == []


@pytest.mark.postgres
def test_a_commit_among_several_statements_is_noticed(postgres_project: Project) -> None:
    project = postgres_project
    project.add("a001", CREATE + "op.execute('CREATE TABLE b (i int); COMMIT; SELECT 1')")
    result = project.db("upgrade")
    assert result.code == 1
    assert "ended its own transaction" in result.err
    assert project.heads() == []


def test_a_revision_that_rolls_back_is_noticed_from_outside(project: Project) -> None:
    project.add("a001", CREATE)
    project.add("a002", "op.get_bind().rollback()\nop.get_bind().execute(sa.text('SELECT 1'))")
    result = project.db("upgrade")
    assert result.code == 1
    assert "the database says a001 instead of a002" in result.err
    assert project.heads() == ["a001"]
    assert project.scalars("SELECT id FROM users") == []


@pytest.mark.parametrize("listener", PRAGMA_LISTENERS.values(), ids=PRAGMA_LISTENERS.keys())
def test_children_survive_the_rebuild_of_their_parent(
    sqlite_project: Project, listener: str
) -> None:
    project = sqlite_project
    program = project.folder / "app.py"
    program.write_text(program.read_text() + listener)
    project.add("a001", CREATE + "op.add_column('users', sa.Column('name', sa.String(9)))")
    project.add(
        "a002",
        """
        op.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, u INTEGER "
                   "REFERENCES users (id) ON DELETE CASCADE)")
        op.execute("INSERT INTO users VALUES (1, '1'), (2, '2')")
        op.execute("INSERT INTO jobs VALUES (1, 1), (2, 2)")
        """,
    )
    project.add(
        "a003",
        """
        with op.batch_alter_table("users") as batch_op:
            batch_op.alter_column("name", type_=sa.Integer(), existing_type=sa.String(9))
        """,
    )
    result = project.flask("upgrade")
    assert result.code == 0, result.text
    assert project.scalars("SELECT count(*) FROM jobs") == [2]


def test_a_revision_that_orphans_rows_is_rolled_back(sqlite_project: Project) -> None:
    project = sqlite_project
    project.add(
        "a001",
        CREATE
        + """
op.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, u INTEGER REFERENCES users (id))")
op.execute("INSERT INTO users VALUES (1), (2)")
op.execute("INSERT INTO jobs VALUES (1, 1), (2, 2)")
""",
    )
    project.add("a002", "op.execute('DELETE FROM users WHERE id = 2')")
    result = project.db("upgrade")
    assert result.code == 1
    assert "1 in jobs (parent users)" in result.err
    assert project.heads() == ["a001"]
    assert project.scalars("SELECT count(*) FROM users") == [2]


def test_orphans_of_before_stop_nobody(sqlite_project: Project) -> None:
    project = sqlite_project
    project.add("a001", CREATE)
    project.db("upgrade")
    project.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, u INTEGER REFERENCES users (id))")
    project.execute("INSERT INTO jobs VALUES (1, 77)")
    project.add("a002", "op.rename_table('jobs', 'orders')")
    project.add("a003", "op.execute('INSERT INTO users VALUES (5)')")
    result = project.db("upgrade")
    assert result.code == 0, result.text
    assert project.heads() == ["a003"]


def test_keys_that_cannot_be_checked_stop_nobody(sqlite_project: Project) -> None:
    project = sqlite_project
    project.add("a001", CREATE + "op.execute('CREATE TABLE odd (a REFERENCES users (no_column))')")
    project.add("a002", "op.execute('CREATE TABLE jobs (u REFERENCES users (id))')")
    project.add("a003", "op.execute('INSERT INTO jobs VALUES (7)')")
    result = project.db("upgrade")
    assert result.code == 1
    assert "1 in jobs (parent users)" in result.err
    assert project.heads() == ["a002"]
