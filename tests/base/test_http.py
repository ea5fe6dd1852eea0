"""The outgoing client: what it reads, what it refuses, and when it gives up."""

import gzip
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bacowr.base import addresses
from bacowr.base.addresses import AddressRefused
from bacowr.base.http import (
    Outgoing,
    OutgoingError,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)

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


def answers(*rounds: str) -> Callable[..., list[tuple[object, ...]]]:
    """Stand in for the resolver: one answer a call, the last one for ever."""
    left = list(rounds)

    def look_up(_host: str, port: int | None, *_: object, **__: object) -> list[tuple[object, ...]]:
        ip = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (ip, port or 0))]

    return look_up


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


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("javascript:alert(1)", "http and https"),
        ("file:///etc/passwd", "http and https"),
        ("https://", "no host"),
        ("https://a b.se/", "spaces"),
        ("https://a.se\\@b.se/", "backslashes"),
        ("https://user:pass@a.se/", "password"),
        ("https://a.se:99999/", "read as a URL"),
        ("https://[::1/", "read as a URL"),
        ("https://a.se:8080/", "ports 80 and 443"),
        ("https://localhost/", "private"),
        ("https://printer.local/", "private"),
        ("http://metadata.google.internal/", "private"),
        ("http://127.0.0.1/", "private"),
        ("http://127.1/", "private"),
        ("http://0/", "private"),
        ("http://2130706433/", "private"),
        ("http://0x7f.0.0.1/", "private"),
        ("http://169.254.169.254/", "private"),
        ("http://100.64.1.1/", "private"),
        ("http://192.168.1.1/", "private"),
        ("http://172.16.0.1/", "private"),
        ("http://224.0.0.1/", "private"),
        ("http://255.255.255.255/", "private"),
        ("http://[::]/", "private"),
        ("http://[::ffff:10.0.0.1]/", "private"),
        ("http://[64:ff9b::7f00:1]/", "private"),
        ("http://[fd00::1]/", "private"),
        ("http://[fe80::1]/", "private"),
        ("http://[2002:7f00:1::]/", "private"),
    ],
)
def test_an_address_that_leads_inside_or_nowhere_is_refused(url: str, why: str) -> None:
    with pytest.raises(AddressRefused, match=why):
        Outgoing().check_address(url)


@pytest.mark.parametrize("url", ["http://93.184.215.14/", "https://[2606:2800:21f::1]/x?y#z"])
def test_a_public_address_passes(url: str) -> None:
    Outgoing().check_address(url)


def test_a_public_name_that_resolves_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers("10.0.0.8"))
    with pytest.raises(AddressRefused, match="intranet"):
        Outgoing().check_address("https://intranet.example/")


def test_a_slow_resolver_does_not_hold_up_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        release.wait(5)
        return []

    monkeypatch.setattr(addresses, "RESOLVE_SECONDS", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        Outgoing().check_address("https://slow.example/")
    finally:
        release.set()


def test_a_named_host_passes_at_its_port_only() -> None:
    outgoing = Outgoing(frozenset({"localhost:8080", "127.0.0.1:80"}))
    outgoing.check_address("http://localhost:8080/x")
    outgoing.check_address("http://127.0.0.1/x")
    with pytest.raises(AddressRefused):
        outgoing.check_address("http://localhost:8081/x")


def test_a_named_host_at_the_common_port_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[object] = []

    def refuse(_: socket.socket, address: object) -> None:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(Unreachable):
        Outgoing(frozenset({"127.0.0.1:80"})).get("http://127.0.0.1/")
    assert reached == [("127.0.0.1", 80)]


def test_a_front_page_is_looked_for_under_https_first() -> None:
    assert Outgoing().home_urls("a.se") == (
        "https://a.se/",
        "https://www.a.se/",
        "http://a.se/",
    )


def test_a_named_host_has_its_front_page_at_its_port() -> None:
    outgoing = Outgoing(frozenset({"localhost:8080", "other:1"}))
    assert outgoing.home_urls("localhost") == ("http://localhost:8080/",)


def test_every_failure_is_told_in_a_sentence() -> None:
    with pytest.raises(OutgoingError) as caught:
        Outgoing(frozenset({"127.0.0.1:9"})).get("http://127.0.0.1:9/")
    assert str(caught.value).endswith(".")


@given(st.ip_addresses(v=4))
def test_no_private_address_is_public(ip: ipaddress.IPv4Address) -> None:
    if ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast:
        assert not addresses.is_public(ip)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_counts_as_what_it_maps(ip: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{ip}")
    assert addresses.is_public(mapped) == addresses.is_public(ip)


@given(
    st.text(max_size=60).flatmap(
        lambda end: st.sampled_from(["", "http://", "https://a"]).map(lambda start: start + end)
    )
)
def test_any_text_is_either_passed_or_refused(text: str) -> None:
    try:
        parts = addresses.split(text)
    except AddressRefused:
        return
    assert parts.hostname
    assert parts.scheme in {"http", "https"}
