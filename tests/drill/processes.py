"""The processes of a Procfile: started as a platform does, or forked for less work."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from tests.plugins.zygote import Zygote

PRELOAD = (
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "huey.consumer",
    "py3langid:set_languages",
    "trafilatura",
    "bacowr.app",
)
PATIENCE_SECONDS = 120


class Starter(Protocol):
    """Starts a line of a Procfile in a folder, and tells what came of it."""

    def prepare(self, *folders: Path) -> None:
        """Get ready for what will be started there."""

    def start(self, folder: Path, line: str, environ: dict[str, str]) -> int:
        """Start it; return its pid."""

    def wait(self, pid: int) -> int:
        """Wait for its end; return its exit code."""

    def text(self, pid: int) -> str:
        """Return what it has said."""

    def close(self) -> None:
        """End whatever still runs."""


class Executed:
    """Each process is started anew, by a shell, with the virtual environment's programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def prepare(self, *folders: Path) -> None:
        """Each starts from nothing."""

    def start(self, folder: Path, line: str, environ: dict[str, str]) -> int:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        said = (self.folder / "said").open("wb")
        with said:
            process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {line}"],
                cwd=folder,
                env=_clean() | environ | {"PATH": path},
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        (self.folder / "said").rename(self._path(process.pid))
        self.running[process.pid] = process
        return process.pid

    def wait(self, pid: int) -> int:
        return self.running[pid].wait(PATIENCE_SECONDS)

    def text(self, pid: int) -> str:
        return self._path(pid).read_text("utf-8")

    def close(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
                process.wait(PATIENCE_SECONDS)

    def _path(self, pid: int) -> Path:
        return self.folder / f"{pid}.said"


class Forked:
    """Each process is forked from one per version that has everything imported already."""

    def __init__(self) -> None:
        self.zygotes: dict[Path, Zygote] = {}
        self.folders: dict[int, Path] = {}

    def prepare(self, *folders: Path) -> None:
        self.zygotes |= {folder: Zygote(folder, PRELOAD) for folder in folders}

    def start(self, folder: Path, line: str, environ: dict[str, str]) -> int:
        pid = self.zygotes[folder].fork(folder, shlex.split(line), environ)
        self.folders[pid] = folder
        return pid

    def wait(self, pid: int) -> int:
        code = self.zygotes[self.folders[pid]].ask(wait=pid)
        return int(code)

    def text(self, pid: int) -> str:
        return (self.folders[pid] / f"{pid}.txt").read_text("utf-8")

    def close(self) -> None:
        for zygote in self.zygotes.values():
            zygote.process.communicate()


def _clean() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if "PYTHON" not in key}


def stop(starter: Starter, pid: int) -> int:
    """Ask a process to end, as a platform does, and return its exit code."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    return starter.wait(pid)


def until(happens: object, told: object = "") -> None:
    """Wait until a function returns something true."""
    assert callable(happens)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happens():
        assert time.monotonic() < deadline, told() if callable(told) else told
        time.sleep(0.05)
