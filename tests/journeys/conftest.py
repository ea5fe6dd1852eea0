"""BACOWR as a new user starts it, and the public pages that it reads in these tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.plugins.sites import Site

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "tests" / "engine" / "pages"
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Served:
    """`flask serve` on a port and in a folder of its own, and what it has said."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.port = free_port()
        self.said = folder.with_name(f"said-{self.port}.txt")
        self.environ = os.environ | {"INSTANCE_DIR": str(folder), "WEB_CONCURRENCY": "1"} | settings
        for name in ("DATABASE_URL", "FLASK_APP", "PORT"):
            self.environ.pop(name, None)
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environ,
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

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str) -> int:
        with urllib.request.urlopen(self.url(path), timeout=PATIENCE_SECONDS) as answer:
            status: int = answer.status
        return status

    def flask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a `flask` command beside it, as a person would in another terminal."""
        command = [sys.executable, "-m", "flask", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False
        )

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


Serve = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """A function that starts it: serve(); again on the same data: serve()."""
    started: list[Served] = []

    def start(**settings: str) -> Served:
        started.append(Served(tmp_path / "instance", **settings))
        return started[-1]

    yield start
    for served in started:
        if served.process.poll() is None:
            served.stop(signal.SIGTERM)


def public_pages(server: HTTPServer) -> None:
    """SQLite's documentation, at `localhost`, with the tz database's theory page beside it."""
    server.no_handler_status_code = 404
    site = Site(server)
    for file in (PAGES / "sqlite").glob("*.html"):
        path = "/" if file.stem == "index" else f"/{file.name}"
        site.page(path, file.read_text("utf-8"))
    site.page("/tz/theory.html", (PAGES / "tz" / "theory.html").read_text("utf-8"))
