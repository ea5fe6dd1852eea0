"""The plain way: up, down, again, and what is written down of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.plugins.project import Project

CREATE = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"


def add_three(project: Project) -> None:
    project.add("a001", CREATE, "op.drop_table('users')")
    add_name = "op.add_column('users', sa.Column('name', sa.Text))"
    project.add("a002", add_name, "op.drop_column('users', 'name')")
    project.add("a003", "op.execute(\"INSERT INTO users (name) VALUES ('x')\")")


def test_each_revision_is_applied_and_recorded(project: Project) -> None:
    add_three(project)
    done = project.db("upgrade")
    assert done.code == 0, done.text
    assert project.heads() == ["a003"]
    assert project.scalars("SELECT name FROM users") == ["x"]
    assert project.scalars("SELECT revision FROM dbops_log ORDER BY id") == ["a001", "a002", "a003"]
    assert project.scalars("SELECT kind FROM dbops_log ORDER BY id") == ["expand", "expand", "data"]


def test_a_second_upgrade_does_nothing(project: Project) -> None:
    add_three(project)
    project.db("upgrade")
    again = project.db("upgrade", "--json")
    assert again.code == 0, again.text
    assert again.facts["applied"] == []
    assert project.scalars("SELECT count(*) FROM dbops_log") == [3]


def test_downgrade_goes_back_and_up_again(project: Project) -> None:
    add_three(project)
    project.db("upgrade")
    assert project.db("downgrade", "a001").code == 0
    assert project.heads() == ["a001"]
    assert project.db("current").out.startswith("a001")
    assert project.db("downgrade").code == 0
    assert project.tables() == set()
    assert project.db("upgrade").code == 0
    assert project.heads() == ["a003"]


def test_the_real_command_does_the_same(project: Project) -> None:
    add_three(project)
    done = project.flask("upgrade")
    assert done.code == 0, done.text
    assert project.heads() == ["a003"]
