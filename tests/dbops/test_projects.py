"""Projects of every make: their ids, branches, options, loggers and databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.project import Project

CREATE = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"
ADD = "op.add_column('users', sa.Column('{}', sa.Text))"
MODEL = """

class User(db.Model):
    __tablename__ = "users"
    id = db.Column(db.Integer, primary_key=True)
"""


def extend(project: Project, text: str, old: str = "", new: str = "") -> None:
    program = project.folder / "app.py"
    program.write_text(program.read_text().replace(old, new) + text)


def add_branches(project: Project) -> None:
    project.add("0001", CREATE, "op.drop_table('users')")
    project.add("abc123", ADD.format("a"), "op.drop_column('users', 'a')", parent="0001")
    project.add("def456", ADD.format("b"), "op.drop_column('users', 'b')", parent="0001")


def test_several_heads_are_explained_and_all_can_be_applied(project: Project) -> None:
    add_branches(project)
    refused = project.db("upgrade")
    assert refused.code == 1
    assert "head" in refused.err
    assert project.db("upgrade", "heads").code == 0
    assert project.heads() == ["abc123", "def456"]
    assert project.db("upgrade", "heads").code == 0


def test_a_merge_joins_heads_and_comes_apart_again(project: Project) -> None:
    add_branches(project)
    project.db("upgrade", "heads")
    merged = project.db("merge", "-m", "both", "--rev-id", "0009")
    assert merged.code == 0, merged.text
    assert project.db("upgrade").code == 0
    assert project.heads() == ["0009"]
    assert project.scalars("SELECT parents FROM dbops_log WHERE revision = '0009'") in (
        ['["abc123", "def456"]'],
        ['["def456", "abc123"]'],
    )
    assert project.db("downgrade", "0009-1").code in {0, 1}
    assert project.db("downgrade", "base").code == 0
    assert project.tables() == set()


def test_a_revision_may_depend_on_another_branch(project: Project) -> None:
    project.add("0001", CREATE)
    project.add("x1", "pass", parent=None, head="branch_labels = ('x',)")
    made = project.db(
        "revision", "-m", "late", "--head", "0001", "--rev-id", "0002", "--depends-on", "x1"
    )
    assert made.code == 0, made.text
    result = project.db("upgrade", "0002")
    assert result.code == 0, result.text
    assert set(project.scalars("SELECT revision FROM dbops_log")) == {"0001", "x1", "0002"}


def test_a_merge_may_splice(project: Project) -> None:
    add_branches(project)
    project.add("0003", "pass", parent="abc123")
    assert project.db("merge", "-m", "m", "abc123", "def456").code == 1
    assert project.db("merge", "-m", "m", "--splice", "abc123", "def456").code == 0


def test_current_can_check_the_heads(project: Project) -> None:
    project.add("0001", CREATE)
    assert project.db("current", "--check-heads").code == 1
    project.db("upgrade")
    assert project.db("current", "--check-heads", "-v").code == 0


def test_ensure_version_makes_the_version_table_only(project: Project) -> None:
    project.add("0001", CREATE)
    assert project.db("ensure-version").code == 0
    assert project.heads() == []
    assert project.tables() == set()


def test_stamp_is_written_down_at_the_next_upgrade(project: Project) -> None:
    project.add("0001", CREATE)
    kind = "SERIAL" if project.url.startswith("postgresql") else "INTEGER"
    project.execute(f"CREATE TABLE users (id {kind} PRIMARY KEY)")
    assert project.db("stamp", "head").code == 0
    assert project.heads() == ["0001"]
    assert project.db("upgrade").code == 0
    assert project.scalars("SELECT revision FROM dbops_log") == ["0001"]


def test_a_migration_is_generated_and_checked_without_own_tables(project: Project) -> None:
    extend(project, MODEL)
    made = project.db("migrate", "-m", "users", "--rev-id", "0001")
    assert made.code == 0, made.text
    assert project.db("upgrade").code == 0
    assert project.tables() == {"users"}
    checked = project.db("check")
    assert checked.code == 0, checked.text
    nothing = project.db("migrate", "-m", "nothing")
    assert nothing.code == 0
    assert "No changes" in nothing.out
    extend(project, "    name = db.Column(db.Text)\n")
    assert project.db("check").code == 1


def test_the_projects_own_wishes_are_heard(project: Project) -> None:
    wishes = """
seen = []

def include(thing, name, kind, reflected, other):
    return name != "foreign"

def directives(context, revision, found):
    seen.append("directives")

def applied(**told):
    seen.append(told["step"].up_revision_id)
"""
    extend(project, wishes + MODEL)
    extend(
        project,
        "",
        "migrate = Migrate()",
        "migrate = Migrate(include_object=lambda *a: include(*a), version_table='versions',"
        " process_revision_directives=lambda *a: directives(*a),"
        " on_version_apply=lambda **k: applied(**k))",
    )
    project.execute("CREATE TABLE foreign_things (id INTEGER)".replace("_things", "x"))
    extend(project, "", 'name != "foreign"', 'name != "foreignx"')
    app = project.load()
    assert project.db("migrate", "-m", "users", "--rev-id", "0001", app=app).code == 0
    result = project.db("upgrade", app=app)
    assert result.code == 0, result.text
    assert project.scalars("SELECT version_num FROM versions") == ["0001"]
    assert app.view_functions is not None
    assert "foreignx" in project.tables()
    file = next((project.folder / "migrations" / "versions").glob("0001*"))
    assert "foreignx" not in file.read_text()


def test_several_databases_are_refused_before_anything(project: Project, tmp_path: Path) -> None:
    project.config["SQLALCHEMY_BINDS"] = {"other": f"sqlite:///{tmp_path}/other.db"}
    project.add("0001", CREATE)
    result = project.db("upgrade")
    assert result.code == 2
    assert "several databases (other), which dbops does not support" in result.err
    assert project.tables() == set()


def test_the_plain_alembic_command_works_too(project: Project) -> None:
    project.add("0001", CREATE)
    ini = "[alembic]\nscript_location = migrations\n"
    (project.folder / "alembic.ini").write_text(ini)
    result = project.flask("upgrade", "head", program="alembic")
    assert result.code == 0, result.text
    assert project.heads() == ["0001"]
    project.environment["FLASK_APP"] = "nothing_here"
    lost = project.flask("current", program="alembic")
    assert lost.code != 0
    assert "application could not be loaded" in lost.text


def test_an_upgrade_in_the_process_leaves_its_loggers_alone(project: Project) -> None:
    import logging

    import flask_migrate

    project.add("0001", CREATE)
    mine = logging.getLogger("my.own")
    app = project.load()
    with app.app_context():
        flask_migrate.upgrade()
    assert project.heads() == ["0001"]
    assert not mine.disabled
    assert mine.isEnabledFor(logging.WARNING)


def test_a_connection_of_the_projects_own_is_used_as_it_is(project: Project) -> None:
    import sqlalchemy as sa
    from alembic import command

    project.add("0001", CREATE)
    app = project.load()
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    with app.app_context(), engine.connect() as connection:
        config = app.extensions["migrate"].migrate.get_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        assert sa.inspect(connection).has_table("users")
        connection.rollback()


def test_a_database_in_memory_is_migrated_in_place(sqlite_project: Project) -> None:
    import flask_migrate
    import sqlalchemy as sa

    project = sqlite_project
    project.url = "sqlite://"
    project.add("0001", CREATE)
    project.add("0002", "op.execute('INSERT INTO users VALUES (1)')")
    app = project.load()
    with app.app_context():
        flask_migrate.upgrade()
        db = app.extensions["migrate"].db
        assert db.session.scalars(sa.text("SELECT id FROM users")).all() == [1]
        db.session.execute(sa.text("INSERT INTO users VALUES (2)"))
        db.session.rollback()
        assert db.session.scalars(sa.text("SELECT id FROM users")).all() == [1]
        db.session.execute(sa.text("PRAGMA foreign_keys=ON"))
        db.session.remove()
        flask_migrate.upgrade()
        assert db.session.scalar(sa.text("PRAGMA foreign_keys")) == 1
        db.session.remove()
        flask_migrate.downgrade(revision="base")


def test_a_missing_folder_is_named(sqlite_project: Project, tmp_path: Path) -> None:
    project = sqlite_project
    project.url = f"sqlite:///{tmp_path}/nowhere/test.db"
    project.add("0001", CREATE)
    result = project.db("upgrade")
    assert result.code == 2
    assert f"The folder {tmp_path}/nowhere of the SQLite file does not exist" in result.err


def test_another_database_is_refused(project: Project) -> None:
    from unittest import mock

    from bacowr.dbops.targets import target_for

    engine = mock.Mock()
    engine.dialect.name = "oracle"
    with pytest.raises(Exception, match="not on oracle"):
        target_for(engine, mock.Mock())
    del project


def test_no_revisions_at_all_is_no_failure(project: Project) -> None:
    assert project.db("upgrade").code == 0
    assert project.db("current").code == 0


def test_wrong_settings_are_all_named(project: Project) -> None:
    project.config.update(DBOPS_WAIT_SECONDS="soon", DBOPS_BACKUP_KEEP=0, DBOPS_BACKUP="maybe")
    project.add("0001", CREATE)
    result = project.db("upgrade")
    assert result.code == 2
    for name in ("DBOPS_WAIT_SECONDS", "DBOPS_BACKUP_KEEP", "DBOPS_BACKUP="):
        assert name in result.err


def test_leftovers_of_a_plain_run_are_explained(sqlite_project: Project) -> None:
    project = sqlite_project
    project.add("0001", CREATE)
    project.db("upgrade")
    project.execute("CREATE TABLE _alembic_tmp_users (id INTEGER)")
    project.add("0002", ADD.format("name"))
    result = project.db("upgrade")
    assert result.code == 0, result.text
    assert "_alembic_tmp_users" in result.text
    assert "DROP TABLE" in result.text
