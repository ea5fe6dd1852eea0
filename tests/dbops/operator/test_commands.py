"""What the operator's commands show, to a person and to a machine."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bacowr.dbops import events
from bacowr.dbops.classes import RevisionClass
from bacowr.dbops.console import (
    Console,
    bar,
    columns,
    count_text,
    machine_line,
    size_text,
    statement_line,
    time_text,
)
from bacowr.dbops.history import RevisionFacts
from bacowr.dbops.report import Finding, Level
from bacowr.dbops.sqlite import filelock

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugins.postgres import Postgres
    from tests.plugins.project import Outside, Project

USERS = """
op.create_table('users', sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.Text))
"""
CHANGE = """
with op.batch_alter_table('users') as batch:
    batch.alter_column('name', new_column_name='title')
"""
FACTS = RevisionFacts("a1", (), RevisionClass.EXPAND, 'Add "x"', "", compatible=True)


def three(project: Project) -> Project:
    project.add("a1", USERS, "op.drop_table('users')")
    project.add("a2", "op.execute(\"INSERT INTO users (name) VALUES ('ann')\")")
    project.add("a3", CHANGE, CHANGE.replace("'title'", "'x'").replace("'name'", "'title'"))
    return project


def file_of(project: Project) -> Path:
    return Path(project.url.removeprefix("sqlite:///"))


def facts(done: Outside) -> dict[str, object]:
    assert "Traceback" not in done.text
    said: dict[str, object] = json.loads(done.out.strip().splitlines()[-1])
    return said


def test_an_upgrade_shows_plan_backup_progress_and_summary(sqlite_project: Project) -> None:
    three(sqlite_project)
    first = sqlite_project.flask("upgrade", "a2")
    assert first.code == 0
    assert "Plan: upgrade by 2 revisions." in first.out
    assert "Backup" not in first.out
    second = sqlite_project.flask("upgrade")
    lines = second.out.splitlines()
    assert lines[0] == f"The database {sqlite_project.url} is at a2."
    assert lines[1:3] == ["Plan: upgrade by 1 revision.", "  a3  contract  Revision a3."]
    assert re.fullmatch(
        r"Backup: .+/backups/test-\d{8}T\d{6}Z-a2\.db \([\d.]+ kB, [\d.]+ m?s\)\.", lines[3]
    )
    assert re.fullmatch(
        r"dbops revision=a3 direction=upgrade class=contract outcome=done ms=\d+ number=1/1 "
        r'title="Revision a3\."',
        lines[4],
    )
    assert re.fullmatch(r"Done: upgrade by 1 revision in [\d.]+ m?s\.", lines[5])
    assert sqlite_project.flask("upgrade").out.splitlines() == [
        f"The database {sqlite_project.url} is at a3.",
        "Nothing to do: the database is at a3.",
    ]


def test_an_upgrade_tells_a_machine_the_same(sqlite_project: Project) -> None:
    three(sqlite_project)
    assert sqlite_project.flask("upgrade", "a1").code == 0
    done = sqlite_project.flask("upgrade", "--json")
    assert len(done.out.splitlines()) == 1
    said = facts(done)
    assert said["ok"] is True
    assert said["applied"] == ["a2", "a3"]
    assert said["heads"] == ["a3"]
    assert said["plan"] == [
        {"revision": "a2", "class": "data", "title": "Revision a2."},
        {"revision": "a3", "class": "contract", "title": "Revision a3."},
    ]
    backup = said["backup"]
    assert isinstance(backup, dict)
    assert Path(str(backup["file"])).exists()


def test_a_failed_upgrade_tells_a_machine_why(sqlite_project: Project) -> None:
    sqlite_project.add("a1", "op.execute('SELEC 1')")
    done = sqlite_project.flask("upgrade", "--json")
    assert done.code == 1
    said = json.loads(done.out)
    assert said["ok"] is False
    assert said["findings"][0]["where"].endswith("a1_test.py:8")


def test_a_big_table_is_told_of(sqlite_project: Project) -> None:
    three(sqlite_project)
    assert sqlite_project.flask("upgrade", "a2").code == 0
    sqlite_project.execute("INSERT INTO users (id, name) VALUES (1200000, 'last')")
    done = sqlite_project.flask("upgrade")
    assert "users has about 1,200,000 rows; copying them all would take about 12 s." in done.out


def test_no_copy_is_taken_where_it_is_switched_off(sqlite_project: Project) -> None:
    three(sqlite_project)
    sqlite_project.config = {"DBOPS_BACKUP": "no"}
    assert sqlite_project.flask("upgrade", "a1").code == 0
    assert sqlite_project.flask("upgrade").code == 0
    assert not (file_of(sqlite_project).parent / "backups").exists()


def test_an_upgrade_without_room_for_the_copy_changes_nothing(sqlite_project: Project) -> None:
    three(sqlite_project)
    assert sqlite_project.flask("upgrade", "a1").code == 0
    (file_of(sqlite_project).parent / "backups").write_text("in the way")
    done = sqlite_project.flask("upgrade")
    assert done.code == 1
    assert "The database was not copied, and nothing was changed" in done.err
    assert sqlite_project.heads() == ["a1"]


def test_status_says_where_the_database_stands(project: Project) -> None:
    three(project)
    fresh = project.flask("status")
    assert fresh.code == 0
    assert "Pending   3 revisions; `flask db upgrade` applies them" in fresh.out
    if project.url.startswith("sqlite"):
        assert "does not exist yet" in fresh.out
        assert not file_of(project).exists()
    assert project.flask("upgrade", "a2").code == 0
    done = project.flask("status")
    assert done.code == 0
    assert "Revision  a2 Revision a2." in done.out
    assert "  a3  contract  Revision a3." in done.out
    assert re.search(r"Last run  [\d: -]+ UTC, upgrade a2 done", done.out)
    assert re.search(r"Database  .+ \((SQLite|PostgreSQL) [\d.]+", done.out)
    said = facts(project.flask("status", "--json"))
    assert said["heads"] == ["a2"]
    assert said["pending"] == [{"revision": "a3", "class": "contract", "title": "Revision a3."}]


def test_status_names_the_newest_copy_and_a_failed_run(sqlite_project: Project) -> None:
    three(sqlite_project)
    sqlite_project.add("bad", "raise ValueError('on purpose')")
    assert sqlite_project.flask("upgrade", "a1").code == 0
    assert sqlite_project.flask("upgrade").code == 1
    done = sqlite_project.flask("status")
    assert "upgrade bad failed: ValueError: on purpose" in done.out
    assert "Backups   1, the newest of" in done.out
    assert " at a1 (" in done.out


def test_status_tells_of_a_database_ahead(sqlite_project: Project) -> None:
    sqlite_project.add("a1", USERS)
    later = sqlite_project.add("a2", "op.add_column('users', sa.Column('x', sa.Text))")
    assert sqlite_project.flask("upgrade").code == 0
    later.unlink()
    done = sqlite_project.flask("status")
    assert done.code == 0
    assert "ahead of this code by 1 (compatible): a2" in done.out
    assert "Pending   nothing" in done.out


def test_log_shows_what_was_applied(sqlite_project: Project) -> None:
    three(sqlite_project)
    assert sqlite_project.flask("log").out == "Nothing is recorded yet.\n"
    assert not file_of(sqlite_project).exists()
    sqlite_project.config = {"DBOPS_APP_VERSION": "v7"}
    assert sqlite_project.flask("upgrade").code == 0
    assert sqlite_project.flask("downgrade").code == 0
    lines = sqlite_project.flask("log").out.splitlines()
    assert lines[0].split() == [
        "when",
        "(UTC)",
        "what",
        "revision",
        "class",
        "outcome",
        "took",
        "by",
        "title",
    ]
    assert [line.split()[2:6] for line in lines[1:]] == [
        ["upgrade", "a1", "expand", "done"],
        ["upgrade", "a2", "data", "done"],
        ["upgrade", "a3", "contract", "done"],
        ["downgrade", "a3", "contract", "done"],
    ]
    assert "v7" in lines[1]
    assert len(sqlite_project.flask("log", "-n", "2").out.splitlines()) == 3
    said = facts(sqlite_project.flask("log", "--json"))
    assert said["count"] == 4


def test_backup_list_and_restore_belong_together(sqlite_project: Project) -> None:
    three(sqlite_project)
    missing = sqlite_project.flask("backup")
    assert missing.code == 1
    assert "nothing to copy" in missing.err
    assert "No copies in" in sqlite_project.flask("backups").out
    assert "There is no copy" in sqlite_project.flask("restore", "--yes").err
    assert sqlite_project.flask("upgrade", "a2").code == 0
    made = sqlite_project.flask("backup")
    assert re.search(r"at a2; the copy was read back and is whole\.", made.out)
    sqlite_project.execute("UPDATE users SET name = 'eve'")
    back = sqlite_project.flask("restore", "--yes")
    assert back.code == 0, back.text
    assert "holds what test-" in back.out
    assert sqlite_project.scalars("SELECT name FROM users") == ["ann"]
    undo = re.search(r"To undo: flask db (restore) (\S+)", back.out)
    assert undo
    assert sqlite_project.flask(undo[1], undo[2], "--yes").code == 0
    assert sqlite_project.scalars("SELECT name FROM users") == ["eve"]
    listed = sqlite_project.flask("backups")
    assert listed.code == 0
    assert listed.out.splitlines()[0].split() == [
        "made",
        "(UTC)",
        "size",
        "at",
        "reason",
        "state",
        "file",
    ]
    said = facts(sqlite_project.flask("backups", "--json"))
    assert said["ok"] is True


def test_restore_asks_first(sqlite_project: Project) -> None:
    three(sqlite_project)
    assert sqlite_project.flask("upgrade", "a2").code == 0
    assert sqlite_project.flask("backup").code == 0
    asked = sqlite_project.flask("restore")
    assert asked.code == 1
    assert "Replace the contents of" in asked.out
    assert "Aborted" in asked.text


def test_restore_waits_for_a_migration_and_for_writers(sqlite_project: Project) -> None:
    three(sqlite_project)
    assert sqlite_project.flask("upgrade", "a2").code == 0
    said = facts(sqlite_project.flask("backup", "--json"))
    backup = said["backup"]
    assert isinstance(backup, dict)
    with filelock.hold(file_of(sqlite_project), 0):
        busy = sqlite_project.flask("restore", "--yes", "--wait", "0.1")
    assert busy.code == 1
    assert "still migrating this database" in busy.err
    with closing(sqlite3.connect(file_of(sqlite_project), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = sqlite_project.flask("restore", "--yes")
    assert writing.code == 1
    assert "Nothing was restored, and the database is what it was" in writing.err
    assert "Stop the application" in writing.err


@pytest.mark.parametrize("change", ["missing", "changed"])
def test_a_copy_that_is_not_whole_is_listed_and_refused(
    sqlite_project: Project, change: str
) -> None:
    three(sqlite_project)
    assert sqlite_project.flask("upgrade", "a2").code == 0
    backup = facts(sqlite_project.flask("backup", "--json"))["backup"]
    assert isinstance(backup, dict)
    path = Path(str(backup["file"]))
    if change == "missing":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
        assert sqlite_project.flask("backups").code == 0
    listed = sqlite_project.flask("backups", "--verify")
    assert listed.code == 1
    assert f"The copy {path.name} is {change}." in listed.out
    refused = sqlite_project.flask("restore", path.name, "--yes")
    assert refused.code == 1
    assert "is not what was recorded" in refused.err


@pytest.mark.postgres
def test_postgres_is_copied_and_restored(
    postgres: Postgres,
    postgres_project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    three(postgres_project)
    monkeypatch.setenv("PATH", str(postgres.bin_dir), prepend=":")
    unset = postgres_project.flask("backup")
    assert unset.code == 1
    assert "DBOPS_BACKUP_DIR" in unset.err
    postgres_project.config = {"DBOPS_BACKUP_DIR": str(tmp_path / "copies")}
    assert postgres_project.flask("upgrade", "a2").code == 0
    done = postgres_project.flask("upgrade")
    assert "Backup: " in done.out
    before = sa.make_url(postgres_project.url).database
    back = postgres_project.flask("restore", "--yes")
    kept = re.search(r"kept as (\S+)\.", back.out)
    assert kept, back.text
    try:
        assert postgres_project.heads() == ["a2"]
        assert str(before) in kept[1]
    finally:
        postgres.execute(f'DROP DATABASE "{kept[1]}" WITH (FORCE)')


def test_doctor_finds_nothing_wrong_with_a_healthy_project(sqlite_project: Project) -> None:
    three(sqlite_project)
    app = sqlite_project.folder / "app.py"
    app.write_text(app.read_text().replace("migrate = ", "db.Table('t', db.metadata)\nmigrate = "))
    assert sqlite_project.flask("upgrade").code == 0
    done = sqlite_project.flask("doctor")
    assert done.code == 0
    assert done.out.splitlines()[-1] == "Nothing is wrong."
    assert [line.split(":")[0] for line in done.out.splitlines()[:-1]] == [
        "ok      settings",
        "ok      revision files",
        "ok      file",
        "ok      connection",
        "ok      database",
        "ok      backfills",
        "ok      models",
        "ok      backups",
    ]


def test_doctor_tells_of_pending_revisions_and_a_broken_copy(sqlite_project: Project) -> None:
    three(sqlite_project)
    fresh = sqlite_project.flask("doctor")
    assert fresh.code == 0
    assert "does not exist yet" in fresh.out
    assert "The rest can't be looked at before that is mended." in fresh.out
    assert sqlite_project.flask("upgrade", "a1").code == 0
    backup = facts(sqlite_project.flask("backup", "--json"))["backup"]
    assert isinstance(backup, dict)
    Path(str(backup["file"])).unlink()
    done = sqlite_project.flask("doctor")
    assert done.code == 0
    assert "The database is not up to date: 2 revisions pending." in done.out
    assert "is missing." in done.out


def test_doctor_warns_of_a_small_disk_and_spares_big_files(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(sqlite_project)
    assert sqlite_project.flask("upgrade").code == 0
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    monkeypatch.setattr("bacowr.dbops.doctor.QUICK_BYTES", 0)
    done = sqlite_project.flask("doctor")
    assert done.code == 0
    assert "The disk has 1.0 kB free" in done.out


@pytest.mark.postgres
def test_doctor_tells_of_a_server_that_is_read_only(postgres_project: Project) -> None:
    three(postgres_project)
    assert postgres_project.flask("upgrade").code == 0
    name = sa.make_url(postgres_project.url).database
    postgres_project.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    done = postgres_project.flask("doctor")
    assert done.code == 1
    assert "The server is read-only" in done.out
    assert "can't be written" in postgres_project.flask("downgrade").err


@pytest.mark.parametrize("old", ["missing", "garbage"])
def test_a_lost_database_is_restored(sqlite_project: Project, old: str) -> None:
    three(sqlite_project)
    assert sqlite_project.flask("upgrade", "a2").code == 0
    assert sqlite_project.flask("backup").code == 0
    path = file_of(sqlite_project)
    path.unlink()
    if old == "garbage":
        path.write_bytes(b"garbage" * 1000)
    back = sqlite_project.flask("restore", "--yes", "--json")
    assert back.code == 0, back.text
    assert sqlite_project.scalars("SELECT name FROM users") == ["ann"]
    kept = str(facts(back)["kept"])
    assert kept == "" if old == "missing" else Path(kept).read_bytes() == b"garbage" * 1000
    assert "To undo" not in back.out


def test_a_database_in_memory_has_no_copies(sqlite_project: Project) -> None:
    three(sqlite_project)
    sqlite_project.url = "sqlite://"
    assert sqlite_project.flask("upgrade").code == 0
    assert "No copies in any configured place." in sqlite_project.flask("backups").out
    assert "DBOPS_BACKUP_DIR" in sqlite_project.flask("backup").err
    assert "none are taken" in sqlite_project.flask("doctor").out


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1_234_567, "1.2 MB"),
        (5e9, "5.0 GB"),
        (7e15, "7000.0 TB"),
    ],
)
def test_sizes_are_written_as_people_do(number: float, text: str) -> None:
    assert size_text(number) == text


@pytest.mark.parametrize(
    ("ms", "text"), [(3, "3 ms"), (999, "999 ms"), (1500, "1.5 s"), (150_000, "2.5 min")]
)
def test_times_are_written_as_people_do(ms: int, text: str) -> None:
    assert time_text(ms) == text


def test_things_are_counted_and_set_in_columns() -> None:
    assert count_text(1, "table") == "1 table"
    assert count_text(1234, "row") == "1,234 rows"
    assert columns([]) == []
    assert columns([("a", "bb"), ("ccc", "")]) == ["a    bb", "ccc"]


def test_the_machine_line_stays_one_line_with_quotes() -> None:
    done = events.RevisionDone(FACTS, events.Direction.UPGRADE, 1, 2, 30)
    assert machine_line(done) == (
        "dbops revision=a1 direction=upgrade class=expand outcome=done ms=30 number=1/2 "
        "title=\"Add 'x'\""
    )


def test_statements_are_cut_and_questions_left_out() -> None:
    assert statement_line(events.StatementDone("a1", " SELECT 1", 1)) == ""
    short = statement_line(events.StatementDone("a1", "DROP\n  TABLE t", 2))
    assert short == "    DROP TABLE t  2 ms"
    assert len(statement_line(events.StatementDone("a1", "INSERT " + "x" * 200, 2))) <= 100


def test_a_terminal_sees_each_statement_and_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(is_terminal=True)
    tell: Callable[[events.Event], None] = console
    tell(events.RevisionStarted(FACTS, events.Direction.UPGRADE, 1, 1))
    tell(events.CopyProgress("users", 0, 0))
    tell(events.CopyProgress("users", 50, 200))
    tell(events.CopyProgress("users", 200, 200))
    tell(events.StatementDone("a1", "PRAGMA x", 1))
    tell(events.StatementDone("a1", "DROP TABLE t", 1))
    tell(events.RevisionDone(FACTS, events.Direction.UPGRADE, 1, 1, 5))
    out = capsys.readouterr().out
    assert out.splitlines()[0] == '[1/1] upgrade a1 Add "x"'
    assert "25%  50 of 200\r" in out
    assert "100%  200 of 200\n" in out
    assert "    DROP TABLE t  1 ms\n  done in 5 ms\n" in out


def test_a_log_sees_one_line_per_revision(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    for event in (
        events.RevisionStarted(FACTS, events.Direction.UPGRADE, 1, 1),
        events.CopyProgress("users", 50, 200),
        events.StatementDone("a1", "DROP TABLE t", 1),
        events.WaitingForLock("Process 7", 5.0),
        events.Retrying("a1", 1, 0.5, ""),
        events.Noticed(Finding("x", "Careful.", level=Level.WARNING)),
        events.RunDone(events.Direction.UPGRADE, (), ("a1",), 5, "Somebody else did it."),
    ):
        console(event)
    assert capsys.readouterr().out.splitlines() == [
        "Waiting up to 5 s for Process 7.",
        "a1: a lock was not free (holder unknown); again in 500 ms.",
        "Warning: Careful.",
        "Somebody else did it.",
    ]


def test_progress_is_no_line() -> None:
    assert Console(is_terminal=True).lines(events.CopyProgress("users", 1, 2)) == []


def test_a_run_that_only_wrote_a_script_says_so(sqlite_project: Project) -> None:
    three(sqlite_project)
    done = sqlite_project.flask("upgrade", "--sql", "--json")
    assert json.loads(done.out.splitlines()[-1])["summary"] == "Nothing was run."


def test_the_bar_is_full_when_there_is_nothing_to_copy() -> None:
    assert "100%" in bar(events.CopyProgress("users", 0, 0))
