"""What a new user does first: `make run`, as real processes on a machine without internet."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Serve

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


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


def test_a_first_run_shows_a_password_once_and_ctrl_c_stops_all_of_it(serve: Serve) -> None:
    served = serve().wait()
    passwords = re.findall(r"admin@localhost\n\s+(\S{16})\n", served.text)
    assert len(passwords) == 1
    assert served.get("/health/ready") == 200
    assert served.get("/sign-in") == 200
    children = children_of(served.process.pid)
    assert len(children) == 2
    assert served.stop() == 0
    assert not [pid for pid in children if is_alive(pid)]

    again = serve().wait()
    assert again.get("/health/ready") == 200
    assert "admin@localhost" not in again.text
    children = children_of(again.process.pid)
    os.kill(children[-1], signal.SIGKILL)
    assert again.process.wait(PATIENCE_SECONDS) == 1, "A part that ends by itself ends the rest."
    assert not [pid for pid in children if is_alive(pid)]


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
