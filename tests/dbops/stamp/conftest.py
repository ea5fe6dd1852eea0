"""A project with four revisions, the second of which only touches rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

if TYPE_CHECKING:
    from tests.plugins.project import Project

USERS = """
op.create_table(
    "users",
    sa.Column("id", sa.Integer, nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_users"),
)
"""


def fill(project: Project) -> Project:
    """Write the revisions: users, a change of rows, a column, an index."""
    project.add("0001", USERS)
    project.add("0002", "op.execute(\"UPDATE users SET name = 'x' WHERE name = ''\")")
    project.add("0003", 'op.add_column("users", sa.Column("mail", sa.Text))')
    project.add("0004", 'op.create_index("ix_mail", "users", ["mail"])')
    return project


def forget(project: Project) -> None:
    """Take from a database what Alembic and dbops keep in it."""
    engine = sa.create_engine(project.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for name in sa.inspect(connection).get_table_names():
            if name.startswith(("alembic_version", "dbops_")):
                connection.exec_driver_sql(f"DROP TABLE {name}")


@pytest.fixture
def history(project: Project) -> Project:
    return fill(project)


@pytest.fixture
def sqlite_history(sqlite_project: Project) -> Project:
    return fill(sqlite_project)
