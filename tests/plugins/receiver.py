"""A local web server that webhooks are sent to, with every fault that a receiver can have."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CUT, SILENT = "cut", "silent"


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came, and what is answered next; without a plan, 204."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    plan: deque[Any] = field(default_factory=deque)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/hook") -> str:
        return f"http://{self.host}{path}"

    def answer_next(self, *answers: Any) -> None:  # noqa: ANN401  # A status, a fault, or both parts.
        """Answer the next requests so: a status, (status, headers), (status, headers, body)…"""
        self.plan.extend(answers)


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.received.append(Received(self.path, headers, body))
        answer = receiver.plan.popleft() if receiver.plan else 204
        if answer == CUT:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if answer == SILENT:
            receiver.released.wait(60)
            return
        status, more, said = answer if isinstance(answer, tuple) else (answer, {}, b"")
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said if status != 204 else b"")

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Receiver]:
    """Serve on a free port of loopback."""
    receiver = Receiver()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.receiver = receiver  # type: ignore[attr-defined]  # For the handler.
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.released.set()
            server.shutdown()
            thread.join()


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
