"""Streams under the real server: told as it happens, few enough, and given up with their client."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bacowr.jobs import queries, service
from config import Settings
from tests.api.conftest import Caller, Json
from tests.plugins.application import KEY

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
SLOWLY = 0.1


class Asked:
    """One request on a connection of its own, and its answer, whose body is yet to come."""

    def __init__(self, port: int, path: str, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self.connection.request("GET", f"/api/v1{path}", headers=headers)
        self.answer = self.connection.getresponse()

    @property
    def status(self) -> int:
        return self.answer.status

    def told(self) -> Iterator[Json]:
        """Give the data of a stream, as they come."""
        for line in self.answer:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))

    def close(self) -> None:
        """Go without a word."""
        self.answer.close()
        self.connection.close()


class Server:
    """gunicorn as it is configured, one process of it, on the test's own database."""

    def __init__(self, settings: Settings, said: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        environ = os.environ | {
            "INSTANCE_DIR": str(settings.instance_dir),
            "DATABASE_URL": settings.database_url,
            "QUEUE_URL": settings.queue_url,
            "SECRET_KEY": KEY,
            "WEB_CONCURRENCY": "1",
        }
        environ.pop("PORT", None)
        self.said = said
        self.asked: list[Asked] = []
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{self.port}"]
        with said.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT
            )

    def wait(self) -> None:
        """Return once it answers."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "Listening at" not in self.said.read_text("utf-8"):
            assert self.process.poll() is None, self.said.read_text("utf-8")
            assert time.monotonic() < deadline, self.said.read_text("utf-8")
            time.sleep(SLOWLY)

    def ask(self, path: str, key: str) -> Asked:
        self.asked.append(Asked(self.port, path, {"X-API-Key": key}))
        return self.asked[-1]

    def stop(self) -> None:
        for each in self.asked:
            each.close()
        self.process.terminate()
        self.process.wait(PATIENCE_SECONDS)


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[Server]:
    served = Server(settings, tmp_path / "said.txt")
    try:
        served.wait()
        yield served
    finally:
        served.stop()


def test_streams_tell_as_it_happens_and_leave_the_server_its_threads(
    caller: Caller, server: Server
) -> None:
    job_id = caller.order()["id"]
    path, key = f"/ws/jobs/{job_id}", caller.key
    follower = server.ask(path, key)
    assert follower.status == 200
    stream = follower.told()
    assert next(stream)["status"] == "pending"

    gone = server.ask(path, key)
    assert gone.status == 200
    assert server.ask(path, key).status == 429
    for _ in range(3):
        assert server.ask(f"/jobs/{job_id}", key).status == 200

    gone.close()  # Its place is free once the server notices.
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (again := server.ask(path, key)).status == 429:
        assert time.monotonic() < deadline, "The place of a client that is gone was never free."
        again.close()
        time.sleep(SLOWLY)
    again.close()

    assert service.claim(job_id, worker="w1", seconds=600)
    assert next(stream)["status"] == "processing"
    service.cancel(queries.get(job_id, owner=caller.user), by=caller.user)
    assert [each["status"] for each in stream] == ["canceled"], "After its end the stream ends."
