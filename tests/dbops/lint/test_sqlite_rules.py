"""Every SQLite rule: a planted fault that is found, and a clean twin that isn't.

What the rule says is shown by doing it: with Alembic's own operations on a file with rows.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from bacowr.dbops.lint.sqlite import RULES
from tests.dbops.lint.conftest import STOCK_ENV

if TYPE_CHECKING:
    from pathlib import Path

from tests.dbops.lint.conftest import LintProject

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20), age INTEGER)"
BATCH = "with op.batch_alter_table('users') as batch_op:\n    "
TYPE = f"{BATCH}batch_op.alter_column('name', type_=sa.String(40))"


@dataclass(frozen=True)
class Fault:
    """A revision that falls under a rule, on tables of these texts, and one that doesn't."""

    code: str
    upgrade: str
    twin: str
    before: tuple[str, ...] = (USERS,)
    stock: bool = True
    fails: str = ""
    """What the database says when Alembic's own operations do it with rows."""
    loses: str = ""
    """A query whose answer is another afterwards."""


def table(text: str) -> tuple[str, ...]:
    return (f"CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20), {text})",)


POSTS = (
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, "
    "user_id INTEGER REFERENCES users (id) ON DELETE CASCADE)"
)
TRIGGER = "CREATE TRIGGER tr AFTER INSERT ON users BEGIN UPDATE users SET age = 1; END"
ADD = "op.add_column('users', sa.Column('x', sa.String(9)))"
OBJECTS = "SELECT group_concat(sql) FROM sqlite_master WHERE name NOT LIKE '\\_alembic%'"
FAULTS = (
    Fault(
        "L-02",
        "op.add_column('users', sa.Column('x', sa.Integer, nullable=False))",
        "op.add_column('users', sa.Column('x', sa.Integer, nullable=False, server_default='0'))",
        stock=False,
        fails="Cannot add a NOT NULL column",
    ),
    Fault(
        "L-03",
        "op.add_column('users', sa.Column('x', sa.DateTime, server_default=sa.func.now()))",
        ADD,
        fails="Cannot add a column with non-constant default",
    ),
    Fault(
        "L-03",
        "op.execute('ALTER TABLE users ADD COLUMN x INTEGER UNIQUE')",
        "op.execute('ALTER TABLE users ADD COLUMN x INTEGER DEFAULT 3')",
        stock=False,
        fails="Cannot add a UNIQUE column",
    ),
    Fault(
        "L-04",
        "op.execute('ALTER TABLE users ADD COLUMN x INTEGER DEFAULT 7 REFERENCES users (id)')",
        "op.execute('ALTER TABLE users ADD COLUMN x INTEGER REFERENCES users (id)')",
        stock=False,
        fails="Cannot add a REFERENCES column with non-NULL default",
    ),
    Fault(
        "L-05",
        "op.rename_table('users', 'users_old')\n"
        "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))",
        "op.rename_table('users', 'people')",
        (USERS, POSTS),
        stock=False,
        loses="SELECT sql FROM sqlite_master WHERE name = 'posts'",
    ),
    Fault(
        "L-02",
        "op.execute('ALTER TABLE users ADD COLUMN x INTEGER NOT NULL')",
        "op.execute('ALTER TABLE users ADD COLUMN x INTEGER NOT NULL DEFAULT 0')",
        stock=False,
        fails="Cannot add a NOT NULL column",
    ),
    Fault(
        "L-04",
        "op.add_column('users', "
        "sa.Column('x', sa.Integer, sa.ForeignKey('users.id', name='fk'), server_default='7'))",
        "op.add_column('users', sa.Column('x', sa.Integer, sa.ForeignKey('users.id', name='fk')))",
        stock=False,
    ),
    Fault(
        "L-10",
        f"{BATCH}batch_op.add_column(sa.Column('x', sa.Boolean, server_default=sa.text('1')))",
        ADD,
        (USERS, TRIGGER),
        loses=OBJECTS,
    ),
    Fault(
        "L-13", TYPE, ADD, table("a INTEGER REFERENCES users (id) ON DELETE CASCADE"), loses=OBJECTS
    ),
    Fault("L-13", TYPE, ADD, table("a"), fails="NullType"),
    Fault("L-06", f"{BATCH}batch_op.alter_column('age', new_column_name='years')", ADD),
    Fault("L-07", f"{BATCH}batch_op.drop_column('age')", ADD),
    Fault(
        "L-08",
        "op.alter_column('users', 'age', nullable=False)",
        f"{BATCH}batch_op.create_index('ix', ['age'])",
        fails='near "ALTER"',
    ),
    Fault(
        "L-09",
        "op.create_unique_constraint('uq', 'users', ['age'])",
        "op.create_index('ux', 'users', ['age'], unique=True)",
        fails="No support for ALTER of constraints",
    ),
    Fault("L-10", TYPE, ADD, (USERS, TRIGGER), loses=OBJECTS),
    Fault(
        "L-11",
        TYPE,
        ADD,
        (USERS, "CREATE VIEW v AS SELECT id FROM users"),
        fails="error in view v",
    ),
    Fault("L-12", TYPE, ADD, (USERS, POSTS), loses="SELECT count(*) FROM posts"),
    Fault(
        "L-12",
        "op.drop_table('users')",
        "op.drop_table('posts')",
        (USERS, POSTS),
        stock=False,
        loses="SELECT count(*) FROM posts",
    ),
    Fault(
        "L-12",
        "op.execute('DROP TABLE users')",
        "op.execute('DROP TABLE posts')",
        (USERS, POSTS),
        stock=False,
        loses="SELECT count(*) FROM posts",
    ),
    Fault("L-13", TYPE, ADD, table("a TEXT COLLATE NOCASE"), loses=OBJECTS),
    Fault("L-13", TYPE, ADD, table("a INTEGER CHECK (a > 0)"), loses=OBJECTS),
    Fault("L-13", TYPE, ADD, table("a TEXT -- why\n"), loses=OBJECTS),
    Fault("L-13", TYPE, ADD, table("a TEXT, UNIQUE (a) ON CONFLICT IGNORE"), loses=OBJECTS),
    Fault(
        "L-13",
        TYPE,
        ADD,
        ("CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20), age INT)",),
        loses=OBJECTS,
    ),
    Fault("L-13", TYPE, ADD, (USERS, "CREATE INDEX ix ON users (lower(name))"), loses=OBJECTS),
    Fault("L-13", TYPE, ADD, (USERS, "CREATE INDEX ix ON users (age DESC)"), loses=OBJECTS),
    Fault(
        "L-14",
        TYPE,
        ADD,
        table("a INTEGER GENERATED ALWAYS AS (id + 1) STORED"),
        fails="cannot INSERT into generated column",
    ),
    Fault(
        "L-15",
        TYPE,
        ADD,
        (
            USERS,
            "CREATE VIRTUAL TABLE search USING fts5(name, content='users', content_rowid='id')",
            (
                "CREATE TRIGGER si AFTER INSERT ON users BEGIN "
                "INSERT INTO search (rowid, name) VALUES (new.id, new.name); END"
            ),
        ),
        loses=OBJECTS,
    ),
    Fault(
        "L-18",
        f"{BATCH}batch_op.alter_column('name', type_=sa.String(40))",
        f"{BATCH}batch_op.alter_column('name', type_=sa.Text())",
        ("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT) STRICT",),
        stock=False,
        fails="unknown datatype",
    ),
    Fault(
        "L-21",
        f"{BATCH}batch_op.add_column(sa.Column('m', sa.Enum('a', 'b', create_constraint=True)))",
        f"{BATCH}batch_op.add_column("
        "sa.Column('m', sa.Enum('a', 'b', name='mood', create_constraint=True)))",
        stock=False,
    ),
    Fault(
        "L-22",
        f"{BATCH}batch_op.alter_column('name', type_=sa.Integer())",
        f"{BATCH}batch_op.alter_column('name', type_=sa.Text())",
        loses="SELECT name FROM users",
    ),
    Fault("L-24", "op.execute('PRAGMA foreign_keys=OFF')", "op.execute('PRAGMA foreign_keys')"),
    Fault(
        "L-25",
        "op.execute(sa.text('UPDATE users SET name = \"none\" WHERE age > 3'))",
        'op.execute("UPDATE users SET name = \'none\' WHERE \\"age\\" > 3")',
        stock=False,
    ),
)


def words(fault: Fault) -> str:
    return f"{fault.code}-{fault.before[-1][-40:]}-{fault.upgrade[-50:]}"


def write_project(project: LintProject, fault: Fault, upgrade: str) -> None:
    project.write_env(STOCK_ENV if fault.stock else "from bacowr.dbops.env import run_migrations\n")
    project.add("a001", "\n".join(f"op.execute({text!r})" for text in fault.before))
    project.add("a002", upgrade)


@pytest.mark.parametrize("fault", FAULTS, ids=words)
def test_a_planted_fault_is_found(lint_project: LintProject, fault: Fault) -> None:
    write_project(lint_project, fault, fault.upgrade)
    done = lint_project.findings("sqlite", "--range", "a002")
    found = [one for one in done.findings if one["code"] == fault.code]
    assert found, done.out
    assert "a002_test.py:" in found[0]["where"]
    assert found[0]["remedy"]


@pytest.mark.parametrize("fault", FAULTS, ids=words)
def test_its_clean_twin_is_not_flagged(lint_project: LintProject, fault: Fault) -> None:
    write_project(lint_project, fault, fault.twin)
    done = lint_project.findings("sqlite", "--range", "a002")
    told = {one["code"] for one in done.findings if one["level"] != "info"}
    assert told <= {"L-16", "L-17"}, done.out


def perform(path: Path, fault: Fault) -> tuple[object, object, str]:
    """Do it as Alembic alone would, on a file with rows; return two answers and the error."""
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        for text in fault.before:
            connection.exec_driver_sql(text)
        connection.exec_driver_sql("INSERT INTO users (id, name) VALUES (1, 'x1')")
        if POSTS in fault.before:
            connection.exec_driver_sql("INSERT INTO posts VALUES (1, 1)")
        connection.commit()
        before = connection.exec_driver_sql(fault.loses or "SELECT 1").fetchall()
        connection.commit()
        error = ""
        with Operations.context(MigrationContext.configure(connection)) as op:
            try:
                exec(fault.upgrade, {"op": op, "sa": sa})
            except (sa.exc.SQLAlchemyError, NotImplementedError) as raised:
                error = str(raised)
                connection.rollback()
        connection.commit()
        after = connection.exec_driver_sql(fault.loses or "SELECT 1").fetchall()
    return before, after, error


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("fault", [one for one in FAULTS if one.fails or one.loses], ids=words)
def test_what_the_rule_says_does_happen(tmp_path: Path, fault: Fault) -> None:
    before, after, error = perform(tmp_path / "measured.db", fault)
    if fault.fails:
        assert fault.fails in error
    else:
        assert not error
        assert before != after


@pytest.mark.parametrize("fault", [one for one in FAULTS if one.stock], ids=words)
def test_the_lossless_engine_answers_for_itself(lint_project: LintProject, fault: Fault) -> None:
    lint_project.add("a001", "\n".join(f"op.execute({text!r})" for text in fault.before))
    lint_project.add("a002", fault.upgrade)
    done = lint_project.findings("sqlite", "--range", "a002")
    kept = {"L-24"} & {fault.code}
    assert done.errors == kept, done.out


SHOWN_APART = {"L-01", "L-16", "L-17", "L-19", "L-20", "L-23"}


def test_every_rule_is_shown() -> None:
    shown = {fault.code for fault in FAULTS} | SHOWN_APART
    assert shown == {f"L-{number:02}" for number in range(1, 26)}
    assert RULES.keys() <= shown


def test_env_py_without_protection_is_told_once(lint_project: LintProject) -> None:
    lint_project.write_env(STOCK_ENV)
    lint_project.add("a001", "op.create_table('users', sa.Column('id', sa.Integer))")
    lint_project.add("a002", "op.create_table('posts', sa.Column('id', sa.Integer))")
    done = lint_project.findings("sqlite")
    assert sorted(one["code"] for one in done.findings) == ["L-16", "L-17"]
    assert done.code == 0


def test_a_way_back_by_batch_loses_as_much(lint_project: LintProject) -> None:
    lint_project.write_env(STOCK_ENV)
    lint_project.add("a001", f"op.execute({USERS!r})\nop.execute({TRIGGER!r})", "pass")
    lint_project.add("a002", ADD, f"{BATCH}batch_op.drop_column('x')")
    done = lint_project.findings("sqlite", "--range", "a002")
    (found,) = [one for one in done.findings if one["code"] == "L-23"]
    assert "tr" in found["message"]


def test_many_rows_are_told_of(lint_project: LintProject, tmp_path: Path) -> None:
    path = tmp_path / "big.db"
    with sqlite3.connect(path) as connection:
        connection.execute(USERS)
        connection.execute(
            "INSERT INTO users (age) WITH RECURSIVE n(i) AS "
            "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000001) SELECT i FROM n"
        )
    connection.close()
    lint_project.url = f"sqlite:///{path}"
    lint_project.add("a001", TYPE)
    assert lint_project.findings("sqlite").codes == {"L-19"}


def test_a_file_in_a_release_container_is_refused(
    lint_project: LintProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite3.connect(tmp_path / "a.db").close()
    (tmp_path / "a.db").touch()
    lint_project.url = f"sqlite:///{tmp_path}/a.db"
    lint_project.add("a001", "op.create_table('users', sa.Column('id', sa.Integer))")
    assert "L-20" not in lint_project.findings("sqlite").codes
    monkeypatch.setenv("DYNO", "release.1234")
    assert "L-20" in lint_project.findings("sqlite").errors


def test_the_database_at_hand_is_what_is_changed(lint_project: LintProject, tmp_path: Path) -> None:
    path = tmp_path / "a b%.db"
    with sqlite3.connect(path) as connection:
        connection.execute(USERS)
        connection.execute(TRIGGER)
        connection.execute("CREATE VIRTUAL TABLE s USING fts5(name, content='users')")
    connection.close()
    lint_project.write_env(STOCK_ENV)
    lint_project.url = str(sa.URL.create("sqlite", database=str(path)))
    lint_project.add("a001", TYPE)
    assert lint_project.findings("sqlite").errors == {"L-10", "L-15"}


@pytest.mark.postgres
def test_a_project_on_postgresql_can_be_judged_for_sqlite(
    lint_project: LintProject, postgres_url: str
) -> None:
    lint_project.url = postgres_url
    lint_project.add("a001", f"op.execute({USERS!r})")
    lint_project.add("a002", "op.add_column('users', sa.Column('x', sa.Text, nullable=False))")
    assert lint_project.findings("sqlite").codes == {"L-02"}
    assert "L-02" not in lint_project.lint("--json").codes


def test_a_server_that_is_not_there_is_not_at_hand(lint_project: LintProject) -> None:
    lint_project.url = "postgresql+psycopg://postgres@/x?host=/nowhere"
    lint_project.add("a001", f"op.execute({USERS!r})")
    assert "not at hand" in lint_project.lint().out
