"""What --fix writes lints clean, and ends in the schema that was meant, on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bacowr.dbops.lint.catalog import read_schema
from tests.dbops.lint.conftest import LintProject

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.postgres import Postgres

TABLES = """
op.create_table('users', sa.Column('id', sa.BigInteger, primary_key=True),
    sa.Column('age', sa.Integer), sa.Column('mail', sa.String(40)),
    sa.Column('seen', sa.DateTime), sa.Column('old', sa.Integer))
op.create_index('ix_old', 'users', ['old'])
op.create_table('jobs', sa.Column('id', sa.BigInteger, primary_key=True),
    sa.Column('user_id', sa.BigInteger), sa.Column('kind', sa.Text))
op.create_index('ix_jobs_user_id', 'jobs', ['user_id'])
"""
TABLES_DOWN = "op.drop_table('jobs')\nop.drop_table('users')"


@dataclass(frozen=True)
class Repair:
    """A faulty revision, and how it goes back."""

    name: str
    upgrade: str
    downgrade: str


BATCH = "with op.batch_alter_table('users') as batch_op:\n    batch_op."
REPAIRS = (
    Repair(
        "index",
        "op.create_index('ix_age', 'users', ['age'])",
        "op.drop_index('ix_age', table_name='users')",
    ),
    Repair(
        "index in a batch with a column",
        f"{BATCH}add_column(sa.Column('x', sa.Text))\n"
        "    batch_op.create_index('ix_x', ['x'], unique=True)",
        f"{BATCH}drop_index('ix_x')\n    batch_op.drop_column('x')",
    ),
    Repair(
        "drop index",
        "op.drop_index('ix_old', table_name='users')",
        "op.create_index('ix_old', 'users', ['old'])",
    ),
    Repair(
        "drop index and more",
        "op.add_column('users', sa.Column('x', sa.Text))\n"
        "op.drop_index('ix_old', table_name='users')",
        "op.create_index('ix_old', 'users', ['old'])\nop.drop_column('users', 'x')",
    ),
    Repair(
        "check",
        "op.create_check_constraint(\n    'ck_age',\n    'users',\n    'age >= 0',\n)",
        "op.drop_constraint('ck_age', 'users', type_='check')",
    ),
    Repair(
        "check in a batch",
        f"{BATCH}create_check_constraint('ck_age', 'age >= 0')",
        f"{BATCH}drop_constraint('ck_age', type_='check')",
    ),
    Repair(
        "foreign key",
        "op.create_foreign_key('fk_user', 'jobs', 'users', ['user_id'], ['id'])",
        "op.drop_constraint('fk_user', 'jobs', type_='foreignkey')",
    ),
    Repair(
        "not null",
        "op.alter_column('users', 'age', existing_type=sa.Integer(), nullable=False)",
        "op.alter_column('users', 'age', existing_type=sa.Integer(), nullable=True)",
    ),
    Repair(
        "not null in a batch with a column",
        f"{BATCH}alter_column('mail', existing_type=sa.String(40), nullable=False)\n"
        "    batch_op.add_column(sa.Column('x', sa.Text))",
        f"{BATCH}drop_column('x')\n"
        "    batch_op.alter_column('mail', existing_type=sa.String(40), nullable=True)",
    ),
    Repair(
        "unique",
        "op.create_unique_constraint('uq_mail', 'users', ['mail'])",
        "op.drop_constraint('uq_mail', 'users', type_='unique')",
    ),
    Repair(
        "unique with a column",
        "op.add_column('users', sa.Column('x', sa.Text))\n"
        "op.create_unique_constraint('uq_mail', 'users', ['mail'])",
        "op.drop_constraint('uq_mail', 'users', type_='unique')\nop.drop_column('users', 'x')",
    ),
    Repair(
        "time zone",
        "op.alter_column('users', 'seen', type_=sa.DateTime(timezone=True))",
        "op.alter_column('users', 'seen', type_=sa.DateTime())",
    ),
)


SHORT = {
    "sqlite": {"index", "drop index and more", "check in a batch", "unique", "time zone"},
    "postgresql": {"unique with a column", "not null in a batch with a column", "foreign key"},
}
"""Repairs that are tried in the short run, where both together show every path once."""


def make(folder: Path, repair: Repair, url: str) -> LintProject:
    project = LintProject(folder, url)
    project.add("0001", TABLES, TABLES_DOWN)
    project.add("0002", repair.upgrade, repair.downgrade)
    return project


def picture(url: str) -> object:
    """Return all of a database's schema that these revisions could change."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            schema = read_schema(connection)
            for table in schema.tables.values():
                table.constraints.sort(key=lambda one: one.name)
                table.rows = None
            return schema.tables, schema.indexes
        query = (
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'dbops%'"
        )
        return sorted(
            (name, " ".join(sql.split())) for name, sql in connection.execute(sa.text(query))
        )


PAIRS = [
    pytest.param(
        repair,
        kind,
        id=f"{repair.name}-{kind}",
        marks=[pytest.mark.postgres] * (kind == "postgresql")
        + [pytest.mark.long] * (repair.name not in SHORT[kind]),
    )
    for repair in REPAIRS
    for kind in SHORT
]


@pytest.mark.parametrize(("repair", "kind"), PAIRS)
def test_the_repaired_file_is_clean_and_ends_in_the_same_schema(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str, repair: Repair
) -> None:
    plain = make(tmp_path / "plain", repair, f"sqlite:///{tmp_path}/plain.db")
    fixed = make(tmp_path / "fixed", repair, f"sqlite:///{tmp_path}/fixed.db")
    assert plain.lint("--range", "0001:").code == 1
    done = fixed.lint("--range", "0001:", "--fix")
    assert done.code == 0, done.out
    assert "0 errors, 0 other remarks" in done.out
    assert "Written: " in done.err
    if kind == "postgresql":
        plain.url, fixed.url = request.getfixturevalue("two_databases")
    for project in (plain, fixed):
        project.upgrade("0001")
    empty = picture(fixed.url)
    for project in (plain, fixed):
        project.fill()
        project.upgrade("head")
    assert picture(plain.url) == picture(fixed.url)
    for project in (plain, fixed):
        project.downgrade("0001")
    assert picture(fixed.url) == empty == picture(plain.url)


@pytest.fixture
def two_databases(postgres: Postgres) -> object:
    urls = [postgres.create_database() for _ in range(2)]
    yield urls
    for url in urls:
        postgres.drop_database(url)
