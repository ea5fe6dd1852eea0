"""`flask db adopt` finds where a database without a version stands."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest import mock

from tests.dbops.stamp.conftest import fill, forget

if TYPE_CHECKING:
    from tests.plugins.project import Project


def test_the_revision_it_equals_is_found_and_written(history: Project) -> None:
    app = history.load()
    assert history.db("upgrade", "0003", app=app).code == 0
    forget(history)
    found = history.db("adopt", app=app)
    assert found.code == 0, found.text
    assert found.out == (
        "The database equals 0003, 1 revision before the newest; flask db upgrade goes on. "
        "flask db adopt --yes writes it down.\n"
    )
    written = history.db("adopt", "--yes", "--json", app=app)
    assert written.code == 0
    assert written.facts["stamped"] is True
    assert written.facts["equal"] == [["0003"]]
    assert history.heads() == ["0003"]
    again = history.db("adopt", app=app)
    assert again.code == 2
    assert "has a version already: 0003" in again.err
    assert history.db("upgrade", app=app).code == 0


def test_json_writes_nothing_unless_told(sqlite_history: Project) -> None:
    app = sqlite_history.load()
    sqlite_history.db("upgrade", app=app)
    forget(sqlite_history)
    told = sqlite_history.db("adopt", "--json", app=app)
    assert told.code == 0
    assert told.facts["stamped"] is False
    assert told.facts["equal"] == [["0004"]]
    assert told.facts["distances"] == {"0001": 2, "0002": 2, "0003": 1, "0004": 0}
    assert "alembic_version" not in sqlite_history.scalars("SELECT name FROM sqlite_master")


def test_a_terminal_is_asked(sqlite_history: Project) -> None:
    app = sqlite_history.load()
    sqlite_history.db("upgrade", app=app)
    forget(sqlite_history)
    runner = app.test_cli_runner()
    with mock.patch("bacowr.dbops.commands.adopt.is_terminal", return_value=True):
        no = runner.invoke(args=["db", "adopt"], input="n\n")
        assert no.exit_code == 0
        assert "The database equals 0004, the newest revision." in no.output
        assert "alembic_version" not in sqlite_history.scalars("SELECT name FROM sqlite_master")
        yes = runner.invoke(args=["db", "adopt"], input="y\n")
    assert "stamped at 0004" in yes.output
    assert sqlite_history.heads() == ["0004"]


def test_neighbors_that_differ_in_rows_only_are_told_and_not_guessed(
    sqlite_history: Project,
) -> None:
    app = sqlite_history.load()
    sqlite_history.db("upgrade", "0001", app=app)
    forget(sqlite_history)
    told = sqlite_history.db("adopt", "--yes", app=app)
    assert told.code == 1
    assert "equals the schema of 0001 and 0002 alike" in told.out
    assert "flask db stamp 0001 or flask db stamp 0002" in told.out
    assert "alembic_version" not in sqlite_history.scalars("SELECT name FROM sqlite_master")


def test_the_nearest_is_told_with_the_difference(sqlite_history: Project) -> None:
    app = sqlite_history.load()
    sqlite_history.db("upgrade", app=app)
    forget(sqlite_history)
    sqlite_history.execute("ALTER TABLE users ADD COLUMN fax TEXT")
    told = sqlite_history.db("adopt", "--yes", app=app)
    assert told.code == 1
    assert "equals no revision. The nearest is 0004." in told.out
    assert "+ column users.fax: type TEXT" in told.out
    assert 'flask db stamp 0004 --force "the reason"' in told.out
    machine = sqlite_history.db("adopt", "--json", app=app)
    assert machine.facts["nearest"] == ["0004"]
    assert [one["name"] for one in machine.facts["differences"]] == ["fax"]


def test_branches_are_found_as_the_heads_they_have(sqlite_project: Project) -> None:
    fill(sqlite_project)
    sqlite_project.add("left", "op.create_table('l', sa.Column('a', sa.Text))", parent="0004")
    sqlite_project.add("right", "op.create_table('r', sa.Column('a', sa.Text))", parent="0004")
    app = sqlite_project.load()
    sqlite_project.db("upgrade", "heads", app=app)
    forget(sqlite_project)
    assert sqlite_project.db("adopt", "--yes", app=app).code == 0
    assert sqlite_project.heads() == ["left", "right"]


def test_one_branch_alone_is_found_too(sqlite_project: Project) -> None:
    fill(sqlite_project)
    sqlite_project.add("left", "op.create_table('l', sa.Column('a', sa.Text))", parent="0004")
    sqlite_project.add("right", "op.create_table('r', sa.Column('a', sa.Text))", parent="0004")
    for name in ("left", "right"):
        app = sqlite_project.load()
        sqlite_project.db("upgrade", name, app=app)
        forget(sqlite_project)
        told = sqlite_project.db("adopt", "--json", app=app)
        assert told.facts["equal"] == [[name]]
        sqlite_project.execute(f"DROP TABLE {name[0]}")
        sqlite_project.execute("DROP TABLE users")


def test_an_empty_database_has_nothing_to_adopt(sqlite_history: Project) -> None:
    told = sqlite_history.db("adopt")
    assert told.code == 2
    assert "nothing to adopt" in told.err


def test_a_project_without_revisions_finds_nothing(sqlite_project: Project) -> None:
    sqlite_project.execute("CREATE TABLE t (a TEXT)")
    told = sqlite_project.db("adopt")
    assert told.code == 1
    assert "There are no revisions" in told.out
