"""Pages from the web: robots, faults, and one request per host at a time."""

import hashlib
import socket
import threading
import time
from collections.abc import Callable

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bacowr.base.http import HttpAnswer, Outgoing
from bacowr.engine.ports import Fault, Origin, Page, Ports
from bacowr.engine.providers import robots
from bacowr.engine.providers.web import WebPages, page

HTML = "<title>Takpannor</title><p>En text om takpannor.</p>"


@pytest.fixture
def fetch(httpserver: HTTPServer, ports: Ports) -> WebPages:
    httpserver.no_handler_status_code = 404
    return WebPages(Outgoing(frozenset({f"{httpserver.host}:{httpserver.port}"})), ports.clock)


def serve(server: HTTPServer, path: str, body: str | bytes = HTML, **kwargs: object) -> str:
    kwargs.setdefault("content_type", "text/html; charset=utf-8")
    server.expect_request(path).respond_with_data(body, **kwargs)  # type: ignore[arg-type]  # Passed on.
    return str(server.url_for(path))


def rules(server: HTTPServer, text: str, status: int = 200) -> None:
    serve(server, "/robots.txt", text, content_type="text/plain", status=status)


def test_a_page_is_read_with_its_line_in_the_ledger(
    httpserver: HTTPServer, fetch: WebPages
) -> None:
    url = serve(httpserver, "/a", headers={"X-Robots-Tag": "nofollow"})
    found = fetch.get(url)
    assert found.html == HTML
    assert found.robots_header == "nofollow"
    assert found.source.usable
    assert found.source.status == 200
    assert found.source.sha256 == hashlib.sha256(HTML.encode()).hexdigest()
    assert found.source.fetched_at == "2026-11-22T12:00:00+00:00"
    assert found.source.origin is Origin.WEB


def test_a_redirect_is_followed_and_told(httpserver: HTTPServer, fetch: WebPages) -> None:
    new = serve(httpserver, "/new")
    old = serve(httpserver, "/old", "", status=301, headers={"Location": "/new"})
    source = fetch.get(old).source
    assert (source.url, source.final_url, source.redirects) == (old, new, (old,))


@pytest.mark.parametrize(
    ("body", "kwargs", "fault"),
    [
        (HTML, {"status": 404}, Fault.STATUS),
        (HTML, {"status": 500}, Fault.STATUS),
        (HTML, {"status": 410}, Fault.STATUS),
        ("%PDF-1.4", {"content_type": "application/pdf"}, Fault.NOT_HTML),
        ("hej", {"content_type": "text/plain"}, Fault.NOT_HTML),
        ("", {}, Fault.EMPTY),
        (" \n ", {}, Fault.EMPTY),
        ("", {"status": 302, "headers": {"Location": "/page"}}, Fault.REDIRECTS),
        ("", {"status": 302, "headers": {"Location": "http://127.0.0.1/"}}, Fault.ADDRESS),
        ("", {"status": 302, "headers": {"Location": "http://169.254.169.254/"}}, Fault.ADDRESS),
    ],
)
def test_a_page_that_cannot_be_used_says_why(
    httpserver: HTTPServer,
    fetch: WebPages,
    body: str,
    kwargs: dict[str, object],
    fault: Fault,
) -> None:
    found = fetch.get(serve(httpserver, "/page", body, **kwargs))
    assert found.source.fault is fault
    assert found.source.reason
    assert found.source.reason.endswith(".")
    assert found.html == ""


def test_a_page_that_is_too_large_says_so(httpserver: HTTPServer, fetch: WebPages) -> None:
    url = serve(httpserver, "/big", "x" * (5 * 1024 * 1024 + 1))
    assert fetch.get(url).source.fault is Fault.TOO_LARGE


def test_a_server_that_keeps_silent_says_so(
    httpserver: HTTPServer, fetch: WebPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    get = Outgoing.get

    def hurried(self: Outgoing, url: str, **kwargs: object) -> HttpAnswer:
        return get(self, url, **{**kwargs, "timeout_seconds": 0.2})  # type: ignore[arg-type]  # Passed on.

    def wait(_: Request) -> Response:
        done.wait(5)
        return Response("late")

    monkeypatch.setattr(Outgoing, "get", hurried)
    rules(httpserver, "")
    httpserver.expect_request("/slow").respond_with_handler(wait)
    try:
        assert fetch.get(httpserver.url_for("/slow")).source.fault is Fault.TIMEOUT
    finally:
        done.set()


def test_a_server_that_is_gone_says_so(fetch: WebPages) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    gone = WebPages(Outgoing(frozenset({f"127.0.0.1:{port}"})), fetch.clock)
    source = gone.get(f"http://127.0.0.1:{port}/").source
    assert source.fault is Fault.UNREACHABLE
    assert source.status is None


def test_a_private_address_is_not_called(fetch: WebPages) -> None:
    assert fetch.get("http://10.0.0.1/").source.fault is Fault.ADDRESS


def test_a_wrong_charset_does_not_spoil_the_text(httpserver: HTTPServer, fetch: WebPages) -> None:
    url = serve(
        httpserver,
        "/latin",
        "<p>Räv</p>".encode("latin-1"),
        content_type="text/html; charset=utf-8",
    )
    assert "Räv" in fetch.get(url).html


def test_robots_are_followed_for_this_product(httpserver: HTTPServer, fetch: WebPages) -> None:
    rules(httpserver, "User-agent: BACOWR\nDisallow: /private\nUser-agent: *\nDisallow: /")
    assert fetch.get(serve(httpserver, "/private/x")).source.fault is Fault.ROBOTS
    assert fetch.get(serve(httpserver, "/open")).source.usable


def test_robots_are_followed_where_a_redirect_leads(
    httpserver: HTTPServer, fetch: WebPages
) -> None:
    rules(httpserver, "User-agent: *\nDisallow: /hidden")
    serve(httpserver, "/hidden")
    url = serve(httpserver, "/shown", "", status=302, headers={"Location": "/hidden"})
    assert fetch.get(url).source.fault is Fault.ROBOTS
    assert "/hidden" not in [request.path for request, _ in httpserver.log]


@pytest.mark.parametrize(
    ("status", "usable"), [(404, True), (403, True), (500, False), (503, False)]
)
def test_robots_that_fail_close_the_site_and_missing_ones_open_it(
    httpserver: HTTPServer, fetch: WebPages, status: int, *, usable: bool
) -> None:
    rules(httpserver, "User-agent: *\nDisallow: /", status)
    assert fetch.get(serve(httpserver, "/a")).source.usable is usable


def test_robots_are_read_once_an_hour(
    httpserver: HTTPServer, fetch: WebPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules(httpserver, "")
    url = serve(httpserver, "/a")

    def asked() -> int:
        return [request.path for request, _ in httpserver.log].count("/robots.txt")

    fetch.get(url)
    fetch.get(url)
    assert asked() == 1
    monkeypatch.setattr(robots, "KEPT_SECONDS", -1)
    fetch.get(url)
    assert asked() == 2


def test_a_host_is_asked_one_thing_at_a_time(httpserver: HTTPServer, fetch: WebPages) -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def busy(_: Request) -> Response:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.05)
        with lock:
            at_once -= 1
        return Response(HTML, content_type="text/html")

    rules(httpserver, "")
    httpserver.expect_request("/busy").respond_with_handler(busy)
    other = WebPages(fetch.outgoing, fetch.clock)
    found: list[Page] = []
    threads = [
        threading.Thread(
            target=lambda each=each: found.append(each.get(httpserver.url_for("/busy")))
        )
        for each in (fetch, other, fetch)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [each.source.usable for each in found] == [True] * 3
    assert most == 1


def test_a_page_of_no_stated_type_is_not_html(ports: Ports) -> None:
    answer = HttpAnswer("https://a.se/", "https://a.se/", 200, {}, b"<p>x</p>")
    source = page(answer, ports.clock().isoformat()).source
    assert source.fault is Fault.NOT_HTML


def test_the_front_page_is_where_the_client_says(fetch: WebPages) -> None:
    assert fetch.home_urls("a.se")[0] == "https://a.se/"


def test_every_fault_has_words(wording: Callable[..., str]) -> None:
    for fault in Fault:
        assert wording(f"fault.{fault}", status=404)
