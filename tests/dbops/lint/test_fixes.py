"""What --fix writes lints clean, and ends in the schema that was meant, on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bacowr.dbops.lint.catalog import read_schema
from tests.dbops.lint.conftest import STOCK_ENV, LintProject

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
        "all of it moves",
        "op.create_unique_constraint('uq_mail', 'users', ['mail'])\n"
        "op.create_index('ix_age', table_name='users', columns=['age'])",
        "op.drop_index('ix_age', 'users')\nop.drop_constraint('uq_mail', 'users', type_='unique')",
    ),
    Repair(
        "time zone",
        "op.alter_column('users', 'seen', type_=sa.DateTime(timezone=True))",
        "op.alter_column('users', 'seen', type_=sa.DateTime())",
    ),
)


SHORT = {
    "sqlite": {"index", "drop index and more", "check in a batch", "all of it moves", "time zone"},
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


def fix(project: LintProject, *arguments: str) -> str:
    """Repair the last revision, and return its file."""
    (path,) = (project.folder / "migrations/versions").glob(f"{project.last}_*")
    project.lint("--range", str(project.last), "--fix", *arguments)
    return path.read_text()


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        ("sa.Integer", 'server_default="0"'),
        ("sa.String(20)", 'server_default=""'),
        ("sa.Boolean()", "server_default=sa.false()"),
    ],
)
def test_a_not_null_column_gets_the_default_of_its_type(
    lint_project: LintProject, kind: str, default: str
) -> None:
    lint_project.add("0001", TABLES)
    lint_project.add("0002", f"op.add_column('users', sa.Column('x', {kind}, nullable=False))")
    assert default in fix(lint_project)
    assert lint_project.lint("--range", "0002").code == 0


def test_a_default_over_several_lines_keeps_its_lines(lint_project: LintProject) -> None:
    lint_project.add("0001", TABLES)
    lint_project.add(
        "0002",
        "op.add_column(\n    'users',\n    sa.Column(\n        'x',\n        sa.Text,\n"
        "        nullable=False,\n    ),\n)",
    )
    written = fix(lint_project)
    assert '            server_default="",\n        ),\n' in written
    assert lint_project.lint("--range", "0002").code == 0


@pytest.mark.parametrize(
    "upgrade",
    [
        "op.add_column('users', sa.Column('x', sa.DateTime, nullable=False))",
        "op.alter_column('users', 'mail', type_=sa.Integer())",
        "op.alter_column('users', 'mail', type_=sa.Text(), nullable=False)",
        "op.execute('CREATE INDEX i ON users (age)')",
        "for name in ['a']:\n    op.create_index(name, 'users', ['age'])",
        "op.create_index(op.f(str('i')), 'users', ['age'])",
        "op.create_check_constraint(None, 'users', 'age > 0')",
        "op.create_unique_constraint(None, 'users', ['age'])",
        "op.drop_table('users')",
        "name = 'ix_old'\nop.drop_index(name)",
        "op.execute('ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0)')",
        "op.create_primary_key('pk', 'users', ['age'])",
        "op.execute('ALTER TABLE users ADD x integer NOT NULL')",
        "kind = sa.Integer\nop.add_column('users', sa.Column('x', kind, nullable=False))",
        (
            "op.execute(\"SET LOCAL lock_timeout = '1s'\")\nop.execute('RESET lock_timeout')\n"
            "op.add_column('users', sa.Column('x', sa.Text))"
        ),
    ],
)
def test_what_is_not_mechanical_is_left_alone(lint_project: LintProject, upgrade: str) -> None:
    lint_project.add("0001", TABLES)
    path = lint_project.add("0002", upgrade)
    before = path.read_text()
    assert fix(lint_project) == before
    assert lint_project.lint("--range", "0002").code == 1


def test_a_rounding_change_is_not_repaired_again_and_again(lint_project: LintProject) -> None:
    lint_project.add("0001", TABLES)
    kind = "postgresql.TIMESTAMP(precision=0)"
    lint_project.add(
        "0002",
        f"op.alter_column('users', 'seen', type_={kind})",
        head="from sqlalchemy.dialects import postgresql",
    )
    assert fix(lint_project).count("SET LOCAL timezone") == 1
    assert "C-24" in lint_project.findings("postgresql", "--range", "0002").errors


def test_timeouts_are_set_where_env_py_sets_none(lint_project: LintProject) -> None:
    lint_project.write_env(STOCK_ENV)
    lint_project.add("0001", TABLES)
    lint_project.add("0002", "op.add_column('users', sa.Column('x', sa.Text))")
    written = fix(lint_project)
    assert "SET LOCAL lock_timeout = '2s'" in written
    assert "SET LOCAL statement_timeout = '30s'" in written
    assert lint_project.findings("postgresql", "--range", "0002").codes == set()


def test_a_careless_concurrent_index_is_done_with_care(lint_project: LintProject) -> None:
    lint_project.add("0001", TABLES)
    lint_project.add(
        "0002",
        "op.create_index('i', 'users', ['mail'], if_not_exists=True, postgresql_concurrently=True)",
    )
    written = fix(lint_project)
    assert "autocommit_block" in written
    assert "if_not_exists" not in written
    assert lint_project.lint("--range", "0002").code == 0


def test_the_head_file_follows(lint_project: LintProject) -> None:
    (lint_project.folder / "migrations/HEAD").write_text("abc\n")
    lint_project.add("0001", TABLES)
    lint_project.add("abc", "op.create_check_constraint('ck', 'users', 'age > 0')")
    fix(lint_project)
    (behind,) = (lint_project.folder / "migrations/versions").glob("abc_b_validate*")
    assert (lint_project.folder / "migrations/HEAD").read_text() == f"{behind.stem}\n"


def test_a_revision_with_others_behind_it_is_left_alone(lint_project: LintProject) -> None:
    lint_project.add("0001", TABLES)
    path = lint_project.add("0002", "op.create_check_constraint('ck', 'users', 'age > 0')")
    lint_project.add("0003", "op.add_column('users', sa.Column('x', sa.Text))")
    before = path.read_text()
    assert lint_project.lint("--range", "0002", "--fix").code == 1
    assert path.read_text() == before


def test_a_drop_that_says_concurrently_leaves_the_transaction(lint_project: LintProject) -> None:
    lint_project.add("0001", TABLES)
    lint_project.add(
        "0002",
        "op.drop_index('ix_old', 'users', postgresql_concurrently=True, if_exists=True)",
    )
    assert "autocommit_block" in fix(lint_project)
    assert lint_project.lint("--range", "0002").code == 0


def test_not_null_without_a_way_back_gets_one(lint_project: LintProject) -> None:
    lint_project.add("0001", TABLES)
    lint_project.add("0002", "op.alter_column('users', 'age', nullable=False)")
    fix(lint_project)
    (behind,) = (lint_project.folder / "migrations/versions").glob("0003*")
    assert "nullable=True" in behind.read_text()
    assert lint_project.lint("--range", "0001:").code == 0


@pytest.mark.parametrize(
    ("convention", "given", "validated"),
    [
        ({"ck": "ck_%(table_name)s_%(constraint_name)s"}, "'age'", "CONSTRAINT ck_users_age"),
        ({"ck": "ck_%(table_name)s_%(constraint_name)s"}, "op.f('age')", "CONSTRAINT age"),
        ({"ck": "ck_%(table_name)s"}, "'age'", "CONSTRAINT age"),
        ({"ck": "%(column_0_name)s_%(constraint_name)s"}, "'age'", ""),
    ],
)
def test_a_constraint_is_validated_by_the_name_it_has(
    lint_project: LintProject, convention: dict[str, str], given: str, validated: str
) -> None:
    lint_project.convention = convention
    lint_project.add("0001", TABLES)
    lint_project.add("0002", f"op.create_check_constraint({given}, 'users', sa.column('age') > 0)")
    fix(lint_project)
    behind = list((lint_project.folder / "migrations/versions").glob("0003*"))
    assert len(behind) == (1 if validated else 0)
    assert not behind or f'{validated}")' in behind[0].read_text()
