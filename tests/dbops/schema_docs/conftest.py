"""A project with three revisions, whose commands run in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.project import Project

USERS = """
op.create_table(
    "users",
    sa.Column("id", sa.Integer, nullable=False),
    sa.Column("name", sa.String(40), nullable=False, comment="What they are called."),
    sa.PrimaryKeyConstraint("id", name="pk_users"),
    comment="People.",
)
"""
POSTS = """
op.create_table(
    "posts",
    sa.Column("id", sa.Integer, nullable=False),
    sa.Column("author_id", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_posts"),
    sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_posts", ondelete="CASCADE"),
)
"""
MODELS = """

class User(db.Model):
    __tablename__ = "users"
    __table_args__ = {"comment": "People."}
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(40), nullable=False, comment="What they are called.")
"""


def fill(project: Project) -> Project:
    """Give a project three revisions, of which the second only touches rows."""
    project.add("0001", USERS)
    project.add("0002", "op.execute(\"UPDATE users SET name = 'x' WHERE name = ''\")")
    project.add("0003", POSTS)
    app = project.folder / "app.py"
    app.write_text(app.read_text() + MODELS)
    return project


@pytest.fixture
def history(project: Project) -> Project:
    return fill(project)


@pytest.fixture
def sqlite_history(sqlite_project: Project) -> Project:
    return fill(sqlite_project)
