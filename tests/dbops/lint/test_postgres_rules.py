"""Rules that no single statement on a server can show: a planted fault, and a clean twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import context
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext

from bacowr.dbops.lint.recording import Recorder
from bacowr.dbops.lint.rules import RULES
from bacowr.dbops.lint.schema import Schema
from tests.dbops.lint.conftest import STOCK_ENV
from tests.dbops.lint.test_measured import CASES, VERSIONS

if TYPE_CHECKING:
    from tests.dbops.lint.conftest import LintProject

TABLES = """
CREATE TABLE users (id bigint CONSTRAINT pk PRIMARY KEY, name text NOT NULL DEFAULT '',
    age integer, mail text, CONSTRAINT uq_users_mail UNIQUE (mail));
CREATE TABLE jobs (id bigint CONSTRAINT pk2 PRIMARY KEY, user_id bigint, kind text);
CREATE INDEX ix_age ON users (age);
CREATE VIEW adults AS SELECT id, age FROM users WHERE age > 17;
CREATE TYPE mood AS ENUM ('good');
"""
BLOCK = "with op.get_context().autocommit_block():\n    "
FK = "op.create_foreign_key('fk', 'jobs', 'users', ['user_id'], ['id'], postgresql_not_valid=True)"
ADD = "op.add_column('users', sa.Column('x', sa.Text))"


def sql(text: str) -> str:
    return f"op.execute({text!r})"


@dataclass(frozen=True)
class Fault:
    """An upgrade that falls under a rule, and one that doesn't."""

    code: str
    upgrade: str
    twin: str


FAULTS = (
    Fault("C-13", sql("ALTER TABLE users ADD x json"), sql("ALTER TABLE users ADD x jsonb")),
    Fault(
        "C-26",
        sql("ALTER TABLE jobs ADD x integer REFERENCES users (id)"),
        sql("ALTER TABLE jobs ADD x bigint REFERENCES users (id)"),
    ),
    Fault(
        "C-17",
        "op.alter_column('users', 'name', nullable=True)",
        "op.alter_column('users', 'name', server_default='x')",
    ),
    Fault("C-29", sql("ALTER TABLE users ALTER age SET EXPRESSION AS (1)"), ADD),
    Fault(
        "C-30",
        sql("ALTER TABLE users ADD x money"),
        sql("ALTER TABLE users ADD x numeric(9, 2)"),
    ),
    Fault(
        "K-11",
        "op.drop_constraint('uq_users_mail', 'users')",
        sql("ALTER TABLE users RENAME CONSTRAINT uq_users_mail TO uq"),
    ),
    Fault("K-12", FK, f"{BLOCK}op.create_index('ix', 'jobs', ['user_id'], **CONCURRENT)"),
    Fault("K-13", f"{FK}\n{FK.replace('fk', 'fk2')}", ADD),
    Fault(
        "K-14",
        sql("ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID")
        + "\n"
        + sql("ALTER TABLE users VALIDATE CONSTRAINT c"),
        sql("ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID"),
    ),
    Fault(
        "K-15",
        sql("ALTER TABLE users ADD CHECK (age > 0) NOT VALID"),
        sql("ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID"),
    ),
    Fault(
        "I-03",
        sql("CREATE INDEX CONCURRENTLY i ON users (name)"),
        f"{BLOCK}op.create_index('i', 'users', ['name'], **CONCURRENT)",
    ),
    Fault(
        "I-04",
        f"{BLOCK}op.create_index('i', 'users', ['name'], if_not_exists=True, "
        "postgresql_concurrently=True)",
        f"{BLOCK}op.create_index('i', 'users', ['name'], **CONCURRENT)",
    ),
    Fault(
        "I-09",
        f"{BLOCK}op.create_index('i', 'users', ['age'], **CONCURRENT)",
        f"{BLOCK}op.create_index('i', 'users', ['name'], **CONCURRENT)",
    ),
    Fault(
        "I-10",
        f"{BLOCK}op.drop_index('ix_age', postgresql_concurrently=True, if_exists=True)\n"
        "    op.create_index('ix2', 'users', ['age', 'id'], **CONCURRENT)",
        f"{BLOCK}op.create_index('ix2', 'users', ['age', 'id'], **CONCURRENT)\n"
        "    op.drop_index('ix_age', postgresql_concurrently=True, if_exists=True)",
    ),
    Fault(
        "T-02",
        "op.rename_table('users', 'people')",
        "op.rename_table('users', 'people')\n" + sql("CREATE VIEW users AS SELECT * FROM people"),
    ),
    Fault(
        "T-07",
        sql("ALTER TABLE users SET ACCESS METHOD heap"),
        sql("ALTER TABLE users SET (fillfactor = 90)"),
    ),
    Fault(
        "T-11",
        sql("ALTER TABLE users ENABLE ROW LEVEL SECURITY"),
        sql("CREATE POLICY p ON users USING (true)")
        + "\n"
        + sql("ALTER TABLE users ENABLE ROW LEVEL SECURITY"),
    ),
    Fault(
        "T-12",
        sql("ALTER TYPE mood ADD VALUE 'bad' AFTER 'good'")
        + "\n"
        + sql("INSERT INTO jobs (kind) VALUES ('bad')"),
        sql("ALTER TYPE mood ADD VALUE 'bad' AFTER 'good'"),
    ),
    Fault("T-13", sql("ALTER TYPE mood RENAME VALUE 'good' TO 'fine'"), ADD),
    Fault(
        "T-14",
        sql("ALTER TYPE mood ADD VALUE 'bad'"),
        sql("ALTER TYPE mood ADD VALUE 'bad' BEFORE 'good'"),
    ),
    Fault("T-15", sql("CREATE EXTENSION citext"), sql("CREATE EXTENSION IF NOT EXISTS citext")),
    Fault("T-16", "op.alter_column('users', 'age', type_=sa.BigInteger())", ADD),
    Fault(
        "T-17",
        f"op.add_column('users', sa.Column({'x' * 64!r}, sa.Text))",
        f"op.add_column('users', sa.Column({'x' * 63!r}, sa.Text))",
    ),
    Fault(
        "T-18",
        sql("INSERT INTO jobs (id, kind, id) VALUES (1, 'a', 2)"),
        sql("INSERT INTO jobs (id, kind) VALUES (1, 'a')"),
    ),
    Fault("T-18", sql("UPDATE jobs SET kind = 'a', kind = 'b' WHERE id = 1"), ADD),
    Fault(
        "P-01",
        sql("RESET lock_timeout") + "\n" + ADD,
        sql("SET LOCAL lock_timeout = '1s'") + "\n" + ADD,
    ),
    Fault("P-01", sql("SET lock_timeout = 0") + "\n" + ADD, ADD),
    Fault("P-02", sql("SELECT set_config('statement_timeout', '0', true)") + "\n" + ADD, ADD),
    Fault(
        "P-03",
        ADD + "\n" + sql("ALTER TABLE jobs ADD CONSTRAINT c CHECK (id > 0)"),
        ADD + "\n" + sql("ALTER TABLE jobs ADD CONSTRAINT c CHECK (id > 0) NOT VALID"),
    ),
    Fault(
        "P-04",
        "op.alter_column('jobs', 'id', type_=sa.Integer())\n"
        "op.alter_column('jobs', 'kind', type_=sa.Integer())",
        ADD,
    ),
    Fault("P-05", sql("DELETE FROM jobs"), sql("SELECT 1")),
    Fault("P-05", f"{ADD}\n" + sql("UPDATE users SET x = name WHERE age = 1"), ADD),
    Fault(
        "P-06",
        sql("UPDATE jobs SET kind = 'a' WHERE kind IS NULL"),
        "op.bulk_insert(sa.table('jobs', sa.column('id')), [{'id': 1}])",
    ),
    Fault("P-07", "import app_models", "import json, __main__"),
    Fault(
        "I-09",
        "op.create_index('i', 'users', ['id', 'name', 'age', 'mail', sa.text('lower(name)')])",
        ADD,
    ),
    Fault("P-20", "op.get_bind().rollback()", "op.get_bind()"),
    Fault("P-14", "op.drop_table('users')\nop.drop_table('jobs')", ADD),
    Fault(
        "P-15",
        "op.drop_column('jobs', 'kind')\nop.add_column('jobs', sa.Column('sort', sa.Text))",
        "op.add_column('jobs', sa.Column('sort', sa.Text))",
    ),
    Fault(
        "P-16",
        "op.add_column('jobs', sa.Column('x', sa.Integer, nullable=False, default=0))",
        "op.add_column('jobs', sa.Column('x', sa.Integer, nullable=False, server_default='0'))",
    ),
    Fault("P-17", sql("DO $$ BEGIN PERFORM 1; END $$"), sql("SELECT 1")),
    Fault("P-17", "op.get_bind().execute(sa.text('SELECT 1')).one()", "op.get_bind()"),
    Fault(
        "P-18",
        f"{BLOCK}op.create_index('i', 'users', ['name'], postgresql_concurrently=True)",
        f"{BLOCK}op.create_index('i', 'users', ['name'], **CONCURRENT)",
    ),
    Fault(
        "P-19",
        f"{ADD}\n{BLOCK}op.create_index('i', 'users', ['name'], **CONCURRENT)",
        f"{BLOCK}op.create_index('i', 'users', ['name'], **CONCURRENT)",
    ),
    Fault("P-20", sql("COMMIT"), sql("SELECT 1")),
    Fault("P-20", "op.get_bind().commit()", "op.get_bind()"),
)


def words(fault: Fault) -> str:
    return f"{fault.code}-{fault.upgrade[-50:]}"


def expanded(upgrade: str) -> str:
    """Spell out the safe form of a concurrent index: drop what an interrupted run left."""
    lines = []
    for line in upgrade.split("\n"):
        if "**CONCURRENT" in line:
            indent, name = line[: len(line) - len(line.lstrip())], line.split("'")[1]
            lines.append(
                f"{indent}op.drop_index({name!r}, postgresql_concurrently=True, if_exists=True)"
            )
        lines.append(line.replace("**CONCURRENT", "postgresql_concurrently=True"))
    return "\n".join(lines)


def codes(project: LintProject, upgrade: str) -> set[str]:
    (project.folder / "app_models.py").write_text("")
    project.add("a001", sql(TABLES))
    project.add("a002", expanded(upgrade))
    return project.findings("postgresql", "--range", "a002").codes


@pytest.mark.parametrize("fault", FAULTS, ids=words)
def test_a_planted_fault_is_found(
    lint_project: LintProject, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(lint_project.folder)
    assert fault.code in codes(lint_project, fault.upgrade)


@pytest.mark.parametrize("fault", FAULTS, ids=words)
def test_its_clean_twin_is_not_flagged(lint_project: LintProject, fault: Fault) -> None:
    assert fault.code not in codes(lint_project, fault.twin)


def test_a_stock_env_py_has_no_lock_timeout(lint_project: LintProject) -> None:
    lint_project.write_env(STOCK_ENV)
    assert {"P-01", "P-02"} <= codes(lint_project, ADD)


def test_a_lock_timeout_of_0_is_none(lint_project: LintProject) -> None:
    lint_project.config["DBOPS_LOCK_TIMEOUT"] = "0"
    assert "P-01" in codes(lint_project, ADD)


def test_an_env_py_that_sets_timeouts_is_believed(lint_project: LintProject) -> None:
    lint_project.write_env("x = 'SET lock_timeout = 1; SET statement_timeout = 2'\n")
    assert not {"P-01", "P-02"} & codes(lint_project, ADD)


DOWNGRADES = (
    ("P-08", ADD, "pass", "op.drop_column('users', 'x')"),
    ("P-08", ADD, "raise NotImplementedError", "raise NotImplementedError('Rows would be lost.')"),
    ("P-08", sql("INSERT INTO jobs (id) VALUES (1)"), "pass", sql("DELETE FROM jobs WHERE id = 1")),
    ("P-09", ADD, "op.drop_column('users', 'age')", "op.drop_column('users', 'x')"),
    ("P-09", ADD, "op.drop_table('users')", "op.drop_column('users', 'x')"),
    (
        "P-09",
        "op.alter_column('users', 'mail', new_column_name='x')",
        "op.drop_column('users', 'x')",
        "op.alter_column('users', 'x', new_column_name='mail')",
    ),
    (
        "P-09",
        "op.create_table('t', sa.Column('id', sa.Integer))",
        "op.execute('DELETE FROM users')\nop.drop_table('t')",
        "op.drop_table('t')",
    ),
)


@pytest.mark.parametrize(("code", "upgrade", "faulty", "clean"), DOWNGRADES)
def test_ways_back_are_judged(
    lint_project: LintProject, code: str, upgrade: str, faulty: str, clean: str
) -> None:
    lint_project.add("a001", sql(TABLES))
    lint_project.add("a002", upgrade, faulty)
    lint_project.add("a003", upgrade.replace("'x'", "'y'"), clean.replace("'x'", "'y'"))
    done = lint_project.findings("postgresql", "--range", "a001:a003")
    assert [one["where"][-16:-2].rstrip(":1") for one in done.findings if one["code"] == code]
    assert not [one for one in done.findings if one["code"] == code and "a003" in one["where"]]


def test_every_rule_is_shown() -> None:
    shown = {fault.code for fault in FAULTS} | {case.rule for case in CASES}
    shown |= {code for code, *_ in VERSIONS}
    assert {one.id for one in RULES.values()} <= shown


def test_a_revision_without_a_downgrade_is_told(lint_project: LintProject) -> None:
    path = lint_project.add("a001", "op.create_table('t', sa.Column('id', sa.Integer))")
    path.write_text(path.read_text().partition("def downgrade")[0])
    done = lint_project.findings("postgresql")
    assert [(one["code"], one["where"][-12:]) for one in done.findings] == [
        ("P-08", "a001_test.py")
    ]


def test_an_unknown_column_is_judged_by_what_the_operation_says(lint_project: LintProject) -> None:
    lint_project.add(
        "a001",
        "op.alter_column('t', 'a', existing_type=sa.String(9), type_=sa.Text())\n"
        "op.alter_column('t', 'b', type_=sa.Text())",
    )
    done = lint_project.findings("postgresql")
    (found,) = [one for one in done.findings if one["code"] == "C-19"]
    assert "t.b" in found["message"]
    assert "the worst is assumed" in found["message"]


def test_an_outer_environment_is_left_as_it_was() -> None:
    outer = EnvironmentContext(Config(), None)  # type: ignore[arg-type] # No scripts are asked for.
    with outer:
        Recorder("x.py", Schema(), sa.MetaData()).run(lambda: None)
        assert not context.is_offline_mode()
