"""Copies are recorded, thinned out, found again, and put back only when they are whole."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bacowr.dbops import backups, catalog
from bacowr.dbops.catalog import Backup, Reason, State
from bacowr.dbops.copies import Proof
from bacowr.dbops.digest import Digest
from bacowr.dbops.errors import Refused
from bacowr.dbops.locations import sqlite_file
from bacowr.dbops.settings import DbOpsSettings

if TYPE_CHECKING:
    from tests.plugins.postgres import Postgres


def engine_for(url: str) -> sa.Engine:
    return sa.create_engine(url, poolclass=sa.NullPool)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "shop.db"
    run(found, "CREATE TABLE t (a); INSERT INTO t VALUES (1)")
    return found


@pytest.fixture
def engine(path: Path) -> sa.Engine:
    return engine_for(f"sqlite:///{path}")


def run(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def rows(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM t").fetchall()


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def test_a_copy_is_recorded_beside_the_database(engine: sa.Engine, path: Path) -> None:
    made = backups.take(engine, DbOpsSettings(app_version="v7"), ["0001"], Reason.HAND)
    assert made.path.parent == path.parent / "backups"
    assert made.path.name.startswith("shop-")
    assert made.path.name.endswith("-0001.db")
    assert names(made.path.parent) == [made.path.name, made.sidecar.name]
    assert catalog.read(made.sidecar) == made
    assert made.state(thorough=True) is State.WHOLE
    assert made.engine == f"SQLite {sqlite3.sqlite_version}"
    said = json.loads(made.sidecar.read_text())
    assert said["proof"]["sha256"] == made.proof.sha256
    assert (said["heads"], said["app_version"], said["reason"]) == (["0001"], "v7", "hand")


def test_copies_of_one_second_have_names_of_their_own(engine: sa.Engine) -> None:
    made = [backups.take(engine, DbOpsSettings(), [], Reason.HAND) for _ in range(3)]
    assert len({one.path for one in made}) == 3
    assert "unversioned" in made[0].path.name


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///gone.db",
        "sqlite:///file:x?mode=memory&uri=true",
    ],
)
def test_nothing_is_copied_when_there_is_nothing_to_lose(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = DbOpsSettings(backup_dir=tmp_path)
    assert backups.backup_before_upgrade(engine_for(url), settings, []) is None
    assert names(tmp_path) == []


def test_nothing_is_copied_when_copies_are_switched_off(engine: sa.Engine, path: Path) -> None:
    settings = DbOpsSettings(backup=False)
    assert backups.backup_before_upgrade(engine, settings, []) is None
    assert names(path.parent) == ["shop.db"]


def test_an_upgrade_gets_its_copy(engine: sa.Engine) -> None:
    made = backups.backup_before_upgrade(engine, DbOpsSettings(), ["0001"])
    assert made is not None
    assert made.reason is Reason.UPGRADE
    assert rows(made.path) == [(1,)]


def test_a_uri_names_a_file(tmp_path: Path) -> None:
    url = sa.make_url(f"sqlite:///file:{tmp_path}/a%20b.db?uri=true")
    assert sqlite_file(url) == tmp_path / "a b.db"


def test_retention_keeps_the_newest_whole_copies(engine: sa.Engine, path: Path) -> None:
    settings = DbOpsSettings(backup_keep=2)
    made = [backups.take(engine, settings, [f"{n}"], Reason.HAND) for n in range(4)]
    folder = path.parent / "backups"
    assert [one.heads for one in catalog.listed(folder, str(path))] == [("3",), ("2",)]
    assert names(folder) == sorted(
        name for one in made[2:] for name in (one.path.name, one.sidecar.name)
    )


def test_retention_never_counts_a_damaged_copy(engine: sa.Engine, path: Path) -> None:
    made = [backups.take(engine, DbOpsSettings(), [f"{n}"], Reason.HAND) for n in range(3)]
    made[2].path.write_bytes(b"short")
    made[1].path.unlink()
    catalog.thin(path.parent / "backups", str(path), 1)
    assert made[0].state() is State.WHOLE
    assert made[0].sidecar.exists()
    assert made[1].state() is State.MISSING
    assert made[2].state() is State.CHANGED


def test_retention_leaves_other_databases_alone_and_sweeps_broken_runs(
    engine: sa.Engine, tmp_path: Path
) -> None:
    settings = DbOpsSettings(backup_dir=tmp_path / "all", backup_keep=1)
    run(tmp_path / "other.db", "CREATE TABLE t (a)")
    other = backups.take(engine_for(f"sqlite:///{tmp_path}/other.db"), settings, [], Reason.HAND)
    old, young = tmp_path / "all" / "a.partial", tmp_path / "all" / "b.partial"
    old.touch()
    young.touch()
    os.utime(old, (time.time() - 90_000, time.time() - 90_000))
    (tmp_path / "all" / "strange.json").write_text("[]")
    backups.take(engine, settings, ["1"], Reason.HAND)
    backups.take(engine, settings, ["2"], Reason.HAND)
    assert other.state() is State.WHOLE
    assert not old.exists()
    assert young.exists()
    assert len(catalog.listed(tmp_path / "all")) == 2


def fake(folder: Path, number: int, *, whole: bool) -> Backup:
    path = folder / f"{number:03}.db"
    path.write_bytes(b"x" if whole else b"")
    proof = Proof(1, "", Digest(""))
    made = f"2026-01-01T00:00:00.{number:03}Z"
    return catalog.record(Backup(path, made, "sqlite", "db", "", (), Reason.HAND, proof))


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None
)
@given(st.lists(st.booleans(), max_size=8), st.integers(0, 5))
def test_whatever_is_there_the_newest_whole_copy_stays(
    tmp_path: Path, shape: list[bool], keep: int
) -> None:
    folder = tmp_path / "backups"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    made = [fake(folder, number, whole=whole) for number, whole in enumerate(shape)]
    whole = [one for one in made if one.state() is State.WHOLE]
    catalog.thin(folder, "db", keep)
    left = [one for one in catalog.listed(folder, "db") if one.state() is State.WHOLE]
    assert left == list(reversed(whole))[: max(keep, 1)]


def test_a_restore_brings_the_rows_back_and_can_be_undone(engine: sa.Engine, path: Path) -> None:
    made = backups.take(engine, DbOpsSettings(), ["1"], Reason.HAND)
    run(path, "UPDATE t SET a = 2; CREATE TABLE u (a)")
    done = backups.restore(engine, DbOpsSettings(), made, ["2"])
    assert rows(path) == [(1,)]
    assert done.undo is not None
    assert (done.undo.heads, done.undo.reason) == (("2",), Reason.RESTORE)
    backups.restore(engine, DbOpsSettings(), done.undo)
    assert rows(path) == [(2,)]


def test_a_copy_with_one_changed_byte_is_not_restored(engine: sa.Engine, path: Path) -> None:
    made = backups.take(engine, DbOpsSettings(), ["1"], Reason.HAND)
    run(path, "UPDATE t SET a = 2")
    with made.path.open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"\x07")
    with pytest.raises(Refused, match="is not what was recorded") as caught:
        backups.restore(engine, DbOpsSettings(), made)
    assert caught.value.finding.code == "backup-damaged"
    assert "the database is what it was" in caught.value.finding.message
    assert rows(path) == [(2,)]


def test_a_database_that_is_gone_comes_back(engine: sa.Engine, path: Path) -> None:
    made = backups.take(engine, DbOpsSettings(), ["1"], Reason.HAND)
    path.unlink()
    done = backups.restore(engine, DbOpsSettings(), made)
    assert (rows(path), done.kept, done.undo) == ([(1,)], "", None)


def test_a_file_that_is_no_database_is_kept_aside(engine: sa.Engine, path: Path) -> None:
    made = backups.take(engine, DbOpsSettings(), ["1"], Reason.HAND)
    path.write_bytes(b"garbage")
    done = backups.restore(engine, DbOpsSettings(), made)
    assert (rows(path), done.undo) == ([(1,)], None)
    assert Path(done.kept).read_bytes() == b"garbage"


def test_a_damaged_database_is_replaced_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    run(
        path,
        "CREATE TABLE t (a PRIMARY KEY);"
        + "".join(f"INSERT INTO t VALUES ('{number:060}');" for number in range(500)),
    )
    engine = engine_for(f"sqlite:///{path}")
    made = backups.take(engine, DbOpsSettings(), [], Reason.HAND)
    with path.open("r+b") as stream:
        stream.seek(4096 * 3)
        stream.write(b"\x13" * 4096)
    with pytest.raises(Refused, match="nothing was changed") as caught:
        backups.take(engine, DbOpsSettings(), [], Reason.HAND)
    assert caught.value.finding.code == "backup-damaged"
    done = backups.restore(engine, DbOpsSettings(), made)
    assert len(rows(path)) == 500
    assert Path(done.kept).exists()
    assert done.undo is None


def test_copies_are_found_by_name_by_path_or_as_the_newest(
    engine: sa.Engine, tmp_path: Path
) -> None:
    settings = DbOpsSettings()
    with pytest.raises(Refused, match="There is no copy"):
        backups.find(engine.url, settings, None)
    first = backups.take(engine, settings, ["1"], Reason.HAND)
    second = backups.take(engine, settings, ["2"], Reason.HAND)
    assert backups.find(engine.url, settings, None) == second
    assert backups.find(engine.url, settings, first.path.name) == first
    moved = tmp_path / "elsewhere"
    shutil.copytree(first.path.parent, moved)
    found = backups.find(engine.url, settings, str(moved / first.path.name))
    assert found.path == moved / first.path.name
    with pytest.raises(Refused, match="no recorded copy"):
        backups.find(engine.url, settings, "nothing.db")
    second.path.unlink()
    assert backups.find(engine.url, settings, None) == first


def test_a_copy_of_another_kind_of_database_is_refused(engine: sa.Engine) -> None:
    made = backups.take(engine, DbOpsSettings(), [], Reason.HAND)
    other = Backup(**{**made.__dict__, "dialect": "postgresql"})
    with pytest.raises(Refused, match="a copy of a postgresql database"):
        backups.restore(engine, DbOpsSettings(), other)


def test_a_place_that_cannot_be_written_is_refused(engine: sa.Engine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = DbOpsSettings(backup_dir=tmp_path / "file" / "backups")
    with pytest.raises(Refused, match="was not copied, and nothing was changed"):
        backups.backup_before_upgrade(engine, settings, [])


@pytest.mark.postgres
def test_postgres_is_copied_only_where_a_place_is_named(
    postgres: Postgres, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(postgres.bin_dir), prepend=":")
    engine = engine_for(postgres_url)
    settings = DbOpsSettings(backup_dir=tmp_path)
    assert backups.backup_before_upgrade(engine, settings, []) is None
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a int)")
    assert backups.backup_before_upgrade(engine, DbOpsSettings(), []) is None
    with pytest.raises(Refused, match="No place for copies"):
        backups.take(engine, DbOpsSettings(), [], Reason.HAND)
    made = backups.backup_before_upgrade(engine, settings, ["1"])
    assert made is not None
    assert made.engine.startswith("PostgreSQL ")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE t")
    done = backups.restore(engine, settings, made)
    try:
        with engine.connect() as connection:
            assert sa.inspect(connection).get_table_names() == ["t"]
    finally:
        postgres.execute(f'DROP DATABASE "{done.kept}"')
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="pg_dump is not installed") as caught:
        backups.backup_before_upgrade(engine, settings, [])
    assert caught.value.finding.code == "backup-client-missing"
