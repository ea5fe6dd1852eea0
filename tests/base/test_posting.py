"""Sending something out: what is sent, what is refused, and what is told of a broken answer."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest
from pytest_httpserver import HTTPServer

from bacowr.base.addresses import AddressRefused
from bacowr.base.http import Outgoing, TooLarge, TooSlow, Unreachable
from bacowr.base.posting import BrokenOff, Limits, Post, Redirected, posted, send
from tests.plugins.resolver import answers

LIMITS = Limits(timeout_seconds=5, idle_seconds=2, max_bytes=1000)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"

Talk = Callable[[socket.socket], None]


@pytest.fixture
def raw_server() -> Iterator[Callable[[Talk], str]]:
    """Serve one connection with whatever bytes a test wants; give its `host:port`."""
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(talk: Talk) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with closing(connection):
                    connection.recv(4096)
                    talk(connection)

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[-1].start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for each in listeners:
        each.close()
    for thread in threads:
        thread.join(5)


def to(host: str, *, limits: Limits = LIMITS) -> bytes:
    """Post to a host that may be private; give the body of the answer."""
    outgoing = Outgoing(frozenset({host}))
    return send(outgoing, Post(f"http://{host}/", {}, b"{}"), limits).body


def test_sends_body_and_headers_and_gives_the_answer(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/in", method="POST").respond_with_data("got it", status=201)
    host = f"{httpserver.host}:{httpserver.port}"
    post = Post(f"http://{host}/in", {"X-Key": "k", "Content-Type": "application/json"}, b'{"a":1}')
    answer = send(Outgoing(frozenset({host})), post, LIMITS)
    assert (answer.status, answer.body) == (201, b"got it")
    asked = httpserver.log[0][0]
    assert asked.get_json() == {"a": 1}
    assert asked.headers["X-Key"] == "k"


def test_gives_what_has_come_before_the_rest_is_there(
    raw_server: Callable[[Talk], str],
) -> None:
    first_was_read = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 6\r\n\r\none")
        assert first_was_read.wait(5)
        connection.sendall(b"two")

    host = raw_server(talk)
    post = Post(f"http://{host}/", {}, b"")
    with posted(Outgoing(frozenset({host})), post, LIMITS) as reply:
        assert next(reply.chunks) == b"one"
        first_was_read.set()
        assert b"".join(reply.chunks) == b"two"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_sends_nothing_onward(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/").respond_with_data(status=status, headers={"Location": "/there"})
    with pytest.raises(Redirected):
        to(f"{httpserver.host}:{httpserver.port}")
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://169.254.169.254/", "https://localhost/", "ftp://a.se/"]
)
def test_refuses_an_address_inside(url: str) -> None:
    with pytest.raises(AddressRefused):
        send(Outgoing(), Post(url, {}, b""), LIMITS)


def test_refuses_a_name_that_turns_inward_after_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers("93.184.215.14", "127.0.0.1"))
    with pytest.raises(AddressRefused):
        send(Outgoing(), Post("http://turning.example/", {}, b""), LIMITS)


def test_says_when_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        free = f"127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(Unreachable):
        to(free)

    def not_found(*_: object, **__: object) -> list[object]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", not_found)
    with pytest.raises(Unreachable):
        send(Outgoing(), Post("https://nowhere.example/", {}, b""), LIMITS)


@pytest.mark.parametrize(
    "told",
    [
        b"",
        HEAD + b"Content-Length: 100\r\n\r\nhalf",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n8\r\nhalf",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_tells_a_broken_answer_from_a_server_that_is_not_there(
    raw_server: Callable[[Talk], str], told: bytes
) -> None:
    with pytest.raises(BrokenOff):
        to(raw_server(lambda connection: connection.sendall(told)))


@pytest.mark.parametrize("told", [b"", HEAD + b"Content-Length: 100\r\n\r\nhalf"])
def test_gives_up_on_a_server_that_falls_silent(
    raw_server: Callable[[Talk], str], told: bytes
) -> None:
    done = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.sendall(told)
        done.wait(10)

    host = raw_server(talk)
    with pytest.raises(TooSlow, match="silent"):
        to(host, limits=Limits(timeout_seconds=20, idle_seconds=0.1))
    done.set()


def test_gives_up_on_a_server_that_drips(raw_server: Callable[[Talk], str]) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
        with suppress(OSError):
            while True:
                connection.sendall(b".")
                threading.Event().wait(0.02)

    with pytest.raises(TooSlow):
        to(raw_server(talk), limits=Limits(timeout_seconds=0.4, idle_seconds=5))


def test_reads_no_more_than_the_limit(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("x" * 1001)
    with pytest.raises(TooLarge):
        to(f"{httpserver.host}:{httpserver.port}")


def test_shows_no_secret() -> None:
    shown = repr(Post("https://a.example/", {"X-Key": "secret"}, b"secret"))
    assert "secret" not in shown


def test_calls_a_named_host_on_an_ipv6_address() -> None:
    with closing(socket.create_server(("::1", 0), family=socket.AF_INET6)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            connection, _ = listener.accept()
            with closing(connection):
                connection.recv(4096)
                connection.sendall(HEAD + b"Content-Length: 2\r\n\r\nok")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        outgoing = Outgoing(frozenset({f"::1:{port}"}))
        assert send(outgoing, Post(f"http://[::1]:{port}/", {}, b""), LIMITS).body == b"ok"
        thread.join(5)
