"""The platform of the drill: it releases a version as Heroku and Railway do."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.drill.processes import stop, until

if TYPE_CHECKING:
    from tests.drill.load import Router
    from tests.drill.processes import Starter
    from tests.drill.versions import Version


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=60) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, ConnectionError):
        return False


@dataclass
class Platform:
    """Runs one version at a time, but for the while in which the next one takes over."""

    starter: Starter
    router: Router
    environ: dict[str, str]
    web: int = 0
    worker: int = 0
    old: list[int] = field(default_factory=list)

    def run(self, version: Version, line: str, **environ: str) -> tuple[int, str]:
        """Run a command of a version beside it all; return its exit code and what it said."""
        pid = self._start(version, line, **environ)
        code = self.starter.wait(pid)
        return code, self.starter.text(pid)

    def release(self, version: Version, **environ: str) -> str:
        """Run the release phase; return what it said."""
        code, text = self.run(version, version.lines["release"], **environ)
        assert code == 0, text
        return text

    def change_over(self, version: Version, **environ: str) -> None:
        """Let the processes of a version take over from those that serve."""
        self._change_web(version, **environ)
        before, self.worker = self.worker, self._start(version, version.lines["worker"], **environ)
        self._end(before)

    def _change_web(self, version: Version, **environ: str) -> None:
        port = free_port()
        pid = self._start(version, version.lines["web"], PORT=str(port), **environ)
        until(lambda: is_ready(port), lambda: self.starter.text(pid))
        self.router.switch(port)
        before, self.web = self.web, pid
        self._end(before)

    def close(self) -> None:
        try:
            for pid in (self.web, self.worker):
                self._end(pid)
        finally:
            self.starter.close()

    def _start(self, version: Version, line: str, **environ: str) -> int:
        named = {"HEROKU_RELEASE_VERSION": version.name}
        return self.starter.start(version.folder, line, self.environ | named | environ)

    def _end(self, pid: int) -> None:
        """Ask a process to end; it must do so in good order."""
        if pid:
            code = stop(self.starter, pid)
            assert code == 0, self.starter.text(pid)
