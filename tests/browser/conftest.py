"""A real Chromium on the real application: its web server, its worker, and two sites to read.

Everything is on the loopback. Where Chromium is missing these tests say so and are skipped; on a
build server (CI is set) that is a failure.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask, abort
from playwright import sync_api as playwright
from werkzeug.serving import make_server

from bacowr.accounts import service as accounts
from bacowr.accounts.permissions import Role
from bacowr.app import create_app
from bacowr.base import clock
from bacowr.base.http import Outgoing
from bacowr.engine.providers.assembly import installed_ports
from bacowr.gate.guard import public
from bacowr.jobs import queue
from bacowr.jobs.runner import installed
from bacowr.worker.dispatcher import Dispatcher
from tests.browser.demo.installation import Installation, application, furnish
from tests.plugins.application import PASSWORD, settings_in

SITE = Path(__file__).parent / "site"
EDITOR = "editor@example.org"
ADMIN = "admin@example.org"
LOOPBACK = frozenset({"127.0.0.1", "localhost"})
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class House:
    """The running application, and what to order from it."""

    url: str
    publisher: str
    target: str
    is_held: threading.Event


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder of saved pages; an order can be held while it reads them."""

    gate: threading.Event

    def do_GET(self) -> None:
        self.gate.wait(20)
        super().do_GET()

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextmanager
def in_thread(serve: Callable[[], object], stop: Callable[[], object]) -> Iterator[None]:
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()


@contextmanager
def site(name: str, gate: threading.Event) -> Iterator[int]:
    handler = type("Site", (Quiet,), {"gate": gate})
    served = functools.partial(handler, directory=str(SITE / name))
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), served) as server,
        in_thread(server.serve_forever, server.shutdown),
    ):
        yield server.server_port


@contextmanager
def worker(app: Flask, allow_hosts: frozenset[str]) -> Iterator[None]:
    """Take orders out of the queue, one at a time, and let those of batches go."""
    ports = installed_ports(Outgoing(allow_hosts), clock.now)
    equipment = dataclasses.replace(app.extensions["equipment"], ports=ports)
    runner = installed(app.app_context, equipment=equipment, lease_seconds=60)
    with app.app_context():
        huey = queue.current().serve(runner.run)
    stopping = threading.Event()

    def work() -> None:
        while not stopping.is_set():
            task = huey.dequeue()
            if task is None:
                stopping.wait(0.05)
            else:
                huey.execute(task)

    dispatcher = Dispatcher(app.app_context, stop=stopping, every=0.3)
    with in_thread(dispatcher.run, stopping.set), in_thread(work, stopping.set):
        yield


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[House]:
    """The whole application, served to the loopback."""
    made = settings_in(tmp_path_factory.mktemp("house"))
    shutil.copy(migrated_sqlite, made.instance_dir)
    gate = threading.Event()
    gate.set()
    with ExitStack() as stack:
        publisher = stack.enter_context(site("publisher", gate))
        target = stack.enter_context(site("target", gate))
        allowed = frozenset({f"localhost:{publisher}", f"127.0.0.1:{target}"})
        app = create_app(dataclasses.replace(made, fetch_allow_hosts=allowed))
        with app.app_context():
            accounts.create_user(EDITOR, role=Role.EDITOR, password=PASSWORD)
            accounts.create_user(ADMIN, role=Role.ADMIN, password=PASSWORD)
        stack.enter_context(worker(app, allowed))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        stack.enter_context(in_thread(server.serve_forever, server.shutdown))
        stack.callback(server.server_close)
        yield House(
            url=f"http://127.0.0.1:{server.server_port}",
            publisher="localhost",
            target=f"http://127.0.0.1:{target}/guide-till-luftvarmepump.html",
            is_held=gate,
        )


def fail(status: int) -> str:
    """Answer as a page that fails."""
    abort(status)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Installation:
    """The made-up installation, with an address that fails as it is told."""
    settings = settings_in(tmp_path_factory.mktemp("made"))
    shutil.copy(migrated_sqlite, settings.instance_dir)
    app = application(settings)
    app.add_url_rule("/failing/<int:status>", "failing", public(fail))
    return furnish(app)


@pytest.fixture(scope="session")
def furnished(made: Installation) -> Iterator[House]:
    """The made-up installation, served to the loopback; a test's own `house` may be it."""
    with ExitStack() as stack:
        server = make_server("127.0.0.1", 0, made.app, threaded=True)
        stack.enter_context(in_thread(server.serve_forever, server.shutdown))
        stack.callback(server.server_close)
        yield House(f"http://127.0.0.1:{server.server_port}", "", "", threading.Event())


# A laden machine is no fault of the page.
playwright.expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[playwright.Browser]:
    """The browser on this machine."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        tell = pytest.fail if os.environ.get("CI") else pytest.skip
        tell("There is no Chromium on this machine: no browser test has run.")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, and everything that it should not have done."""

    page: playwright.Page
    house: House
    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def watch(self) -> None:
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._note_request)

    def _note_console(self, message: playwright.ConsoleMessage) -> None:
        told = f"{message.type}: {message.text}"
        expected = any(f"status of {status} " in told for status in self.expected)
        if message.type in {"error", "warning"} and not expected:
            self.faults.append(told)

    def _note_request(self, request: playwright.Request) -> None:
        if urlsplit(request.url).hostname not in LOOPBACK and not request.url.startswith("data:"):
            self.faults.append(f"outside: {request.url}")

    def go(self, path: str) -> None:
        self.page.goto(self.house.url + path)

    def sign_in(self, email: str = EDITOR) -> None:
        """Sign in by keyboard, which leads to the overview."""
        self.go("/")
        playwright.expect(self.page.locator("#email")).to_be_focused()
        self.page.keyboard.type(email)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.house.url}/overview")

    def order(self, anchor: str) -> None:
        self.go("/jobs/new")
        self.page.fill("#publisher_domain", self.house.publisher)
        self.page.fill("#target_url", self.house.target)
        self.page.fill("#anchor_text", anchor)
        self.page.click("text=Order the brief")
        self.page.wait_for_url("**/jobs/*-*")


NewPage = Callable[..., Watched]


@pytest.fixture
def new_page(chromium: playwright.Browser, house: House) -> Iterator[NewPage]:
    """A function that opens a window: new_page(width=360, dark=True)."""
    opened: list[Watched] = []

    def make(
        *, width: int = 1280, height: int = 800, dark: bool = False, scripts: bool = True
    ) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(15_000)
        watched = Watched(context.new_page(), house)
        watched.watch()
        opened.append(watched)
        return watched

    yield make
    house.is_held.set()
    faults = [fault for each in opened for fault in each.faults]
    for each in opened:
        each.page.context.close()
    assert faults == []


@pytest.fixture
def editor(new_page: NewPage) -> Watched:
    """A window in which the editor is signed in."""
    watched = new_page()
    watched.sign_in()
    return watched
