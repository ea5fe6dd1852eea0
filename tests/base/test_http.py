"""The outgoing client: what it reads, what it refuses, and when it gives up."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bacowr.base.addresses import AddressRefused
from bacowr.base.http import (
    Outgoing,
    OutgoingError,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from tests.plugins.resolver import answers

PUBLIC = "93.184.215.14"


@pytest.fixture
def outgoing(httpserver: HTTPServer) -> Outgoing:
    return Outgoing(frozenset({f"{httpserver.host}:{httpserver.port}"}))


@pytest.fixture
def raw_server() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Serve one connection with whatever bytes a test wants; give the port."""
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(talk: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with closing(connection):
                connection.recv(4096)
                talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        threads.append(thread)
        return int(listener.getsockname()[1])

    yield start
    for each in listeners:
        each.close()
    for thread in threads:
        thread.join(5)


def test_gives_status_headers_and_body(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    httpserver.expect_request("/page").respond_with_data("héllo", content_type="text/html")
    answer = outgoing.get(httpserver.url_for("/page"))
    assert (answer.status, answer.body) == (200, "héllo".encode())
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.url == answer.final_url
    assert answer.redirects == ()


def test_a_404_is_an_answer(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    httpserver.expect_request("/gone").respond_with_data("no", status=404)
    assert outgoing.get(httpserver.url_for("/gone")).status == 404


def test_says_who_it_is(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    outgoing.get(httpserver.url_for("/"))
    agent = httpserver.log[0][0].headers["User-Agent"]
    assert agent.startswith("BACOWR/")
    assert "requests" not in agent


def test_takes_no_proxy_from_the_environment(
    httpserver: HTTPServer, outgoing: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    httpserver.expect_request("/").respond_with_data("direct")
    assert outgoing.get(httpserver.url_for("/")).body == b"direct"


def test_keeps_no_cookie_between_calls(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    httpserver.expect_request("/").respond_with_data("ok", headers={"Set-Cookie": "a=b"})
    outgoing.get(httpserver.url_for("/"))
    outgoing.get(httpserver.url_for("/"))
    assert "Cookie" not in httpserver.log[1][0].headers


def test_follows_five_redirects_and_lists_them(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    for n in range(5):
        httpserver.expect_request(f"/{n}").respond_with_data(
            status=302, headers={"Location": f"/{n + 1}"}
        )
    httpserver.expect_request("/5").respond_with_data("here")
    answer = outgoing.get(httpserver.url_for("/0"))
    assert answer.final_url == httpserver.url_for("/5")
    assert answer.redirects == tuple(httpserver.url_for(f"/{n}") for n in range(5))


def test_gives_up_at_the_sixth_redirect(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    httpserver.expect_request("/loop").respond_with_data(status=301, headers={"Location": "/loop"})
    with pytest.raises(TooManyRedirects):
        outgoing.get(httpserver.url_for("/loop"))
    assert len(httpserver.log) == 6


@pytest.mark.parametrize(
    "onward",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f000001/",
        "https://10.0.0.1/",
        "http://localhost/",
        "//192.168.0.1/",
        "http://example.com:8080/",
        "ftp://example.com/",
        "file:///etc/passwd",
    ],
)
def test_refuses_a_redirect_that_leads_inside(
    httpserver: HTTPServer, outgoing: Outgoing, onward: str
) -> None:
    httpserver.expect_request("/").respond_with_data(status=302, headers={"Location": onward})
    with pytest.raises(AddressRefused):
        outgoing.get(httpserver.url_for("/"))


def test_an_allowed_host_opens_no_other_port(httpserver: HTTPServer) -> None:
    outgoing = Outgoing(frozenset({f"{httpserver.host}:1"}))
    with pytest.raises(AddressRefused):
        outgoing.get(httpserver.url_for("/"))
    assert not httpserver.log


def test_asks_before_it_follows(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    httpserver.expect_request("/").respond_with_data(status=302, headers={"Location": "/next"})
    asked: list[str] = []

    def stop(url: str) -> None:
        asked.append(url)
        raise Unreachable("Stop here.")

    with pytest.raises(Unreachable, match="Stop here"):
        outgoing.get(httpserver.url_for("/"), before_redirect=stop)
    assert asked == [httpserver.url_for("/next")]
    assert len(httpserver.log) == 1


def test_refuses_an_announced_size(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    httpserver.expect_request("/").respond_with_data("x" * 101)
    with pytest.raises(TooLarge):
        outgoing.get(httpserver.url_for("/"), max_bytes=100)


def test_takes_exactly_the_allowed_size(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    httpserver.expect_request("/").respond_with_data("x" * 100)
    assert len(outgoing.get(httpserver.url_for("/"), max_bytes=100).body) == 100


def test_stops_reading_what_unpacks_too_large(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    packed = gzip.compress(b"x" * 3_000_000)
    httpserver.expect_request("/").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLarge):
        outgoing.get(httpserver.url_for("/"), max_bytes=1_000_000)


def test_unpacks_what_fits(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    packed = gzip.compress(b"x" * 300_000)
    httpserver.expect_request("/").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    assert len(outgoing.get(httpserver.url_for("/")).body) == 300_000


def test_a_body_without_announced_size_is_capped(
    httpserver: HTTPServer, outgoing: Outgoing
) -> None:
    def endless(_: Request) -> Response:
        return Response(b"y" * 50_000 for _ in range(20))

    httpserver.expect_request("/").respond_with_handler(endless)
    with pytest.raises(TooLarge):
        outgoing.get(httpserver.url_for("/"), max_bytes=100_000)


def test_gives_up_on_a_silent_server(httpserver: HTTPServer, outgoing: Outgoing) -> None:
    done = threading.Event()

    def wait(_: Request) -> Response:
        done.wait(5)
        return Response("late")

    httpserver.expect_request("/").respond_with_handler(wait)
    try:
        with pytest.raises(TooSlow):
            outgoing.get(httpserver.url_for("/"), timeout_seconds=0.3)
    finally:
        done.set()


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
)
def test_gives_up_on_a_server_that_drips(
    raw_server: Callable[[Callable[[socket.socket], None]], int], start: bytes
) -> None:
    def drip(connection: socket.socket) -> None:
        try:
            connection.sendall(start)
            for _ in range(100):
                connection.sendall(b"X-A: b\r\n")
                time.sleep(0.05)
        except OSError:
            return

    port = raw_server(drip)
    with pytest.raises(TooSlow):
        Outgoing(frozenset({f"127.0.0.1:{port}"})).get(
            f"http://127.0.0.1:{port}/", timeout_seconds=0.5
        )


def test_a_cut_connection_is_no_answer(
    raw_server: Callable[[Callable[[socket.socket], None]], int],
) -> None:
    port = raw_server(
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc")
    )
    with pytest.raises(Unreachable):
        Outgoing(frozenset({f"127.0.0.1:{port}"})).get(f"http://127.0.0.1:{port}/")


def test_a_closed_port_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable):
        Outgoing(frozenset({f"127.0.0.1:{port}"})).get(f"http://127.0.0.1:{port}/")


def test_a_name_without_address_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable):
        Outgoing().get("http://nowhere.example/")


@pytest.mark.parametrize("second", ["127.0.0.1", "10.1.2.3", "168.63.129.16", "::1"])
def test_a_name_that_turns_inside_after_the_check_is_refused(
    monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers(PUBLIC, second))
    with pytest.raises(AddressRefused):
        Outgoing().get("http://rebinding.example/")


def test_connects_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[object] = []

    def refuse(_: socket.socket, address: object) -> None:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", answers(PUBLIC))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(Unreachable):
        Outgoing().get("https://named.example/")
    assert reached == [(PUBLIC, 443)]


def test_every_failure_is_told_in_a_sentence() -> None:
    with pytest.raises(OutgoingError) as caught:
        Outgoing(frozenset({"127.0.0.1:9"})).get("http://127.0.0.1:9/")
    assert str(caught.value).endswith(".")
