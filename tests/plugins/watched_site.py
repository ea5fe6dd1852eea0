"""A publisher's site on loopback, to be filled with faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from bacowr.backlinks.models import Backlink

ANCHOR = "warm wool socks"
TEXT = (
    "Winter walks are long in the north, and cold feet end them early. Many hikers swear by two "
    "thin layers, yet one good layer does the same work with less fuss. We asked three guides who "
    "walk every day what they wear from October to April, and all of them named {link} first. "
    "Wool keeps its warmth when it is wet, which cotton never does, and it can be worn for days. "
    "Wash it cold, dry it flat, and it will last for several winters without a single hole."
)
SIGNED = TEXT.format(link=f"[{ANCHOR}](https://example.org/socks)")

Answer = tuple[int, dict[str, str], str]


class Site:
    """What the server answers by path; `asked` are the paths asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.host = f"127.0.0.1:{port}"
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.slow = threading.Event()
        self.put("/target", self.page("<p>Socks.</p>"))

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def put(self, path: str, body: str, status: int = 200, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, {"Content-Type": "text/html; charset=utf-8"} | named, body)
        return self.url(path)

    def link(self, attributes: str = "", anchor: str = ANCHOR, href: str = "") -> str:
        return f'<a href="{href or self.url("/target")}" {attributes}>{anchor}</a>'

    def page(self, body: str, head: str = "") -> str:
        return f"<!doctype html><html><head><title>T</title>{head}</head><body>{body}</body></html>"

    def article(self, link: str | None = None, *, head: str = "", label: str = "") -> str:
        shown = TEXT.format(link=self.link() if link is None else link)
        lead = f"<p>{label}</p>" if label else ""
        return self.page(f"<nav><a href='/'>Home</a></nav><main>{lead}<p>{shown}</p></main>", head)


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        served: ClassVar[Site]

        def do_GET(self) -> None:
            self.served.asked.append(self.path)
            if self.path == "/slow":
                self.served.slow.wait(20)
            missing: Answer = (404, {"Content-Type": "text/html"}, "<html>gone</html>")
            status, headers, body = self.served.answers.get(self.path, missing)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value.replace("SITE", self.served.url("")))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Handler.served = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield Handler.served
    Handler.served.slow.set()
    server.shutdown()
    thread.join()
    server.server_close()


NewDeal = Callable[..., Backlink]


class Clock:
    """The time, to be moved on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 12, tzinfo=UTC)

    def pass_(self, **much: float) -> None:
        self.now += timedelta(**much)
