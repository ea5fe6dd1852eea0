"""`flask db squash`: one revision for many, and every database becomes what it would have been."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.project import Project

USERS = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"
ADD = "op.add_column('users', sa.Column('{}', sa.Text))"
DROP = "op.drop_column('users', '{}')"
SEED = """
op.bulk_insert(TABLE, [{'id': 1, 'name': NAME}])
"""
TABLE = "TABLE = sa.table('users', sa.column('id'), sa.column('name'))\nNAME = {!r}"


def versions_of(project: Project) -> dict[str, str]:
    folder = project.folder / "migrations" / "versions"
    return {path.name: path.read_text() for path in sorted(folder.glob("*.py"))}


def six(project: Project) -> Project:
    """Write six revisions with tables, rows, a rebuild and names that collide."""
    project.add("a1", USERS, "op.drop_table('users')")
    project.add("a2", ADD.format("name"), DROP.format("name"))
    project.add("a3", SEED, "op.execute('DELETE FROM users')", head=TABLE.format("ann"))
    project.add(
        "a4",
        "op.execute(TABLE.update().values(name=NAME))",
        "op.execute(\"UPDATE users SET name = 'ann'\")",
        head=TABLE.format("eve"),
    )
    project.add(
        "a5",
        "with op.batch_alter_table('users') as batch:\n"
        "    batch.alter_column('name', existing_type=sa.Text, nullable=False)",
        "with op.batch_alter_table('users') as batch:\n"
        "    batch.alter_column('name', existing_type=sa.Text, nullable=True)",
    )
    project.add("a6", ADD.format("size"), DROP.format("size"))
    return project


def test_a_fresh_database_and_one_in_the_middle_become_the_same(project: Project) -> None:
    six(project)
    done = project.db("squash", "a1:a5", "-m", "Give users a name", "--json")
    assert done.code == 0, done.text
    assert done.facts["squashed"] == ["a2", "a3", "a4", "a5"]
    assert list(versions_of(project)) == ["a1_test.py", "a5_give_users_a_name.py", "a6_test.py"]
    print(versions_of(project)["a5_give_users_a_name.py"])
    assert project.db("upgrade").code == 0
    assert project.heads() == ["a6"]
    assert project.scalars("SELECT name FROM users") == ["eve"]
    assert project.scalars("SELECT revision FROM dbops_log ORDER BY id") == ["a1", "a5", "a6"]
