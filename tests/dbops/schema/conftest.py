"""Projects whose models say what their history does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.project import Project

MODELS = """

class Parent(db.Model):
    __tablename__ = "parents"
    id = db.Column(db.Integer, primary_key=True)
    code = db.Column(db.String(20), unique=True)


class Item(db.Model):
    __tablename__ = "items"
    __table_args__ = (db.CheckConstraint("cents >= 0", name="not_negative"),)
    id = db.Column(db.Integer, primary_key=True)
    parent_id = db.Column(db.ForeignKey("parents.id", ondelete="CASCADE", name="of"))
    name = db.Column(db.String(40), nullable=False)
    cents = db.Column(db.Integer, nullable=False, server_default="0")
    mood = db.Column(db.Enum("low", "high", name="mood"))
    at = db.Column(db.DateTime(timezone=True), server_default=db.func.now())
"""
# Made in steps, as histories are: columns come later, and things are renamed on the way.
FIRST = """
op.create_table('parents', sa.Column('id', sa.Integer, primary_key=True),
                sa.Column('code', sa.String(20), unique=True))
op.create_table('things', sa.Column('id', sa.Integer, primary_key=True),
                sa.Column('title', sa.String(10), nullable=False),
                sa.Column('cents', sa.Integer, server_default='0', nullable=False))
"""
SECOND = """
op.rename_table('things', 'items')
with op.batch_alter_table('items') as batch_op:
    batch_op.alter_column('title', new_column_name='name', existing_type=sa.String(10),
                          existing_nullable=False)
with op.batch_alter_table('items') as batch_op:
    batch_op.alter_column('name', type_=sa.String(40), existing_type=sa.String(10),
                          existing_nullable=False)
    batch_op.add_column(sa.Column('parent_id', sa.Integer))
    batch_op.create_foreign_key('of', 'parents', ['parent_id'], ['id'], ondelete='CASCADE')
    batch_op.create_check_constraint('not_negative', 'cents >= 0')
"""
THIRD = """
mood = sa.Enum('low', 'high', name='mood')
mood.create(op.get_bind(), checkfirst=True)
op.add_column('items', sa.Column('mood', mood))
with op.batch_alter_table('items') as batch_op:
    batch_op.add_column(sa.Column('at', sa.DateTime(timezone=True), server_default=sa.func.now()))
"""


def extend(project: Project, text: str, old: str = "", new: str = "") -> None:
    """Change the project's program."""
    program = project.folder / "app.py"
    program.write_text(program.read_text().replace(old, new) + text)


BOTH = ("sqlite", pytest.param("postgresql", marks=(pytest.mark.postgres, pytest.mark.long)))


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that nothing has touched; on PostgreSQL most of this is for the long run."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/test.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


def grow(project: Project) -> Project:
    """Give a project three revisions, all applied, and models that say the same."""
    extend(project, MODELS)
    project.add("a1", FIRST)
    project.add("a2", SECOND)
    project.add("a3", THIRD)
    done = project.db("upgrade")
    assert done.code == 0, done.text
    return project


@pytest.fixture
def grown(project: Project) -> Project:
    """A project with a history and models that say the same."""
    return grow(project)


@pytest.fixture
def grown_postgres(postgres_project: Project) -> Project:
    """The same on PostgreSQL, in every run."""
    return grow(postgres_project)
