import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import ROOT, ConfigError, Settings, from_env

KEY = "k" * 40


def read(folder: Path, **environ: str) -> Settings:
    return from_env({"INSTANCE_DIR": str(folder), **environ})


def test_the_embedded_default_needs_nothing(tmp_path: Path) -> None:
    settings = read(tmp_path / "instance")
    assert settings.database_url == f"sqlite:///{tmp_path / 'instance' / 'bacowr.sqlite3'}"
    assert settings.queue_url.startswith("sqlite:///")
    assert len(settings.secret_key) >= 32
    assert settings.embedded


def test_the_signing_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: read(tmp_path).secret_key, range(16)))
    assert len(keys) == 1
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_taken(tmp_path: Path, scheme: str) -> None:
    settings = read(tmp_path, DATABASE_URL=f"{scheme}://u:p%40@db/b", SECRET_KEY=KEY)
    assert settings.database_url == "postgresql+psycopg://u:p%40@db/b"
    assert settings.queue_url == "postgresql://u:p%40@db/b"
    assert not settings.embedded


def test_redis_can_carry_the_queue(tmp_path: Path) -> None:
    assert read(tmp_path, QUEUE_URL="redis://cache/0").queue_url == "redis://cache/0"


def test_a_database_elsewhere_needs_a_signing_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, DATABASE_URL="sqlite:////data/b.db")
    assert set(caught.value.problems) == {"SECRET_KEY"}


WRONG = {
    "DATABASE_URL": "mysql://db/b",
    "QUEUE_URL": "amqp://q",
    "SECRET_KEY": "change-me",
    "FETCH_ALLOW_HOSTS": "localhost",
    "SESSION_DAYS": "0",
    "COOKIE_SECURE": "maybe",
    "WORKER_THREADS": "many",
    "LOG_LEVEL": "LOUD",
    "DBOPS_BACKFILL_BUDGET": "an hour",
    "DBOPS_PHASES": "never",
}


def test_every_wrong_variable_is_named_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    with pytest.raises(ConfigError) as caught:
        read(folder, **WRONG)
    assert set(caught.value.problems) == set(WRONG)
    assert all(name in str(caught.value) for name in WRONG)
    assert not folder.exists()


def test_right_values_are_read(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        FETCH_ALLOW_HOSTS="127.0.0.1:8123, Localhost:1,[::1]:80",
        COOKIE_SECURE="yes",
        LOG_JSON="off",
        LOG_LEVEL="debug",
        DBOPS_BACKFILL_BUDGET="0",
        DBOPS_PHASES="Strict",
        SECRET_KEY=KEY,
    )
    assert settings.fetch_allow_hosts == {"127.0.0.1:8123", "localhost:1", "[::1]:80"}
    assert settings.cookie_secure
    assert not settings.log_json
    assert settings.log_level == "DEBUG"
    assert settings.dbops_backfill_budget == 0
    assert settings.dbops_phases == "strict"
    assert settings.secret_key == KEY


def test_the_key_file_is_found_when_another_process_was_faster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret_key"
    path.write_text(KEY, encoding="ascii")
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert read(tmp_path).secret_key == KEY


def test_a_release_is_called_what_heroku_calls_it(tmp_path: Path) -> None:
    assert read(tmp_path, HEROKU_RELEASE_VERSION="v7").dbops_app_version == "v7"
    named = read(tmp_path, HEROKU_RELEASE_VERSION="v7", DBOPS_APP_VERSION="2026-11")
    assert named.dbops_app_version == "2026-11"


def test_a_wrong_environment_is_told_without_a_trace() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "routes"],
        env=os.environ | {"DATABASE_URL": "mysql://db/b"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "SECRET_KEY: is missing" in done.stderr
    assert "DATABASE_URL: must begin" in done.stderr
    assert "Traceback" not in done.stderr
