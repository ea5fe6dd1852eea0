"""What a new user does first: `make run`, as real processes on a machine without internet."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Served:
    """`flask serve` on a port of its own, and what it has said."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.said = folder.with_name(f"said-{self.port}.txt")
        environ = os.environ | {"INSTANCE_DIR": str(folder), "WEB_CONCURRENCY": "1"}
        for name in ("DATABASE_URL", "FLASK_APP", "PORT"):
            environ.pop(name, None)
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=environ,
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    @property
    def text(self) -> str:
        return self.said.read_text("utf-8")

    def wait(self) -> Served:
        """Return once the web server listens."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "Listening at" not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.1)
        return self

    def get(self, path: str) -> int:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE_SECONDS
        ) as answer:
            status: int = answer.status
        return status

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path / "instance")
    yield made
    if made.process.poll() is None:
        made.stop(signal.SIGTERM)


def children_of(pid: int) -> list[int]:
    out = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return [int(word) for word in out.split()]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_first_run_shows_a_password_once_and_ctrl_c_stops_all_of_it(
    served: Served, tmp_path: Path
) -> None:
    served.wait()
    passwords = re.findall(r"admin@localhost\n\s+(\S{16})\n", served.text)
    assert len(passwords) == 1
    assert served.get("/health/ready") == 200
    assert served.get("/sign-in") == 200
    children = children_of(served.process.pid)
    assert len(children) == 2
    assert served.stop() == 0
    assert not [pid for pid in children if is_alive(pid)]

    again = Served(tmp_path / "instance").wait()
    try:
        assert again.get("/health/ready") == 200
        assert "admin@localhost" not in again.text
    finally:
        assert again.stop(signal.SIGTERM) == 0


def test_a_taken_port_is_named_before_anything_is_done(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "flask", "serve", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"INSTANCE_DIR": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert not (folder / "bacowr.sqlite3").exists()


def test_everything_stops_when_a_part_ends_by_itself(served: Served) -> None:
    served.wait()
    children = children_of(served.process.pid)
    os.kill(children[-1], signal.SIGKILL)
    assert served.process.wait(PATIENCE_SECONDS) == 1
    assert not [pid for pid in children if is_alive(pid)]
