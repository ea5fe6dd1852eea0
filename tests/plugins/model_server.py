"""A local server that speaks as the services that write do, faults included.

The fixture `model_server` gives one on a loopback address, as new for every test:

    def test_something(model_server: ModelServer) -> None:
        model_server.answer = lambda asked: "# Title" if "outline" in asked.system else "A text."
        config = model_server.config(LlmProvider.ANTHROPIC)   # address, right key, trusted
        writer = build_writer(config, Outgoing())

`answer` is asked for every call, with what was asked (`Asked`: service, headers, body, model, the
instructions as `system` and the material as `user`); it gives a text to stream, or one of the acts
below. The purpose of a call is not on the wire, so tell calls apart by their texts. `then` queues
acts that are played first, one a call. `asked` lists all calls in the order in which they came.

A call with another key than `key` is refused as the service does it (the compatible one takes calls
without any), and so is one that carries a parameter named in `refused_parameters`.
"""

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from bacowr.engine.order import LlmProvider
from bacowr.engine.providers.writers.catalog import WriterConfig
from tests.plugins import model_wire
from tests.plugins.model_wire import COMPLETE, REFUSED, Counts

KEY = "sk-test-0123456789abcdef"


@dataclass(frozen=True)
class Asked:
    """One call as it came in."""

    service: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    model: str
    system: str
    user: str


@dataclass(frozen=True)
class Says:
    """Stream a text; `gap_seconds` is the time between two pieces of the stream."""

    text: str
    ending: str = COMPLETE
    counts: Counts = (11, 7)
    gap_seconds: float = 0.0


@dataclass(frozen=True)
class Fails:
    """Answer with a status and an error as the service writes it."""

    status: int
    kind: str = ""
    message: str = "Something is wrong."
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Cuts:
    """Stream a part of a text and drop the connection; `share` is how much of the stream comes."""

    text: str = "A text that never ends because the line goes dead in the middle of it."
    share: float = 0.7


@dataclass(frozen=True)
class Breaks:
    """Stream the beginning of a text, or nothing, and then an error inside the stream."""

    text: str = ""
    kind: str = "overloaded_error"


@dataclass(frozen=True)
class Raw:
    """Answer 200 with whatever bytes."""

    body: bytes = b"<html>It works!</html>"
    content_type: str = "text/html"


@dataclass(frozen=True)
class Hangs:
    """Say nothing at all until the test is over."""


@dataclass(frozen=True)
class Drops:
    """Drop the connection without a word."""


Act = Says | Fails | Cuts | Breaks | Raw | Hangs | Drops


def refuses(text: str = "") -> Says:
    """Refuse to write, perhaps after some words."""
    return Says(text, REFUSED)


@dataclass
class ModelServer:
    """The server's address, what it is to do, and what it was asked."""

    origin: str
    key: str = KEY
    answer: Callable[[Asked], str | Act] = lambda _: "A text of a few words."
    asked: list[Asked] = field(default_factory=list)
    refused_parameters: frozenset[str] = frozenset()
    most_at_once: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    _acts: deque[Act | str] = field(default_factory=deque)
    _running: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def then(self, *acts: Act | str) -> None:
        """Play these first, one a call."""
        self._acts.extend(acts)

    def base_url(self, provider: LlmProvider) -> str:
        """Give the address that stands for a service's own."""
        paths = {LlmProvider.OPENAI: "/openai/v1", LlmProvider.COMPATIBLE: "/compatible/v1"}
        return self.origin + paths.get(provider, "")

    def config(self, provider: LlmProvider, **changes: Any) -> WriterConfig:  # noqa: ANN401 - whatever a config takes.
        """Give what an operator would set up to have this server write."""
        given: dict[str, Any] = {
            "provider": provider,
            "key": None if provider is LlmProvider.COMPATIBLE else self.key,
            "base_url": self.base_url(provider),
            "model": "local-model" if provider is LlmProvider.COMPATIBLE else None,
            "trusted_address": True,
        }
        return WriterConfig(**{**given, **changes})

    def act_for(self, asked: Asked) -> Act:
        """Note a call and choose what to do about it."""
        with self._lock:
            self.asked.append(asked)
            queued = self._acts.popleft() if self._acts else None
        act = _refusal(asked, self) or queued or self.answer(asked)
        return Says(act) if isinstance(act, str) else act

    def count_running(self, change: int) -> None:
        """Keep account of how many calls run at once."""
        with self._lock:
            self._running += change
            self.most_at_once = max(self.most_at_once, self._running)


def _refusal(asked: Asked, server: ModelServer) -> Fails | None:
    key = {
        "anthropic": asked.headers.get("x-api-key"),
        "google": asked.headers.get("x-goog-api-key"),
    }.get(asked.service, asked.headers.get("authorization", "").removeprefix("Bearer "))
    if key != server.key and (key or asked.service != "compatible"):
        return {
            "anthropic": Fails(401, "authentication_error", "invalid x-api-key"),
            "google": Fails(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid one."),
        }.get(asked.service, Fails(401, "invalid_api_key", f"Incorrect API key: {key}"))
    settings = asked.body.get("generationConfig", {})
    for name in sorted(server.refused_parameters & {*asked.body, *settings}):
        message = f"Unsupported parameter: '{name}' is not supported with this model."
        return Fails(400, "unsupported_parameter", message)
    return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    origin: ClassVar[str]
    state: ClassVar[ModelServer]

    def do_POST(self) -> None:
        self.state.count_running(1)
        try:
            with suppress(BrokenPipeError, ConnectionError):
                self._play()
        finally:
            self.state.count_running(-1)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def _play(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = _understood(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        act = self.state.act_for(asked)
        match act:
            case Fails():
                data = model_wire.error(asked.service, act.status, act.message, act.kind)
                self._whole(act.status, data, "application/json", dict(act.headers))
            case Raw():
                self._whole(200, act.body, act.content_type, {})
            case Hangs() | Drops():
                self.close_connection = True
                self.state.over.wait(30 if isinstance(act, Hangs) else 0)
            case _:
                self._stream(act, asked.service)

    def _whole(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Type": kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, act: Says | Cuts | Breaks, service: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        gap_seconds = act.gap_seconds if isinstance(act, Says) else 0.0
        body, step = _streamed(act, service), 150 if gap_seconds else 1500
        for at in range(0, len(body), step):
            piece = body[at : at + step]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if gap_seconds and self.state.over.wait(gap_seconds):
                break
        self.close_connection = isinstance(act, Cuts)
        if not self.close_connection:
            self.wfile.write(b"0\r\n\r\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Keep quiet about callers that hang up."""


def _streamed(act: Says | Cuts | Breaks, service: str) -> bytes:
    if isinstance(act, Says):
        return model_wire.stream(service, act.text, act.ending, act.counts)
    whole = model_wire.stream(service, act.text)
    if isinstance(act, Cuts):
        return whole[: int(len(whole) * act.share)]
    ends = [each.end() for each in re.finditer(rb"(\r?\n){2}", whole)]
    begun = whole[: ends[len(ends) * 2 // 3]] if act.text else b""
    return begun + model_wire.error_event(service, "Overloaded", act.kind)


def _understood(path: str, headers: dict[str, str], body: dict[str, Any]) -> Asked:
    if path.startswith("/v1beta/models/"):
        name = path.removeprefix("/v1beta/models/").removesuffix(":streamGenerateContent?alt=sse")
        system = body["systemInstruction"]["parts"][0]["text"]
        user = body["contents"][0]["parts"][0]["text"]
        return Asked("google", path, headers, body, name, system, user)
    if path == "/v1/messages":
        system, user = body["system"], body["messages"][0]["content"]
        return Asked("anthropic", path, headers, body, body["model"], system, user)
    service = path.removesuffix("/v1/chat/completions").removeprefix("/")
    system, user = (each["content"] for each in body["messages"])
    return Asked(service, path, headers, body, body["model"], system, user)


@pytest.fixture(scope="session")
def _model_http() -> Iterator[type[_Handler]]:
    """Run one server for all tests; its state is put in by each."""
    server = _Server(("127.0.0.1", 0), _Handler)
    _Handler.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield _Handler
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def model_server(_model_http: type[_Handler]) -> Iterator[ModelServer]:
    """Give a server that speaks as the services that write do."""
    _model_http.state = ModelServer(_model_http.origin)
    yield _model_http.state
    _model_http.state.over.set()
