from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Project


def add_three(project: Project) -> None:
    project.add("a001", "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))", "op.drop_table('users')")
    project.add("a002", "op.add_column('users', sa.Column('name', sa.Text))", "op.drop_column('users', 'name')")
    project.add("a003", "op.execute(\"INSERT INTO users (name) VALUES ('x')\")")


def test_upgrade_applies_and_records_each_revision(project: Project) -> None:
    add_three(project)
    done = project.flask("upgrade")
    assert done.code == 0, done.text
    assert project.heads() == ["a003"]
    assert project.scalars("SELECT name FROM users") == ["x"]
    assert project.scalars("SELECT revision FROM dbops_log ORDER BY id") == ["a001", "a002", "a003"]
    assert project.scalars("SELECT kind FROM dbops_log ORDER BY id") == ["expand", "expand", "data"]
    again = project.flask("upgrade")
    assert again.code == 0, again.text
    assert project.flask("downgrade", "a001").code == 0
    assert project.heads() == ["a001"]
    assert project.flask("current").out.startswith("a001")
