"""The corners of the operator's half, each through the function that has it."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from bacowr.dbops import lastresort
from bacowr.dbops.catalog import Backup, Reason, read, record
from bacowr.dbops.copies import BackupError, DatabaseInUseError, DiskFullError, Proof, explain
from bacowr.dbops.diagnose import explain as explain_error
from bacowr.dbops.diagnose import without_password
from bacowr.dbops.digest import Digest
from bacowr.dbops.errors import refuse
from bacowr.dbops.estimates import count_roughly, names_in
from bacowr.dbops.places import judge_place
from bacowr.dbops.postgres.literals import literal
from bacowr.dbops.report import Level
from bacowr.dbops.revision_files import revision_of
from bacowr.dbops.sqlite.refusal import RefusedChange
from bacowr.dbops.sqlite.restore import is_database
from bacowr.dbops.sqlite.shadow import Tape, shadow_engine
from bacowr.dbops.sqlite.shadow import literal as sqlite_literal

if TYPE_CHECKING:
    from tests.plugins.project import Project

TEXTS = {
    "Can't locate revision identified by 'deadbeef0001'": "unknown-revision",
    "table _alembic_tmp_users already exists": "leftover-table",
    "error in view v: no such table: main.t": "broken-dependent",
    "error in trigger tr after rename: no such column: name": "broken-dependent",
    'cannot INSERT into generated column "b"': "generated-column",
    "Cannot add a NOT NULL column with default value NULL": "not-null-on-rows",
    'column "x" of relation "users" contains null values': "not-null-on-rows",
    "Constraint must have a name": "unnamed-constraint",
    "Multiple head revisions are present for given argument 'head'": "several-heads",
    "Target database is not up to date.": "not-up-to-date",
    "New upgrade operations detected: [('add_table', ...)]": "models-differ",
    "This operation cannot proceed in --sql mode; batch mode": "not-offline",
    "Online migration expected to match one row when updating 'a' to 'b'": "version-moved",
    "Can't load plugin: sqlalchemy.dialects:postgres": "url-scheme",
    "Can't load plugin: sqlalchemy.dialects:postgres.foo": "url-scheme",
    "Can't load plugin: sqlalchemy.dialects:mysterious": "url-scheme",
    'could not translate host name "nohost" to address': "no-connection",
    "failed to resolve host 'nohost': [Errno -2] Name or service not known": "no-connection",
    'connection to server at "h" failed: FATAL: the system is starting up': "no-connection",
    'FATAL:  password authentication failed for user "me"': "no-login",
    'FATAL:  role "me" does not exist': "no-login",
    'connection failed: FATAL:  database "x" does not exist': "no-such-database",
    "attempt to write a readonly database": "read-only",
    "cannot execute CREATE TABLE in a read-only transaction": "read-only",
    "[Errno 30] Read-only file system: 'x'": "read-only",
    "unable to open database file": "no-file",
    "database or disk is full": "disk-full",
    'could not extend file "base/1/2": No space left on device': "disk-full",
    "database is locked": "locked",
    "canceling statement due to lock timeout": "lock-timeout",
    "deadlock detected": "lock-timeout",
    "canceling statement due to statement timeout": "statement-timeout",
    "permission denied for schema public": "no-privilege",
    "must be owner of table users": "no-privilege",
    'relation "users" already exists': "already-exists",
    "duplicate column name: extra": "already-exists",
    'column "b" of relation "t" already exists': "already-exists",
    "FOREIGN KEY constraint failed": "rows-refuse",
    "UNIQUE constraint failed: users.id": "rows-refuse",
    'violates check constraint "positive"': "rows-refuse",
    "Path doesn't exist: '/x/migrations'.  Please use the 'init' command": "no-directory",
    "Cycle is detected in revisions (a, b)": "cycle",
    "Ambiguous walk": "ambiguous",
    "file is not a database": "not-a-database",
    "database disk image is malformed": "damaged",
    "Revision 0002 is present more than once": "duplicate-id",
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_known_text_is_told_with_a_remedy(text: str) -> None:
    found = explain_error(RuntimeError(text))
    assert found.code == TEXTS[text]
    assert found.message.endswith(".")
    assert found.remedy
    assert "{" not in found.message + found.remedy


def test_the_driver_error_inside_another_is_found() -> None:
    error = exc.OperationalError("SELECT 1", {}, sqlite3.OperationalError("disk I/O"))
    error.__cause__ = sqlite3.OperationalError("database is locked")
    assert explain_error(error).code == "locked"
    inner = exc.ProgrammingError("SELECT", {}, Exception("something odd\nmore"))
    assert explain_error(inner).message == "ProgrammingError: something odd."


def test_refusals_speak_for_themselves() -> None:
    assert explain_error(refuse("x", "No.")).message == "No."
    found = explain_error(RefusedChange("Column 'a' would be lost."))
    assert (found.code, found.message) == ("change-refused", "Column 'a' would be lost.")


def test_an_incomplete_revision_is_told(sqlite_project: Project) -> None:
    sqlite_project.add("a1", "pass")
    (sqlite_project.folder / "migrations" / "versions" / "b1.py").write_text("x = 1\n")
    done = sqlite_project.flask("upgrade")
    assert done.code == 2
    assert "Traceback" not in done.text
    assert "b1.py" in done.err


def test_an_autocommit_block_in_a_foreign_transaction_is_told() -> None:
    namespace: dict[str, object] = {}
    code = compile("def f():\n    raise AssertionError", "/x/alembic/runtime/m.py", "exec")
    exec(code, namespace)
    with pytest.raises(AssertionError) as caught:
        namespace["f"]()  # type: ignore[operator] # It is the function.
    assert explain_error(caught.value).code == "foreign-transaction"
    assert explain_error(AssertionError("elsewhere")).code == "failed"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://me:secretpw@host/x", "postgresql://me:***@host/x"),
        ("host=h password=secretpw user=me", "host=h password=*** user=me"),
        ("password='secret pw' x", "password=*** x"),
        ("no password here", "no password here"),
    ],
)
def test_passwords_are_hidden(text: str, shown: str) -> None:
    assert without_password(text) == shown


def test_an_application_that_cannot_be_made_is_told_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usual: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *told: usual.append(told))
    monkeypatch.setattr(sys, "argv", ["/x/bin/pytest", "db"])
    before = sys.excepthook
    lastresort.install()
    assert sys.excepthook is before
    monkeypatch.setattr(sys, "argv", ["/x/bin/flask", "--app", "x", "db", "upgrade"])
    lastresort.install()
    known = exc.NoSuchModuleError("Can't load plugin: sqlalchemy.dialects:postgres")
    sys.excepthook(type(known), known, None)
    assert "postgresql+psycopg://" in capsys.readouterr().err
    assert usual == []
    unknown = ValueError("a bug")
    sys.excepthook(ValueError, unknown, None)
    assert len(usual) == 1
    assert capsys.readouterr().err == ""
    assert lastresort.is_flask_db(["/x/flask/__main__.py", "db"])
    assert not lastresort.is_flask_db([])


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(28, "No space left on device"), DiskFullError),
        (sqlite3.OperationalError("database or disk is full"), DiskFullError),
        (sqlite3.OperationalError("database is locked"), DatabaseInUseError),
        (sqlite3.OperationalError("something odd"), BackupError),
    ],
)
def test_an_error_while_copying_is_told_apart(
    error: OSError | sqlite3.Error, kind: type[BackupError]
) -> None:
    assert type(explain(error, Path("x"))) is kind


def test_a_record_of_another_format_is_passed_over(tmp_path: Path) -> None:
    backup = Backup(
        tmp_path / "a.db", "", "sqlite", "db", "", (), Reason.HAND, Proof(1, "", Digest(""))
    )
    record(backup)
    assert read(backup.sidecar) == backup
    backup.sidecar.write_text(backup.sidecar.read_text().replace('"format": 1', '"format": 2'))
    assert read(backup.sidecar) is None
    assert read(tmp_path / "missing.json") is None


def test_a_locked_file_is_a_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE t (a)")
        other.execute("BEGIN EXCLUSIVE")
        assert is_database(path)
        other.execute("ROLLBACK")
    path.write_bytes(path.read_bytes()[:16] + b"x" * 5000)
    assert not is_database(path)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "NULL"),
        (True, "true"),
        (1, "1"),
        (0.1, "0.1"),
        (float("inf"), "'inf'"),
        (float("nan"), "'nan'"),
        (Decimal("1.50"), "1.50"),
        (b"\x00", "'\\x00'::bytea"),
        ("it's", "'it''s'"),
        ({"a": ["'"]}, "'{\"a\": [\"''\"]}'"),
        (dt.date(2026, 1, 2), "'2026-01-02'"),
    ],
)
def test_values_become_literals_of_postgres(value: object, written: str) -> None:
    assert literal(value) == written


def test_a_value_without_a_literal_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no literal"):
        literal(object())


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), "a\0b"])
def test_odd_values_become_literals_of_sqlite(value: object) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        assert connection.execute(f"SELECT {sqlite_literal(value)}").fetchone() == (value,)


def test_the_shadow_writes_down_what_a_driver_is_given() -> None:
    tape = Tape()
    engine = shadow_engine(sa.create_engine("sqlite://"), tape)
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        tape.running = True
        raw.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
        raw.execute("INSERT INTO t VALUES (?)", (3.5,))
        raw.executemany("INSERT INTO t VALUES (:a)", [{"a": 2}, {"a": "x"}])
    written = [one.sql for one in tape.written]
    assert written == [
        "CREATE TABLE t (a)",
        "INSERT INTO t VALUES (1)",
        "INSERT INTO t VALUES (3.5)",
        "INSERT INTO t VALUES (2)",
        "INSERT INTO t VALUES ('x')",
    ]


def test_names_and_ids_are_read_from_any_file() -> None:
    assert list(names_in("def upgrade(:")) == []
    assert "users" in names_in("op.add_column('users', x)")
    assert revision_of("def upgrade(:") is None
    assert revision_of("revision: str = 'a1'\n") == "a1"
    assert revision_of("x = 1") is None


def test_rows_are_not_guessed_where_counting_alone_would_tell() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID")
        assert count_roughly(connection, "t") == 0


@pytest.mark.postgres
def test_rows_of_postgres_are_taken_from_its_statistics(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t AS SELECT generate_series(1, 500) AS a")
        connection.exec_driver_sql("ANALYZE t")
        assert count_roughly(connection, "t") == 500
        assert count_roughly(connection, "nowhere") == 0


def test_a_web_dyno_is_warned_and_a_machine_of_ones_own_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    found = judge_place(path, {"DYNO": "web.1"})
    assert found is not None
    assert found.level is Level.WARNING
    assert "Heroku" in found.message
    assert judge_place(path, {}) is None


def test_a_file_on_a_mounted_volume_is_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "is_mount", lambda self: self == tmp_path)
    assert judge_place(tmp_path / "sub" / "a.db", {"FLY_APP_NAME": "x"}) is None
