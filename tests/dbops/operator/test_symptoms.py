"""Every known failure is told in words, with what mends it, and writes nothing."""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from tests.plugins.project import Outside, Project

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dbops.operator.conftest import Inside
    from tests.plugins.postgres import Postgres

USERS = """
op.create_table('users', sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.Text))
"""
ROW = "INSERT INTO users (name) VALUES ('ann')"


def two(project: Project, second: str = "pass", **words: object) -> Project:
    project.add("a1", USERS, "op.drop_table('users')")
    project.add("a2", second, **words)  # type: ignore[arg-type] # As add takes them.
    return project


def at_a1(project: Project, second: str) -> Project:
    two(project, second)
    assert project.flask("upgrade", "a1").code == 0
    project.execute(ROW)
    return project


def dump(project: Project) -> list[str]:
    """Return the database's text, the record's failures left aside."""
    with closing(sqlite3.connect(project.url.removeprefix("sqlite:///"))) as connection:
        return [line for line in connection.iterdump() if "dbops_log" not in line]


def told(done: Outside | Inside, *words: str) -> None:
    assert done.code in {1, 2}, done.text  # Which of them: tests/dbops/history/test_exit_codes.py.
    assert "Traceback" not in done.text
    for word in words:
        assert word in done.err, done.err


REVISIONS: dict[str, tuple[str, list[str]]] = {
    "not null on rows": (
        "op.add_column('users', sa.Column('x', sa.Text, nullable=False))",
        ["NOT NULL", "server_default"],
    ),
    "generated column": (
        (
            "op.execute('CREATE TABLE g (a, b AS (a + 1))')\n"
            "op.execute('INSERT INTO g (a, b) VALUES (1, 2)')"
        ),
        ["The column b is computed", "rolled back", "a2_test.py:"],
    ),
    "unnamed constraint": (
        (
            "with op.batch_alter_table('users') as batch:\n"
            "    batch.drop_constraint(None, type_='unique')"
        ),
        ["name"],
    ),
    "table is there": (
        "op.execute('CREATE TABLE users (id int)')",
        ["The table users is there already", "flask db adopt"],
    ),
    "column is there": (
        "op.execute('ALTER TABLE users ADD COLUMN name TEXT')",
        ["The column name is there already"],
    ),
    "runtime error": ("raise RuntimeError('boom')", ["boom", "a2_test.py:", "rolled back"]),
    "other error": ("raise ValueError('boom')", ["ValueError: boom", "a2_test.py:"]),
    "bad sql": ("op.execute('SELEC 1')", ["syntax error", "a2_test.py:"]),
    "rows break it": (
        "op.execute(\"INSERT INTO users (id, name) VALUES (1, 'bob')\")",
        ["Rows that are there break the UNIQUE constraint", "users.id"],
    ),
    "view names it": (
        (
            "op.execute('CREATE VIEW v AS SELECT gone FROM users')\n"
            "op.execute('ALTER TABLE users RENAME COLUMN name TO other')"
        ),
        ["The view v names", "Drop the view"],
    ),
}


@pytest.mark.parametrize("case", REVISIONS)
def test_a_failing_revision_is_explained_and_rolled_back(
    sqlite_project: Project, case: str
) -> None:
    body, words = REVISIONS[case]
    at_a1(sqlite_project, body)
    before = dump(sqlite_project)
    done = sqlite_project.flask("upgrade")
    told(done, *words)
    assert dump(sqlite_project) == before
    assert sqlite_project.heads() == ["a1"]


def break_file(name: str, text: str) -> Callable[[Project], None]:
    def change(project: Project) -> None:
        path = project.folder / "migrations" / "versions" / name
        path.write_text(text)

    return change


def cycle(project: Project) -> None:
    versions = project.folder / "migrations" / "versions"
    first = versions / "a1_test.py"
    first.write_text(first.read_text().replace("down_revision = None", "down_revision = 'a2'"))


def second_head(project: Project) -> None:
    project.add("b1", "pass", parent="a1")


def no_folder(project: Project) -> None:
    (project.folder / "migrations").rename(project.folder / "elsewhere")


HEAD = "from alembic import op\nimport sqlalchemy as sa\n"
HISTORIES: dict[str, tuple[Callable[[Project], None], list[str], str]] = {
    "syntax": (
        break_file("b1.py", "def upgrade(:\n"),
        ["not Python", "b1.py:1", "Correct the file"],
        "revision-syntax",
    ),
    "import": (
        break_file("b1.py", "import nowhere\nrevision = 'b1'\ndown_revision = 'a2'\n"),
        ["imports what isn't there", "nowhere", "b1.py:1"],
        "revision-import",
    ),
    "parent": (
        break_file("b1.py", f"{HEAD}revision = 'b1'\ndown_revision = 'zzzz'\n"),
        ["zzzz", "has no file", "down_revision"],
        "unknown-parent",
    ),
    "duplicate": (
        break_file("b1.py", f"{HEAD}revision = 'a2'\ndown_revision = 'a1'\n"),
        ["Several files call themselves revision a2"],
        "duplicate-id",
    ),
    "cycle": (cycle, ["circle", "down_revision"], "cycle"),
    "heads": (second_head, ["several heads", "flask db merge heads"], "several-heads"),
    "folder": (no_folder, ["no migrations folder", "flask db init"], "no-directory"),
}


@pytest.mark.parametrize("case", HISTORIES)
def test_a_broken_history_is_explained(sqlite_project: Project, case: str) -> None:
    change, words, code = HISTORIES[case]
    two(sqlite_project)
    change(sqlite_project)
    told(sqlite_project.flask("upgrade"), *words)
    assert (
        not Path(sqlite_project.url.removeprefix("sqlite:///")).exists()
        or not dump(sqlite_project)[2:]
    )
    looked = sqlite_project.flask("doctor", "--json")
    assert looked.code == 1
    assert f'"code": "{code}"' in looked.out


def test_an_unknown_revision_in_the_database_is_explained(sqlite_project: Project) -> None:
    at_a1(sqlite_project, "pass")
    sqlite_project.execute("UPDATE alembic_version SET version_num = 'deadbeef0001'")
    before = dump(sqlite_project)
    for command in (["upgrade"], ["downgrade"], ["migrate"], ["doctor"], ["status"]):
        done = sqlite_project.flask(*command)
        assert done.code == 1
        assert "deadbeef0001" in done.text
        assert "has no file" in done.text
        assert "restore its file from version control" in done.text
        assert "Traceback" not in done.text
    assert dump(sqlite_project) == before


def test_a_mistyped_revision_is_explained(sqlite_project: Project) -> None:
    at_a1(sqlite_project, "pass")
    told(sqlite_project.flask("upgrade", "nonsense"), "Revision nonsense has no file", "mistyped")


def test_migrate_on_an_old_database_is_explained(sqlite_project: Project) -> None:
    at_a1(sqlite_project, "pass")
    told(sqlite_project.flask("migrate"), "not at the newest revision", "`flask db upgrade`")


def test_check_says_that_the_models_differ(sqlite_project: Project) -> None:
    two(sqlite_project)
    assert sqlite_project.flask("upgrade").code == 0
    program = sqlite_project.folder / "app.py"
    columns = "id = db.Column(db.Integer, primary_key=True)"
    model = f'\n\nclass User(db.Model):\n    __tablename__ = "users"\n    {columns}\n'
    program.write_text(program.read_text() + model)
    told(sqlite_project.flask("check"), "The models differ", "users.name", "flask db migrate")


def test_tables_without_a_version_are_explained(sqlite_project: Project) -> None:
    two(sqlite_project)
    sqlite_project.execute("CREATE TABLE users (id int)")
    before = dump(sqlite_project)
    told(sqlite_project.flask("upgrade"), "The table users is there already")
    assert sqlite_project.scalars("SELECT count(*) FROM users") == [0]
    assert [line for line in dump(sqlite_project) if "alembic_version" not in line] == before
    looked = sqlite_project.flask("doctor")
    assert "doesn't say at which revision it is" in looked.out


def test_leftover_tables_are_explained(sqlite_project: Project) -> None:
    at_a1(sqlite_project, "pass")
    sqlite_project.execute("CREATE TABLE _alembic_tmp_users (id int)")
    sqlite_project.execute("CREATE TABLE _alembic_tmp_gone (id int)")
    for command in ("doctor", "status"):
        done = sqlite_project.flask(command)
        assert done.code == 1
        assert "left over from a batch change of users" in done.out
        assert 'DROP TABLE "_alembic_tmp_users"' in done.out
        assert "may hold the only copy of the rows of gone" in done.out
        assert 'ALTER TABLE "_alembic_tmp_gone" RENAME TO "gone"' in done.out
    assert sqlite_project.flask("upgrade").code == 0


def test_a_leftover_table_in_the_way_is_explained(sqlite_project: Project) -> None:
    at_a1(sqlite_project, "op.execute('CREATE TABLE _alembic_tmp_users (id int)')")
    sqlite_project.execute("CREATE TABLE _alembic_tmp_users (id int)")
    told(sqlite_project.flask("upgrade"), "left over from a batch change", "flask db doctor")


def test_a_missing_folder_is_explained(sqlite_project: Project) -> None:
    two(sqlite_project)
    sqlite_project.url = "sqlite:////nowhere/at/all.db"
    told(sqlite_project.flask("upgrade"), "/nowhere/at", "SQLALCHEMY_DATABASE_URI")
    looked = sqlite_project.flask("doctor")
    assert looked.code == 1
    assert "The folder /nowhere/at of the SQLite file does not exist" in looked.out


def test_a_read_only_database_is_explained(sqlite_project: Project) -> None:
    at_a1(sqlite_project, "pass")
    path = sqlite_project.url.removeprefix("sqlite:///")
    sqlite_project.url = f"sqlite:///file:{path}?mode=ro&uri=true"
    done = sqlite_project.flask("upgrade")
    told(done, "can't be written", "write access")
    assert "can't be written" in sqlite_project.flask("doctor").out


def test_a_file_that_is_no_database_is_explained(sqlite_project: Project) -> None:
    two(sqlite_project)
    path = Path(sqlite_project.url.removeprefix("sqlite:///"))
    path.write_bytes(b"This is a text." * 100)
    told(sqlite_project.flask("upgrade"), "not a SQLite database", "flask db restore")
    assert path.read_bytes() == b"This is a text." * 100
    looked = sqlite_project.flask("doctor")
    assert looked.code == 1
    assert "not a SQLite database" in looked.out


def test_a_damaged_file_is_explained(sqlite_project: Project) -> None:
    at_a1(sqlite_project, "pass")
    sqlite_project.execute("CREATE TABLE wide AS SELECT zeroblob(40000) AS a")
    path = Path(sqlite_project.url.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    content[-20000:] = b"\x13" * 20000
    path.write_bytes(content)
    looked = sqlite_project.flask("doctor")
    assert looked.code == 1
    assert "damaged" in looked.out
    told(sqlite_project.flask("upgrade"), "was not copied, and nothing was changed")


def test_a_full_disk_is_explained(sqlite_project: Project) -> None:
    at_a1(sqlite_project, "op.execute('CREATE TABLE t AS SELECT zeroblob(4000000) AS a')")
    app = sqlite_project.folder / "app.py"
    app.write_text(
        app.read_text().replace(
            "    return app",
            "    import sqlalchemy as sa\n    with app.app_context():\n"
            "        @sa.event.listens_for(db.engine, 'connect')\n"
            "        def limit(raw, _entry):\n"
            "            raw.execute('PRAGMA max_page_count=60')\n"
            "    return app",
        )
    )
    before = dump(sqlite_project)
    told(sqlite_project.flask("upgrade"), "The disk is full", "Free some space")
    assert dump(sqlite_project) == before


def test_another_writer_is_explained(sqlite_project: Project) -> None:
    at_a1(sqlite_project, "pass")
    sqlite_project.config = {"DBOPS_BUSY_TIMEOUT": 0.1, "DBOPS_BACKUP": False}
    path = sqlite_project.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told(sqlite_project.flask("upgrade"), "kept writing", "DBOPS_BUSY_TIMEOUT")


@pytest.mark.parametrize("mark", [{"DYNO": "release.1234"}, {"RELEASE_COMMAND": "1"}])
def test_a_release_containers_disk_is_refused(
    sqlite_project: Project, mark: dict[str, str]
) -> None:
    two(sqlite_project)
    sqlite_project.environment = mark
    told(sqlite_project.flask("upgrade"), "thrown away after this command", "start command")
    assert sqlite_project.flask("doctor").code == 1
    sqlite_project.config = {"DBOPS_ALLOW_THROWAWAY": "1"}
    assert sqlite_project.flask("upgrade").code == 0


@pytest.mark.parametrize("mark", ["RAILWAY_ENVIRONMENT", "FLY_APP_NAME"])
def test_a_platform_without_a_volume_only_warns(sqlite_project: Project, mark: str) -> None:
    two(sqlite_project)
    sqlite_project.environment = {mark: "x"}
    assert sqlite_project.flask("upgrade").code == 0
    looked = sqlite_project.flask("doctor")
    assert looked.code == 0
    assert "throws away at each deploy" in looked.out
    folder = str(sqlite_project.folder.parent)
    sqlite_project.environment["RAILWAY_VOLUME_MOUNT_PATH"] = folder
    assert "throws away" not in sqlite_project.flask("doctor").out


def test_models_that_nobody_imported_are_noticed(sqlite_project: Project) -> None:
    two(sqlite_project)
    assert sqlite_project.flask("upgrade").code == 0
    assert "knows no models" in sqlite_project.flask("doctor").out
    told(sqlite_project.flask("migrate"), "would drop users", "No file was written", "Import")
    assert len(list((sqlite_project.folder / "migrations" / "versions").glob("*.py"))) == 2


def test_an_edited_revision_is_noticed(sqlite_project: Project) -> None:
    at_a1(sqlite_project, "pass")
    path = sqlite_project.folder / "migrations" / "versions" / "a1_test.py"
    path.write_text(path.read_text() + "# later\n")
    for command in ("doctor", "status"):
        assert "was edited after it was applied" in sqlite_project.flask(command).out


def test_several_databases_are_refused(sqlite_project: Project) -> None:
    two(sqlite_project)
    sqlite_project.config = {"SQLALCHEMY_BINDS": {"other": "sqlite://"}}
    for command in ("upgrade", "backup"):
        told(sqlite_project.flask(command), "several databases")
    assert sqlite_project.flask("status").code == 2
    assert "several databases" in sqlite_project.flask("doctor").out


def test_wrong_settings_are_told_all_at_once(sqlite_project: Project) -> None:
    two(sqlite_project)
    sqlite_project.config = {"DBOPS_BACKUP": "perhaps", "DBOPS_BACKUP_KEEP": 0}
    told(sqlite_project.flask("upgrade"), "DBOPS_BACKUP=", "DBOPS_BACKUP_KEEP=0")


def test_no_server_is_explained_without_the_password(sqlite_project: Project) -> None:
    two(sqlite_project)
    sqlite_project.url = "postgresql+psycopg://me:secretpw@127.0.0.1:1/app"
    codes = {"upgrade": 2, "status": 2, "doctor": 1, "backup": 2, "log": 2}
    for command, code in codes.items():
        done = sqlite_project.flask(command)
        assert done.code == code
        assert "can't be reached" in done.text
        assert "secretpw" not in done.text
        assert "Traceback" not in done.text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgres://me:secretpw@localhost/app", "postgresql+psycopg://"),
        ("mysterious://localhost/app", "mysterious://"),
        ("postgresql+pg8000://me:secretpw@localhost/app", "driver pg8000"),
        ("nonsense", "can't be read"),
        ("", "can't be read"),
    ],
)
def test_an_application_that_cannot_be_made_is_explained(
    tmp_path: Path, url: str, words: str
) -> None:
    project = Project(tmp_path / "project", url)
    done = project.flask("upgrade")
    assert done.code == 1
    assert words in done.err
    assert "Nothing was changed." in done.err
    assert "Traceback" not in done.text
    assert "secretpw" not in done.text


@pytest.mark.postgres
def test_a_missing_database_is_explained(postgres: Postgres, sqlite_project: Project) -> None:
    two(sqlite_project)
    sqlite_project.url = f"postgresql+psycopg://postgres@/nowhere?host={postgres.socket}"
    told(sqlite_project.flask("upgrade"), "no database nowhere", "createdb nowhere")


@pytest.mark.postgres
def test_a_missing_role_is_explained(postgres: Postgres, sqlite_project: Project) -> None:
    two(sqlite_project)
    sqlite_project.url = f"postgresql+psycopg://nobody_here@/postgres?host={postgres.socket}"
    told(sqlite_project.flask("upgrade"), "nobody_here")


@pytest.mark.postgres
def test_a_missing_privilege_is_explained(postgres: Postgres, postgres_project: Project) -> None:
    two(postgres_project)
    name = str(sa.make_url(postgres_project.url).database)
    postgres.execute("DROP ROLE IF EXISTS reader")
    postgres.execute("CREATE ROLE reader LOGIN")
    try:
        postgres_project.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        postgres_project.url = f"postgresql+psycopg://reader@/{name}?host={postgres.socket}"
        told(postgres_project.flask("upgrade"), "lacks a privilege on schema public")
        looked = postgres_project.flask("doctor")
        assert looked.code == 1
        assert "may not create tables in schema public" in looked.out
    finally:
        postgres.execute("DROP ROLE reader")


@pytest.mark.postgres
def test_a_failing_revision_on_postgres_is_explained(postgres_project: Project) -> None:
    two(postgres_project, "op.add_column('users', sa.Column('x', sa.Text, nullable=False))")
    assert postgres_project.flask("upgrade", "a1").code == 0
    postgres_project.execute(ROW)
    told(postgres_project.flask("upgrade"), "can't be NOT NULL", "server_default")
    assert postgres_project.heads() == ["a1"]


@pytest.mark.postgres
def test_a_healthy_postgres_project_is_told_so(postgres_project: Project) -> None:
    two(postgres_project)
    assert postgres_project.flask("upgrade").code == 0
    looked = postgres_project.flask("doctor")
    assert looked.code == 0
    assert "WRONG" not in looked.out


@pytest.mark.postgres
def test_an_index_that_was_never_finished_is_told(postgres_project: Project) -> None:
    two(postgres_project)
    assert postgres_project.flask("upgrade").code == 0
    postgres_project.execute("INSERT INTO users (name) VALUES ('a'), ('a')")
    engine = sa.create_engine(
        postgres_project.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql("CREATE UNIQUE INDEX CONCURRENTLY once ON users (name)")
    looked = postgres_project.flask("doctor")
    assert looked.code == 1
    assert "The index public.once was not finished" in looked.out
    assert "DROP INDEX CONCURRENTLY public.once" in looked.out


@pytest.mark.parametrize("words", [("upgrade", "heads"), ("lint",), ("current",)])
def test_one_id_twice_is_refused_where_alembic_only_warns(
    sqlite_project: Project, words: tuple[str, ...]
) -> None:
    two(sqlite_project)
    break_file("b1.py", f"{HEAD}revision = 'a2'\ndown_revision = 'a1'\n")(sqlite_project)
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # As it is outside of tests.
        done = sqlite_project.flask(*words)
    told(done, "Several files call themselves revision a2", "flask db rebase")
    assert "more than once" not in done.text
    assert sqlite_project.tables() == set()
