"""A script of --sql, applied with the database's own client, does what the run itself does."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bacowr.dbops.digest import Digest, sqlite_digest
from bacowr.dbops.postgres.digest import postgres_digest
from bacowr.dbops.postgres.literals import literal as postgres_literal
from bacowr.dbops.sqlite.shadow import literal, split, with_values
from tests.dbops.sqlite.shapes import SHAPES
from tests.plugins import corpus

if TYPE_CHECKING:
    from tests.plugins.postgres import Postgres
    from tests.plugins.project import Project

CREATE = """
op.create_table('users', sa.Column('id', sa.Integer, primary_key=True),
    sa.Column('name', sa.String(40), nullable=False), sa.Column('note', sa.Text),
    sa.CheckConstraint('length(name) > 0', name='named'), sqlite_autoincrement=True)
op.create_table('jobs', sa.Column('id', sa.Integer, primary_key=True),
    sa.Column('user_id', sa.Integer, sa.ForeignKey('users.id', ondelete='CASCADE')),
    sa.Column('title', sa.String(20)))
op.create_index('ix_jobs_title', 'jobs', ['title'])
"""
UNCREATE = "op.drop_table('jobs')\nop.drop_table('users')"
ALTER = """
with op.batch_alter_table('users') as batch:
    batch.alter_column('name', type_=sa.String(80))
    batch.alter_column('note', new_column_name='remark')
    batch.create_check_constraint('short', 'length(name) < 80')
    batch.create_unique_constraint('one_name', ['name'])
with op.batch_alter_table('jobs') as batch:
    batch.alter_column('title', nullable=False, server_default='none')
"""
UNALTER = """
with op.batch_alter_table('jobs') as batch:
    batch.alter_column('title', nullable=True, server_default=None)
with op.batch_alter_table('users') as batch:
    batch.drop_constraint('one_name', type_='unique')
    batch.drop_constraint('short', type_='check')
    batch.alter_column('remark', new_column_name='note')
    batch.alter_column('name', type_=sa.String(40))
"""
FILL = """
op.bulk_insert(sa.table('users', sa.column('name'), sa.column('remark')),
    [{'name': "it's; odd -- \\n\\u00e9", 'remark': None}, {'name': ':b ? %s', 'remark': '?'}])
op.execute(sa.text("UPDATE jobs SET title = title || :end").bindparams(end="'!"))
"""
UNFILL = "op.execute(\"DELETE FROM users WHERE remark = '?' OR name LIKE 'it_s;%'\")"
ADD = "op.add_column('users', sa.Column('score', sa.Float, server_default=sa.text('0.1')))"
UNADD = "with op.batch_alter_table('users') as batch:\n    batch.drop_column('score')"
ROWS = (
    "INSERT INTO users (id, name, note) VALUES (1, 'ann', 'x'), (2, 'bob', NULL), (90, 'eve', '')",
    "DELETE FROM users WHERE id = 90",
    "INSERT INTO jobs (user_id, title) VALUES (1, 'first'), (2, 'second')",
)


def fill_history(project: Project) -> None:
    project.add("a1", CREATE, UNCREATE)
    project.add("a2", ALTER, UNALTER)
    project.add("a3", FILL, UNFILL)
    project.add("a4", ADD, UNADD)


def apply(script: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Feed a script to the sqlite3 client, or where it is missing to Python's module."""
    client = shutil.which("sqlite3")
    if client is not None:
        return subprocess.run(
            [client, str(path)], input=script, capture_output=True, text=True, check=False
        )
    error = apply_by_module(script, path)
    return subprocess.CompletedProcess([], 1 if error else 0, "", error)


def apply_by_module(script: str, path: Path) -> str:
    lines = [line for line in script.splitlines() if not line.startswith(".")]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            connection.executescript("\n".join(lines))
        except sqlite3.Error as error:
            return str(error)
    return ""


def contents(path: Path) -> tuple[list[tuple[object, ...]], Digest]:
    """Return schema and rows, the record's moments and durations left aside."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "UPDATE dbops_log SET at = '', run_id = '', host = '', pid = 0, duration_ms = 0,"
            " statements = 0"
        )
        # A script needs no ledger of the steps that a run took outside a transaction.
        connection.execute("DROP TABLE IF EXISTS dbops_steps")
        schema = connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master"
        ).fetchall()
        return sorted(schema, key=repr), sqlite_digest(connection)


def copy_of(project: Project, name: str) -> Path:
    path = Path(project.url.removeprefix("sqlite:///"))
    target = path.with_name(name)
    shutil.copyfile(path, target)
    return target


@pytest.mark.parametrize("by_client", [True, False])
def test_a_script_from_the_base_equals_the_run(
    sqlite_project: Project,
    by_client: bool,  # noqa: FBT001 - A parameter of the test.
) -> None:
    fill_history(sqlite_project)
    made = sqlite_project.flask("upgrade", "--sql")
    assert made.code == 0, made.text
    path = sqlite_project.folder / "script.db"
    if by_client:
        done = apply(made.out, path)
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert apply_by_module(made.out, path) == ""
    assert not Path(sqlite_project.url.removeprefix("sqlite:///")).exists()
    assert sqlite_project.flask("upgrade").code == 0
    assert contents(path) == contents(copy_of(sqlite_project, "online.db"))


@pytest.mark.parametrize(
    ("start", "verb", "target"),
    [
        ("a1", "upgrade", "head"),
        ("a1", "upgrade", "a2"),
        ("a4", "downgrade", "a1"),
        ("a4", "downgrade", "a3"),
        ("a2", "downgrade", "base"),
    ],
)
def test_a_script_on_rows_equals_the_run(
    sqlite_project: Project, start: str, verb: str, target: str
) -> None:
    fill_history(sqlite_project)
    assert sqlite_project.flask("upgrade", "a1").code == 0
    for statement in ROWS:
        sqlite_project.execute(statement)
    assert sqlite_project.flask("upgrade", start).code == 0
    path = copy_of(sqlite_project, "script.db")
    made = sqlite_project.flask(verb, "--sql", f"{start}:{target}")
    assert made.code == 0, made.text
    done = apply(made.out, path)
    assert (done.returncode, done.stderr) == (0, "")
    run = sqlite_project.flask(verb, target)
    assert run.code == 0, run.text
    assert contents(path) == contents(copy_of(sqlite_project, "online.db"))


def prepared(project: Project) -> Path:
    fill_history(project)
    assert project.flask("upgrade", "a1").code == 0
    for statement in ROWS:
        project.execute(statement)
    return copy_of(project, "script.db")


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_script_refuses_another_start_and_a_second_time(sqlite_project: Project) -> None:
    path = prepared(sqlite_project)
    script = sqlite_project.flask("upgrade", "--sql", "a1:head").out
    later = sqlite_project.flask("upgrade", "--sql", "a2:head").out
    before = dump(path)
    refused = apply(later, path)
    assert refused.returncode != 0
    assert "The database is not at a2, where this script begins" in refused.stderr
    assert dump(path) == before
    assert apply(script, path).returncode == 0
    before = dump(path)
    assert "The database is not at a1" in apply(script, path).stderr
    assert dump(path) == before


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE users ADD COLUMN only_here TEXT",
        "CREATE INDEX only_here ON users (note)",
        "CREATE TRIGGER only_here AFTER INSERT ON users BEGIN SELECT 1; END",
    ],
)
def test_a_script_refuses_a_table_that_is_not_as_the_revisions_left_it(
    sqlite_project: Project, change: str
) -> None:
    path = prepared(sqlite_project)
    script = sqlite_project.flask("upgrade", "--sql", "a1:head").out
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
    before = dump(path)
    done = apply(script, path)
    assert "Table users is not as the revisions leave it" in done.stderr
    assert done.returncode != 0
    assert dump(path) == before


def test_a_script_stops_at_rows_that_stand_against_it(sqlite_project: Project) -> None:
    path = prepared(sqlite_project)
    script = sqlite_project.flask("upgrade", "--sql", "a1:head").out
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO jobs (user_id, title) VALUES (1, NULL)")
        connection.commit()
    before = dump(path)
    assert apply(script, path).returncode != 0
    assert dump(path) == before


TO_INTEGER = """
with op.batch_alter_table('users') as batch:
    batch.alter_column('note', type_=sa.Integer())
"""


def test_a_script_stops_at_values_that_would_change(sqlite_project: Project) -> None:
    sqlite_project.add("a1", CREATE, UNCREATE)
    sqlite_project.add("a2", TO_INTEGER)
    assert sqlite_project.flask("upgrade", "a1").code == 0
    sqlite_project.execute("INSERT INTO users (name, note) VALUES ('ann', '12'), ('bob', 'abc')")
    path = copy_of(sqlite_project, "script.db")
    script = sqlite_project.flask("upgrade", "--sql", "a1:head").out
    before = dump(path)
    done = apply(script, path)
    assert "Rows stand against revision a2; run it online to see which" in done.stderr
    assert dump(path) == before
    assert sqlite_project.flask("upgrade").code == 1
    for database in (path, Path(sqlite_project.url.removeprefix("sqlite:///"))):
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("DELETE FROM users WHERE note = 'abc'")
            connection.commit()
    assert apply(script, path).returncode == 0
    assert sqlite_project.flask("upgrade").code == 0
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM dbops_log WHERE outcome <> 'done'")
        assert connection.execute("SELECT note, typeof(note) FROM users").fetchall() == [
            (12, "integer")
        ]
    assert [one for one in contents(path)[0] if one[1] == "users"] == [
        one for one in contents(copy_of(sqlite_project, "online.db"))[0] if one[1] == "users"
    ]


def test_a_script_keeps_the_values_of_rows_older_than_their_column(sqlite_project: Project) -> None:
    sqlite_project.add("a1", CREATE, UNCREATE)
    sqlite_project.add("a2", ADD, UNADD)
    sqlite_project.add(
        "a3",
        "with op.batch_alter_table('users') as batch:\n"
        "    batch.alter_column('score', server_default=sa.text('0.2'))",
    )
    assert sqlite_project.flask("upgrade", "a1").code == 0
    for statement in ROWS:
        sqlite_project.execute(statement)
    assert sqlite_project.flask("upgrade", "a2").code == 0
    path = copy_of(sqlite_project, "script.db")
    script = sqlite_project.flask("upgrade", "--sql", "a2:head").out
    done = apply(script, path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sqlite_project.flask("upgrade").code == 0
    assert sqlite_project.scalars("SELECT DISTINCT score FROM users") == [0.1]
    assert contents(path) == contents(copy_of(sqlite_project, "online.db"))


def test_a_script_stops_at_rows_that_would_refer_to_nothing(sqlite_project: Project) -> None:
    sqlite_project.add("a1", CREATE, UNCREATE)
    sqlite_project.add("a2", "op.execute('DELETE FROM users WHERE id = 1')")
    assert sqlite_project.flask("upgrade", "a1").code == 0
    for statement in ROWS:
        sqlite_project.execute(statement)
    path = copy_of(sqlite_project, "script.db")
    before = dump(path)
    done = apply(sqlite_project.flask("upgrade", "--sql", "a1:head").out, path)
    assert "Revision a2 leaves rows that refer to nothing" in done.stderr
    assert dump(path) == before


READERS = {
    "select": "op.get_bind().execute(sa.text('SELECT name FROM users')).all()",
    "with": "op.get_bind().execute(sa.text("
    "'WITH u AS (SELECT 1 FROM users) SELECT * FROM u')).all()",
    "returning": "op.get_bind().execute(sa.text("
    "\"INSERT INTO users (name) VALUES ('x') RETURNING id\")).all()",
}


@pytest.mark.parametrize("kind", READERS)
def test_a_revision_that_reads_rows_is_refused_by_name(project: Project, kind: str) -> None:
    project.add("a1", CREATE, UNCREATE)
    project.add("reader", READERS[kind])
    made = project.flask("upgrade", "--sql")
    assert made.code == 1
    assert made.out == ""
    assert "Revision reader can't be written as SQL" in made.err
    assert "Traceback" not in made.err
    if project.url.startswith("sqlite"):
        assert "it reads rows of users" in made.err


def test_a_revision_may_look_at_the_schema(sqlite_project: Project) -> None:
    sqlite_project.add("a1", CREATE, UNCREATE)
    sqlite_project.add(
        "a2",
        "if 'users' in sa.inspect(op.get_bind()).get_table_names():\n"
        "    op.execute('UPDATE users SET note = NULL')",
    )
    made = sqlite_project.flask("upgrade", "--sql")
    assert "UPDATE users SET note = NULL;" in made.out


def test_a_failing_revision_is_named_and_nothing_is_printed(project: Project) -> None:
    project.add("a1", CREATE, UNCREATE)
    project.add("broken", "raise ValueError('on purpose')")
    made = project.flask("upgrade", "--sql")
    assert (made.code, made.out) == (1, "")
    assert "Revision broken can't be written as SQL: ValueError: on purpose" in made.err


def test_what_a_revision_takes_back_is_not_written(sqlite_project: Project) -> None:
    sqlite_project.add("a1", CREATE, UNCREATE)
    sqlite_project.add(
        "a2",
        "for name in ('ann', 'bob'):\n"
        "    with op.get_bind().begin_nested() as point:\n"
        "        op.execute(f\"INSERT INTO users (name) VALUES ('{name}')\")\n"
        "        if name == 'bob':\n"
        "            point.rollback()",
    )
    made = sqlite_project.flask("upgrade", "--sql")
    assert "'ann'" in made.out
    assert "'bob'" not in made.out
    path = sqlite_project.folder / "script.db"
    done = apply(made.out, path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sqlite_project.flask("upgrade").code == 0
    assert contents(path) == contents(copy_of(sqlite_project, "online.db"))


EDITS = (
    "batch.alter_column('x', type_=sa.Integer())",
    "batch.create_check_constraint('ck_x', \"x <> 'never'\")",
    "batch.alter_column('x', new_column_name='y')",
    "batch.add_column(sa.Column('z', sa.Integer(), server_default='5'))",
)
OFTEN = {"trigger", "autoincrement", "stored column", "view", "partial index", "full-text search"}


@pytest.mark.parametrize(
    "shape", [one if one in OFTEN else pytest.param(one, marks=pytest.mark.long) for one in SHAPES]
)
def test_a_script_for_every_shape_of_table_equals_the_run(
    sqlite_project: Project, shape: str
) -> None:
    statements = list(split(SHAPES[shape]))
    sqlite_project.add("a1", f"for one in {statements!r}:\n    op.get_bind().exec_driver_sql(one)")
    for number, edit in enumerate(EDITS, start=2):
        sqlite_project.add(f"a{number}", f"with op.batch_alter_table('t') as batch:\n    {edit}")
    assert sqlite_project.flask("upgrade", "a1").code == 0
    path = copy_of(sqlite_project, "script.db")
    made = sqlite_project.flask("upgrade", "--sql", "a1:head")
    assert made.code == 0, made.text
    done = apply(made.out, path)
    assert (done.returncode, done.stderr) == (0, "")
    run = sqlite_project.flask("upgrade")
    assert run.code == 0, run.text
    found, expected = contents(path), contents(copy_of(sqlite_project, "online.db"))
    assert found == expected


def test_branches_and_merges_are_written_too(sqlite_project: Project) -> None:
    sqlite_project.add("a1", CREATE, UNCREATE)
    sqlite_project.add("b1", ADD, UNADD)
    sqlite_project.add(
        "c1",
        "op.create_table('tags', sa.Column('a', sa.Text))",
        "op.drop_table('tags')",
        parent="a1",
    )
    sqlite_project.add("m1", "pass", parent=("b1", "c1"))
    path = sqlite_project.folder / "script.db"
    done = apply(sqlite_project.flask("upgrade", "--sql").out, path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sqlite_project.flask("upgrade").code == 0
    assert contents(path) == contents(copy_of(sqlite_project, "online.db"))
    back = apply(sqlite_project.flask("downgrade", "--sql", "m1:a1").out, path)
    assert (back.returncode, back.stderr) == (0, "")
    assert sqlite_project.flask("downgrade", "a1").code == 0
    assert contents(path) == contents(copy_of(sqlite_project, "online.db"))


def add_whole_corpus(project: Project, own: tuple[str, ...]) -> None:
    """Write the harnesses' history, with reading rows put as one statement."""
    fill = (
        "op.execute('INSERT INTO orders (id, person_id, cents) '"
        "           'SELECT id, id, id * 100 FROM people')"
    )
    bodies = [fill if ".scalars()" in body else body for body in (*corpus.BOTH, *own)]
    for number, body in enumerate(bodies):
        if ".rowcount" not in body:
            project.add(f"r{number:03}", body)


def test_a_long_history_as_one_script_equals_the_run(sqlite_project: Project) -> None:
    add_whole_corpus(sqlite_project, corpus.SQLITE)
    made = sqlite_project.flask("upgrade", "--sql")
    assert made.code == 0, made.text
    path = sqlite_project.folder / "script.db"
    done = apply(made.out, path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sqlite_project.flask("upgrade").code == 0
    found, expected = contents(path), contents(copy_of(sqlite_project, "online.db"))
    assert expected[1].differences(found[1]) == []
    assert found == expected


@pytest.mark.postgres
def test_a_long_history_of_postgres_as_one_script_equals_the_run(
    postgres: Postgres, postgres_project: Project
) -> None:
    add_whole_corpus(postgres_project, corpus.POSTGRES)
    made = postgres_project.flask("upgrade", "--sql")
    assert made.code == 0, made.text
    other = postgres.create_database()
    try:
        done = psql(made.out, other, postgres)
        assert done.returncode == 0, done.stderr
        assert postgres_project.flask("upgrade").code == 0
        assert postgres_contents(other) == postgres_contents(postgres_project.url)
    finally:
        postgres.drop_database(other)


def test_the_apps_own_options_reach_the_script(sqlite_project: Project) -> None:
    app = sqlite_project.folder / "app.py"
    app.write_text(
        app.read_text().replace("migrate = Migrate()", "migrate = Migrate(version_table='history')")
    )
    sqlite_project.add("a1", CREATE, UNCREATE)
    made = sqlite_project.flask("upgrade", "--sql")
    assert "CREATE TABLE IF NOT EXISTS history (" in made.out
    assert "alembic_version" not in made.out.replace("alembic_version_pkc", "")
    done = apply(made.out, sqlite_project.folder / "script.db")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_refusal_of_a_revision_keeps_its_words(sqlite_project: Project) -> None:
    sqlite_project.add(
        "a1",
        "from bacowr.dbops.errors import refuse\nraise refuse('x', 'There is no way back.')",
    )
    made = sqlite_project.flask("upgrade", "--sql")
    assert (made.code, made.out) == (1, "")
    assert "There is no way back." in made.err


def test_a_hook_and_an_empty_statement_are_no_hindrance(sqlite_project: Project) -> None:
    app = sqlite_project.folder / "app.py"
    app.write_text(
        app.read_text().replace("dbops = DbOps()", "dbops = DbOps()\ndbops.on_engine(print)")
    )
    sqlite_project.add("a1", "op.execute('-- nothing to do')")
    made = sqlite_project.flask("upgrade", "--sql")
    assert made.code == 0, made.text
    assert "nothing to do" not in made.out


@pytest.mark.postgres
def test_a_postgres_script_names_the_schema_of_its_version_table(
    postgres: Postgres, postgres_project: Project
) -> None:
    app = postgres_project.folder / "app.py"
    text = app.read_text()
    app.write_text(text.replace("Migrate()", "Migrate(version_table_schema='public')"))
    fill_history(postgres_project)
    made = postgres_project.flask("upgrade", "--sql", "a2")
    assert "CREATE TABLE IF NOT EXISTS public.alembic_version (" in made.out
    assert psql(made.out, postgres_project.url, postgres).returncode == 0
    stamped = postgres_project.flask("stamp", "--sql", "a2:a4")
    done = psql(stamped.out, postgres_project.url, postgres)
    assert done.returncode == 0, done.stderr
    assert postgres_project.heads() == ["a4"]


def test_a_stamp_can_be_written(sqlite_project: Project) -> None:
    path = prepared(sqlite_project)
    made = sqlite_project.flask("stamp", "--sql", "a1:a3")
    assert made.code == 0, made.text
    assert apply(made.out, path).returncode == 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("a3",)]


@pytest.mark.postgres
def test_a_postgres_script_equals_the_run(postgres: Postgres, postgres_project: Project) -> None:
    fill_history(postgres_project)
    made = postgres_project.flask("upgrade", "--sql")
    assert made.code == 0, made.text
    other = postgres.create_database()
    try:
        assert psql(made.out, other, postgres).returncode == 0
        assert postgres_project.flask("upgrade").code == 0
        assert postgres_contents(other) == postgres_contents(postgres_project.url)
        again = psql(made.out, other, postgres)
        assert again.returncode != 0
        assert "The database is not at the base, where this script begins" in again.stderr
        back = postgres_project.flask("downgrade", "--sql", "a4:a1")
        assert psql(back.out, other, postgres).returncode == 0
        assert postgres_project.flask("downgrade", "a1").code == 0
        assert postgres_contents(other) == postgres_contents(postgres_project.url)
    finally:
        postgres.drop_database(other)


def psql(script: str, url: str, postgres: Postgres) -> subprocess.CompletedProcess[str]:
    name = str(sa.make_url(url).database)
    command = [
        shutil.which("psql", path=f"{postgres.bin_dir}:/usr/bin") or "psql",
        "-q",
        "-h",
        postgres.socket,
        "-U",
        "postgres",
        name,
    ]
    return subprocess.run(command, input=script, capture_output=True, text=True, check=False)


def postgres_contents(url: str) -> Digest:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE dbops_log SET at = '', run_id = '', host = '', pid = 0, duration_ms = 0,"
            " statements = 0"
        )
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS dbops_steps")
    with engine.connect() as connection:
        return postgres_digest(connection)


@given(
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.binary()
    | st.text(st.characters(exclude_categories=["Cs"]))
)
def test_a_literal_reads_back_as_the_value(value: object) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        read, kind = connection.execute(
            f"SELECT {literal(value)} AS v, typeof(v)".replace(
                "typeof(v)", f"typeof({literal(value)})"
            )
        ).fetchone()
    assert read == value
    assert isinstance(read, type(value))
    assert kind


@given(
    st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.binary()
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
)
def test_a_postgres_literal_is_one_token(value: object) -> None:
    written = postgres_literal(value)
    if isinstance(value, str):
        assert written[1:-1].replace("''", "'") == value
    elif isinstance(value, bytes):
        assert bytes.fromhex(written[3:-8]) == value
    else:
        assert str(value).lower() == written


def test_values_replace_variables_and_nothing_else() -> None:
    sql = "SELECT '?', \":a\", -- ? :a\n ?, ?2 /* ? */"
    assert with_values(sql, ("x", 2)) == "SELECT '?', \":a\", -- ? :a\n 'x', 2 /* ? */"
    assert with_values("SELECT :a, @b, $a", {"a": 1, "b": None}) == "SELECT 1, NULL, 1"
    assert with_values("SELECT ?", ()) == "SELECT ?"


def test_a_script_is_divided_at_statements() -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END"
    script = f"SELECT ';'; {trigger}; -- done;\nSELECT 3"
    assert list(split(script)) == ["SELECT ';'", trigger, "-- done;\nSELECT 3"]
