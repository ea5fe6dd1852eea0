from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bacowr.dbops.lint import project as linted_project
from tests.dbops.lint.conftest import LintProject

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

TABLE = """op.create_table('users', sa.Column('id', sa.BigInteger, primary_key=True),
    sa.Column('age', sa.Integer))"""
BIGGER = """with op.batch_alter_table('users') as batch_op:
    batch_op.alter_column('age', type_=sa.BigInteger())"""
INDEX = "op.create_index('ix_age', 'users', ['age'])"


def add_faulty(project: LintProject) -> None:
    project.add("a001", TABLE, "op.drop_table('users')")
    project.add("a002", INDEX, "op.drop_index('ix_age')")
    project.add("a003", BIGGER, "op.execute('UPDATE users SET age = 0 WHERE age > 0')")


def test_faults_are_told_with_file_and_line(lint_project: LintProject) -> None:
    add_faulty(lint_project)
    done = lint_project.lint("--dialect", "postgresql")
    assert done.code == 1, done.out
    assert "a002_test.py:10: error I-01 CREATE INDEX ix_age on users" in done.out
    assert "a003_test.py:11: error C-19 TYPE of users.age from integer to bigint" in done.out
    assert "Add a column of the new type" in done.out
    assert "3 revisions reviewed: 2 errors" in done.out


def test_a_clean_history_ends_with_0(lint_project: LintProject) -> None:
    lint_project.add("a001", TABLE + "\n" + INDEX, "op.drop_table('users')")
    done = lint_project.lint()
    assert done.code == 0
    assert "1 revision reviewed: 0 errors, 0 other remarks, 0 allowed." in done.out


def test_json_is_one_line_with_all_facts(lint_project: LintProject) -> None:
    add_faulty(lint_project)
    done = lint_project.lint("--json", "--dialect", "postgresql")
    facts = json.loads(done.out)
    assert facts["ok"] is False
    assert facts["revisions"] == ["a001", "a002", "a003"]
    assert {"code", "message", "where", "remedy", "level"} == facts["findings"][0].keys()


def test_sarif_has_what_its_schema_requires(lint_project: LintProject) -> None:
    add_faulty(lint_project)
    lint_project.add("a004", "op.add_column('users', sa.Column('x', sa.JSON))")
    done = lint_project.lint("--sarif", "--dialect", "postgresql")
    log = json.loads(done.out)
    assert done.code == 1
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["tool"]["driver"]["name"]
    for result in run["results"]:
        assert result["message"]["text"]
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"].endswith(".py")
        assert place["physicalLocation"]["region"]["startLine"] >= 1


@pytest.mark.parametrize(
    ("range_", "expected"),
    [
        ("a001:a002", ["a002"]),
        (":a002", ["a001", "a002"]),
        ("a002:", ["a003"]),
        ("base:heads", ["a001", "a002", "a003"]),
        ("a003", ["a003"]),
    ],
)
def test_a_range_is_behind_a_and_up_to_b(
    lint_project: LintProject, range_: str, expected: list[str]
) -> None:
    add_faulty(lint_project)
    facts = lint_project.findings("postgresql", "--range", range_).facts
    assert facts["revisions"] == expected


def test_a_wrong_range_ends_with_2(lint_project: LintProject) -> None:
    add_faulty(lint_project)
    done = lint_project.lint("--range", "a001:nowhere", "--json")
    assert done.code == 2
    assert "nowhere" in done.err
    assert done.facts["ok"] is False


def test_a_file_that_cannot_be_read_ends_with_2(lint_project: LintProject) -> None:
    lint_project.add("a001", "op.create_table(")
    assert lint_project.lint().code == 2


ALLOWED = "  # dbops: allow I-01 because the table is small"


@pytest.mark.parametrize(
    "upgrade",
    [
        INDEX + ALLOWED,
        ALLOWED.strip() + "\n" + INDEX,
        f"op.create_index(\n    'ix_age',{ALLOWED}\n    'users', ['age'],\n)",
    ],
)
def test_a_reason_lets_a_finding_pass(lint_project: LintProject, upgrade: str) -> None:
    lint_project.add("a001", TABLE)
    lint_project.add("a002", upgrade)
    done = lint_project.findings("postgresql", "--range", "a002")
    assert done.findings == []
    assert done.facts["allowed"] == 1


def test_a_reason_at_the_margin_speaks_for_the_file(lint_project: LintProject) -> None:
    lint_project.add("a001", TABLE)
    lint_project.add("a002", f"{INDEX}\n{INDEX.replace('ix_', 'iy_')}", head=ALLOWED.strip())
    done = lint_project.findings("postgresql", "--range", "a002")
    assert done.errors == set()
    assert done.facts["allowed"] == 2


@pytest.mark.parametrize("comment", ["allow I-01", "allow I-01 because", "allow because I say so"])
def test_an_allowance_without_rule_or_reason_is_a_finding(
    lint_project: LintProject, comment: str
) -> None:
    lint_project.add("a001", TABLE)
    lint_project.add("a002", f"{INDEX}  # dbops: {comment}")
    assert lint_project.findings("postgresql", "--range", "a002").errors == {"I-01", "A-01"}


def test_an_allowance_of_nothing_is_told(lint_project: LintProject) -> None:
    lint_project.add("a001", TABLE + "  # dbops: allow C-19 because of history")
    assert lint_project.findings("postgresql").codes == {"A-02"}


def test_another_statement_is_not_allowed_along(lint_project: LintProject) -> None:
    lint_project.add("a001", TABLE)
    lint_project.add("a002", f"{INDEX}{ALLOWED}\n{INDEX.replace('ix_', 'iy_')}")
    done = lint_project.findings("postgresql", "--range", "a002")
    assert [one["code"] for one in done.findings if one["level"] == "error"] == ["I-01"]


def test_a_branch_for_another_database_is_not_judged(lint_project: LintProject) -> None:
    lint_project.add("a001", TABLE)
    lint_project.add(
        "a002", f"if op.get_bind().dialect.name == 'sqlite':\n    {INDEX}\nelse:\n    pass"
    )
    assert lint_project.findings("postgresql", "--range", "a002").findings == []


def test_a_contract_revision_has_said_what_it_drops(lint_project: LintProject) -> None:
    lint_project.add("a001", TABLE)
    lint_project.add("a002", "op.drop_column('users', 'age')", head='dbops_class = "contract"')
    done = lint_project.findings("postgresql", "--range", "a002")
    assert (done.code, done.codes) == (0, {"C-14"})


def test_only_what_the_database_lacks_is_judged(lint_project: LintProject, tmp_path: Path) -> None:
    lint_project.url = f"sqlite:///{tmp_path}/at_hand.db"
    add_faulty(lint_project)
    assert not (tmp_path / "at_hand.db").exists()
    lint_project.upgrade("a002")
    done = lint_project.lint("--json")
    assert done.facts["revisions"] == ["a003"]
    assert not (tmp_path / "nowhere.db").exists()


def test_looking_makes_no_database(lint_project: LintProject, tmp_path: Path) -> None:
    lint_project.url = f"sqlite:///{tmp_path}/nowhere.db"
    add_faulty(lint_project)
    assert "not at hand" in lint_project.lint().out
    assert not (tmp_path / "nowhere.db").exists()


def test_two_heads_are_one_too_many(lint_project: LintProject) -> None:
    add_faulty(lint_project)
    lint_project.last = "a002"
    lint_project.add("b003", "op.add_column('users', sa.Column('x', sa.Text))")
    assert "P-10" in lint_project.findings("postgresql", "--range", "b003").errors


def test_an_edited_applied_file_is_told(lint_project: LintProject, tmp_path: Path) -> None:
    lint_project.url = f"sqlite:///{tmp_path}/at_hand.db"
    path = lint_project.add("a001", TABLE)
    lint_project.upgrade("a001")
    assert lint_project.findings("sqlite").codes == set()
    path.write_text(path.read_text() + "# Edited.\n")
    assert lint_project.findings("sqlite").errors == {"P-11"}


@pytest.mark.skipif(shutil.which("git") is None, reason="There is no git.")
def test_a_file_that_main_has_is_not_edited(lint_project: LintProject) -> None:
    path = lint_project.add("a001", TABLE)
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": "/dev/null"}
    identity |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}

    def git(*words: str) -> None:
        command = ["git", "-C", str(lint_project.folder), *words]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, **identity})

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    git("checkout", "-q", "-b", "work")
    lint_project.add("a002", "op.add_column('users', sa.Column('x', sa.Text))")
    git("add", ".")
    git("commit", "-q", "-m", "second")
    assert "P-12" not in lint_project.findings("postgresql").codes
    path.write_text(path.read_text() + "# Edited.\n")
    assert "P-12" in lint_project.findings("postgresql").errors
    path.unlink()
    lint_project.last = None
    lint_project.add("a000", TABLE)
    (lint_project.folder / "migrations/versions/a002_test.py").unlink()
    assert "P-12" in lint_project.findings("postgresql").errors


class MappedProject(LintProject):
    """A project whose application still maps users.age."""

    def app(self) -> Flask:
        app = super().app()
        db = app.extensions["migrate"].db
        sa.Table("users", db.metadata, sa.Column("id", sa.Integer), sa.Column("age", sa.Integer))
        return app


def test_what_the_models_have_is_not_dropped(tmp_path: Path) -> None:
    project = MappedProject(tmp_path / "project")
    project.add("a001", TABLE)
    project.add("a002", "op.drop_column('users', 'age')", head='dbops_class = "contract"')
    project.add("a003", "op.drop_table('users')", head='dbops_class = "contract"')
    done = project.findings("postgresql", "--range", "a001:")
    where = {one["where"].rpartition("/")[2][:4] for one in done.findings if one["code"] == "P-13"}
    assert where == {"a002", "a003"}


def test_broken_sql_is_found_by_squawk(lint_project: LintProject) -> None:
    lint_project.add("a001", "op.execute('ALTER TABLE users FROBNICATE age')")
    assert lint_project.findings("postgresql").errors == {"squawk/syntax-error"}


def test_without_squawk_it_says_so_and_goes_on(
    lint_project: LintProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linted_project, "find_squawk", lambda: None)
    add_faulty(lint_project)
    done = lint_project.lint("--dialect", "postgresql")
    assert "squawk isn't installed" in done.out
    assert "I-01" in done.out


@pytest.mark.postgres
def test_a_database_at_hand_sharpens_the_judgment(
    lint_project: LintProject, postgres_url: str
) -> None:
    lint_project.url = postgres_url
    lint_project.add("a001", TABLE + "\nop.create_table('jobs', sa.Column('n', sa.Integer))")
    lint_project.upgrade("a001")
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO users VALUES (1, 2)"))
        connection.execute(sa.text("ALTER TABLE users ADD CONSTRAINT c CHECK (age IS NOT NULL)"))
        connection.execute(sa.text("CREATE VIEW v AS SELECT n FROM jobs"))
    lint_project.add("a002", "op.alter_column('users', 'age', nullable=False)")
    lint_project.add("a003", "op.create_index('ix_n', 'jobs', ['n'])")
    lint_project.add("a004", "op.alter_column('jobs', 'n', type_=sa.BigInteger())")
    lint_project.add("a005", "op.drop_table('users')", head='dbops_class = "contract"')
    done = lint_project.lint("--json")
    told = {(one["where"].rpartition("/")[2][:4], one["code"]) for one in done.findings}
    assert told == {
        ("a003", "I-01"),
        ("a004", "C-19"),
        ("a004", "T-16"),
        ("a005", "T-01"),
        ("a005", "P-14"),
    }
    assert done.errors == {"T-16", "P-14"}
    assert "Here it has no rows." in done.out


ONLINE = (
    (
        "if 'x' not in [one['name'] for one in sa.inspect(op.get_bind()).get_columns('users')]:\n"
        "    op.create_index('ix_age', 'users', ['age'])"
    ),
    (
        "insp = sa.inspect(op.get_bind())\n"
        "if insp.has_table('users') and not insp.has_index('users', 'ix_age') and not any("
        "[insp.get_indexes('users'), insp.get_unique_constraints('users'), insp.get_view_names(), "
        "insp.get_check_constraints('users'), insp.get_foreign_keys('users')]):\n"
        "    assert insp.get_table_names() == ['users']\n"
        "    op.create_index('ix_age', 'users', ['age'])"
    ),
    (
        "from alembic import context\nif not context.is_offline_mode():\n"
        "    op.create_index('ix_age', 'users', ['age'])"
    ),
    (
        "op.bulk_insert(sa.table('users', sa.column('id')), [{'id': 1}])\n"
        "op.create_index('ix_age', 'users', ['age'])"
    ),
    (
        "sa.Enum('a', name='mood').create(op.get_bind(), checkfirst=True)\n"
        "op.create_index('ix_age', 'users', ['age'])"
    ),
    (
        "print(op.get_bind().execute(sa.text('SELECT 1')).rowcount)\n"
        "op.create_index('ix_age', 'users', ['age'])"
    ),
    (
        "with op.get_bind().execution_options().begin_nested():\n"
        "    op.get_bind().exec_driver_sql(\"SELECT ':a'\")\n"
        "op.create_index('ix_age', 'users', ['age'])"
    ),
    (
        "if not op.get_bind().scalar(sa.text('SELECT 1')):\n"
        "    op.create_index('ix_age', 'users', ['age'])"
    ),
    (
        "if not list(op.get_bind().scalars(sa.text('SELECT 1'))):\n"
        "    op.create_index('ix_age', 'users', ['age'])"
    ),
)


@pytest.mark.parametrize("upgrade", ONLINE)
def test_a_revision_that_looks_into_the_database_is_judged(
    lint_project: LintProject, upgrade: str
) -> None:
    lint_project.add("a001", TABLE)
    lint_project.add("a002", upgrade)
    assert lint_project.findings("postgresql", "--range", "a002").codes == {"I-01"}


def test_a_revision_that_reads_rows_leaves_a_blind_spot(lint_project: LintProject) -> None:
    lint_project.add("a001", TABLE)
    lint_project.add(
        "a002",
        "for row in op.get_bind().execute(sa.text('SELECT id FROM users')):\n"
        "    op.execute('DROP TABLE users')",
    )
    done = lint_project.findings("postgresql", "--range", "a002")
    assert [(one["code"], one["level"]) for one in done.findings] == [("P-17", "warning")]
    assert done.findings[0]["where"].endswith(":10")


def test_without_git_the_main_branch_is_not_asked(
    lint_project: LintProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    lint_project.add("a001", TABLE)
    assert lint_project.lint().code == 0


def test_the_convention_of_names_is_the_projects(lint_project: LintProject) -> None:
    lint_project.convention = {"uq": "uq_%(table_name)s"}
    lint_project.add("a001", TABLE)
    lint_project.add("a002", "op.create_unique_constraint(None, 'users', ['age'])")
    (found,) = lint_project.findings("postgresql", "--range", "a002").findings
    assert "uq_users" in found["message"]
    assert lint_project.findings("sqlite").codes == set()
