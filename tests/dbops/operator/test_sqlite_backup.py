"""A copy of a SQLite file is whole whatever goes on, and putting it back is all or nothing."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from bacowr.dbops.copies import BackupError, CopyDamagedError, DatabaseInUseError, DiskFullError
from bacowr.dbops.digest import sqlite_digest
from bacowr.dbops.sqlite.backup import copy_database, prove
from bacowr.dbops.sqlite.restore import put_back

SCHEMA = """
CREATE TABLE parents (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
CREATE TABLE children (parent_id INTEGER REFERENCES parents (id), v);
CREATE TABLE kv (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID;
CREATE TABLE named_rowid (rowid TEXT, _rowid_ TEXT, oid TEXT);
CREATE VIEW v AS SELECT * FROM parents;
CREATE VIRTUAL TABLE words USING fts5(word);
CREATE INDEX by_name ON parents (name DESC) WHERE name IS NOT NULL;
INSERT INTO parents (name) VALUES ('a'), (NULL), ('it''s');
INSERT INTO children VALUES (1, x'00ff'), (2, 'text'), (2, 1.5), (NULL, 7);
INSERT INTO kv VALUES ('k', zeroblob(5000));
INSERT INTO named_rowid VALUES ('x', 'y', 'z');
INSERT INTO words VALUES ('seek');
PRAGMA user_version = 7;
"""


@pytest.fixture(params=["delete", "wal"])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "live.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode={request.param}")
        connection.executescript(SCHEMA)
    return path


def run(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0.1)) as connection:
        return connection.execute(statement).fetchall()


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def folder(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def test_a_copy_equals_its_source_and_needs_no_side_files(live: Path, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    target = tmp_path / "to" / "copy.db"
    proof = copy_database(live, target)
    assert folder(target.parent) == ["copy.db"]
    assert dump(target) == dump(live)
    assert proof.size == target.stat().st_size
    assert proof == prove(target)
    with closing(sqlite3.connect(live)) as connection:
        assert sqlite_digest(connection) == proof.digest
    assert proof.digest.rows["parents"] == 3
    assert run(target, "PRAGMA user_version") == [(7,)]


def test_a_copy_is_as_secret_as_its_source(live: Path, tmp_path: Path) -> None:
    live.chmod(0o600)
    proof = copy_database(live, tmp_path / "copy.db")
    put_back(tmp_path / "copy.db", live, tmp_path / "kept.db", proof.digest)
    put_back(tmp_path / "copy.db", tmp_path / "new.db", tmp_path / "none.db", proof.digest)
    for name in ("copy.db", "live.db", "kept.db", "new.db"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_what_only_the_application_knows_hinders_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.create_collation("shop", lambda a, b: (a > b) - (a < b))
        connection.create_function("price", 1, lambda a: a, deterministic=True)
        connection.executescript(
            "CREATE TABLE p (a TEXT COLLATE shop PRIMARY KEY, b);"
            "CREATE INDEX i ON p (price(b));"
            "CREATE TABLE c (a TEXT REFERENCES p (a));"
            "INSERT INTO p VALUES ('x', 1), ('y', 2); INSERT INTO c VALUES ('x');"
        )
    proof = copy_database(path, tmp_path / "copy.db")
    assert proof.digest.rows == {"c": 1, "p": 2}
    put_back(tmp_path / "copy.db", path, tmp_path / "kept.db", proof.digest)


def test_broken_foreign_keys_are_counted_and_copied(live: Path, tmp_path: Path) -> None:
    run(live, "INSERT INTO children VALUES (99, 'orphan')")
    assert copy_database(live, tmp_path / "copy.db").foreign_key_violations == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE children SET v = CAST(v AS BLOB) WHERE v = 'text'",
        "UPDATE children SET v = '7' WHERE v = 7",
        "UPDATE children SET rowid = 50 WHERE v = 'text'",
        "UPDATE sqlite_sequence SET seq = 99",
        "UPDATE kv SET k = 'K'",
        "INSERT INTO words VALUES ('hide')",
        "DELETE FROM named_rowid",
        "DROP INDEX by_name",
        "PRAGMA user_version = 8",
    ],
)
def test_the_digest_sees(live: Path, change: str) -> None:
    with closing(sqlite3.connect(live, isolation_level=None)) as connection:
        before = sqlite_digest(connection)
        connection.execute(change)
        after = sqlite_digest(connection)
    assert before != after
    assert before.total != after.total
    assert before.differences(after)


def test_the_digest_does_not_see_statistics_or_the_order_of_pages(live: Path) -> None:
    with closing(sqlite3.connect(live, isolation_level=None)) as connection:
        before = sqlite_digest(connection)
        connection.execute("ANALYZE")
        connection.execute("INSERT INTO kv VALUES ('other', 1)")
        connection.execute("DELETE FROM kv WHERE k = 'other'")
        assert sqlite_digest(connection) == before
        assert connection.execute("SELECT name FROM parents").fetchone() == ("a",)


def test_differences_are_said_in_words(live: Path) -> None:
    with closing(sqlite3.connect(live, isolation_level=None)) as connection:
        before = sqlite_digest(connection)
        connection.executescript("DROP TABLE kv; CREATE TABLE extra (a); DELETE FROM children")
        after = sqlite_digest(connection)
    assert before.differences(after) == [
        "the schema differs",
        "table children differs (4 rows expected, 0 found)",
        "table extra is unexpected",
        "table kv is missing",
    ]


def test_copies_taken_while_another_writes_hold_one_moment(live: Path, tmp_path: Path) -> None:
    run(live, "CREATE TABLE pairs (a, b)")
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(live, timeout=30, isolation_level=None)) as connection:
            number = 0
            while not stop.is_set():
                number += 1
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO pairs VALUES (?, zeroblob(3000))", (number,))
                connection.execute("UPDATE parents SET name = ? WHERE id = 1", (str(number),))
                connection.execute("COMMIT")
                time.sleep(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(20):
            target = tmp_path / f"copy{number}.db"
            copy_database(live, target)
            seen = run(
                target,
                "SELECT coalesce(max(a), 0) = name + 0, max(a) FROM pairs, parents WHERE id = 1",
            )
            assert seen[0][0] in (1, None) or seen[0][1] is None
    finally:
        stop.set()
        writer.join()


def test_no_copy_while_another_holds_the_database(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    run(path, "CREATE TABLE t (a)")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseInUseError):
            copy_database(path, tmp_path / "copy.db", timeout_seconds=0.2)
    assert folder(tmp_path) == ["live.db"]


def test_no_copy_when_the_disk_is_too_small(
    live: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(DiskFullError, match="100 bytes free"):
        copy_database(live, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_damaged_source_gives_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a PRIMARY KEY)")
        connection.executemany("INSERT INTO t VALUES (?)", [(f"{n:08}",) for n in range(2000)])
        connection.commit()
    with path.open("r+b") as stream:
        stream.seek(4096 * 3)
        stream.write(b"\x13" * 4096)
    with pytest.raises(CopyDamagedError):
        copy_database(path, tmp_path / "copy.db")
    assert folder(tmp_path) == ["live.db"]


def test_a_file_that_is_no_database_gives_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    path.write_bytes(b"x" * 5000)
    with pytest.raises(BackupError, match="not a database"):
        copy_database(path, tmp_path / "copy.db")


def test_putting_back_keeps_what_was_there(live: Path, tmp_path: Path) -> None:
    copy, kept = tmp_path / "copy.db", tmp_path / "kept.db"
    proof = copy_database(live, copy)
    mode = run(live, "PRAGMA journal_mode")
    expected = dump(live)
    run(live, "DROP TABLE kv")
    run(live, "INSERT INTO parents (name) VALUES ('later')")
    replaced = dump(live)
    put_back(copy, live, kept, proof.digest)
    assert dump(live) == expected
    assert dump(kept) == replaced
    assert run(live, "PRAGMA journal_mode") == mode
    assert prove(copy) == proof


def test_an_open_connection_sees_what_was_put_back(tmp_path: Path) -> None:
    live = tmp_path / "live.db"
    run(live, "CREATE TABLE t (a)")
    proof = copy_database(live, tmp_path / "copy.db")
    with closing(sqlite3.connect(live, isolation_level=None)) as app:
        app.execute("INSERT INTO t VALUES (1)")
        app.execute("ALTER TABLE t ADD COLUMN b")
        put_back(tmp_path / "copy.db", live, tmp_path / "kept.db", proof.digest)
        assert app.execute("SELECT count(*) FROM t").fetchone() == (0,)
        app.execute("INSERT INTO t VALUES (2)")
    assert run(live, "SELECT * FROM t") == [(2,)]


@pytest.mark.parametrize("page_size", [1024, 8192])
def test_putting_back_a_copy_with_another_page_size(
    live: Path, tmp_path: Path, page_size: int
) -> None:
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size={page_size}")
        connection.execute("CREATE TABLE t (a)")
    put_back(copy, live, tmp_path / "kept.db", prove(copy).digest)
    assert run(live, "SELECT name FROM sqlite_master") == [("t",)]


def test_nothing_is_put_back_while_another_writes(live: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    proof = copy_database(live, copy)
    run(live, "DELETE FROM kv")
    before = dump(live)
    with closing(sqlite3.connect(live, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseInUseError):
            put_back(copy, live, tmp_path / "kept.db", proof.digest, timeout_seconds=0.2)
    assert dump(live) == before
    assert not (tmp_path / "kept.db").exists()


def test_a_copy_that_is_not_what_was_recorded_is_taken_back_out(live: Path, tmp_path: Path) -> None:
    expected = copy_database(live, tmp_path / "right.db").digest
    run(live, "INSERT INTO parents (name) VALUES ('later')")
    before = dump(live)
    wrong = tmp_path / "wrong.db"
    run(wrong, "CREATE TABLE wrong (a)")
    with pytest.raises(CopyDamagedError, match="table wrong is unexpected"):
        put_back(wrong, live, tmp_path / "kept.db", expected)
    assert dump(live) == before


def test_a_copy_that_is_no_database_is_not_put_back(live: Path, tmp_path: Path) -> None:
    expected = copy_database(live, tmp_path / "right.db").digest
    (tmp_path / "wrong.db").write_bytes(b"not a database at all" * 300)
    before = dump(live)
    with pytest.raises(BackupError, match="not a database"):
        put_back(tmp_path / "wrong.db", live, tmp_path / "kept.db", expected)
    assert dump(live) == before


@pytest.mark.parametrize("old", [None, b"", b"not a database at all" * 300])
def test_a_missing_or_unreadable_file_is_replaced_and_its_journal_kept_away(
    tmp_path: Path, old: bytes | None
) -> None:
    source, copy, live = tmp_path / "source.db", tmp_path / "copy.db", tmp_path / "live.db"
    run(source, "CREATE TABLE t (a)")
    proof = copy_database(source, copy)
    if old is not None:
        live.write_bytes(old)
    live.with_name("live.db-wal").write_bytes(b"stale")
    live.with_name("live.db-journal").write_bytes(b"stale")
    put_back(copy, live, tmp_path / "kept.db", proof.digest)
    assert prove(live).digest == proof.digest
    assert not live.with_name("live.db-wal").exists()
    assert (tmp_path / "kept.db-wal").read_bytes() == b"stale"
    assert (tmp_path / "kept.db").exists() is (old is not None)


def test_a_missing_file_is_not_replaced_by_a_wrong_copy(tmp_path: Path) -> None:
    run(tmp_path / "right.db", "CREATE TABLE t (a)")
    run(tmp_path / "wrong.db", "CREATE TABLE u (a)")
    expected = prove(tmp_path / "right.db").digest
    with pytest.raises(CopyDamagedError):
        put_back(tmp_path / "wrong.db", tmp_path / "live.db", tmp_path / "kept.db", expected)
    assert folder(tmp_path) == ["right.db", "wrong.db"]


PUT_BACK = """
import sys
from pathlib import Path
from bacowr.dbops.sqlite.backup import prove
from bacowr.dbops.sqlite.restore import put_back
copy, live, kept = map(Path, sys.argv[1:])
digest = prove(copy).digest
print("ready", flush=True)
put_back(copy, live, kept, digest)
"""


SHORT, LONG = [0.01, 0.06], [0.0, 0.003, 0.006, 0.02, 0.03, 0.04, 0.08, 0.1, 0.15, 0.2, 0.3]


@pytest.mark.parametrize(
    "delay", [*SHORT, *(pytest.param(delay, marks=pytest.mark.long) for delay in LONG)]
)
def test_a_kill_while_putting_back_leaves_old_or_new(tmp_path: Path, delay: float) -> None:
    live, copy = tmp_path / "live.db", tmp_path / "copy.db"
    for path, count in ((live, 15_000), (copy, 10_000)):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE t (a, b)")
            rows = [(number, os.urandom(200)) for number in range(count)]
            connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
            connection.commit()
    old, new = prove(live).digest, prove(copy).digest
    command = [sys.executable, "-c", PUT_BACK, str(copy), str(live), str(tmp_path / "kept.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
    with closing(sqlite3.connect(live)) as connection:
        found = sqlite_digest(connection)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert found in (old, new)
