"""Fixtures of the pages' tests: a browser without scripts, people, and an order that has run.

One database is enough here: what differs between databases is tested in the rooms below.
"""

from __future__ import annotations

import dataclasses
import html
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.engine.order import Order
from bacowr.jobs import sample, service
from bacowr.jobs.models import Job
from bacowr.jobs.runner import Runner
from config import Settings
from tests.plugins.application import PASSWORD, NewUser, settings_in

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PUBLISHER, TARGET = "publisher.test", "http://target.test:8099/page"
ORDER = {"publisher_domain": PUBLISHER, "target_url": TARGET, "anchor_text": "en bra läsning"}
Json = Any  # Whatever a request holds.
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass(frozen=True)
class Browser:
    """A browser without scripts; `htmx=True` asks as htmx would."""

    client: FlaskClient

    def get(self, path: str, *, htmx: bool = False, **more: Json) -> TestResponse:
        return self._open(path, method="GET", htmx=htmx, **more)

    def post(
        self, path: str, data: dict[str, str] | None = None, *, htmx: bool = False, **more: Json
    ) -> TestResponse:
        """Send a form of ours, with the token that our pages put in."""
        form = {"csrf_token": self.token()} | (data or {})
        return self._open(path, method="POST", data=form, htmx=htmx, **more)

    def token(self) -> str:
        page = self.get("/account").text
        found = TOKEN.search(page) or TOKEN.search(self.get("/sign-in").text)
        assert found
        return html.unescape(found[1])

    def sign_in(self, email: str = "editor@example.org", password: str = PASSWORD) -> TestResponse:
        return self.post("/sign-in", {"email": email, "password": password})

    def _open(self, path: str, *, htmx: bool, **more: Json) -> TestResponse:
        for name in list(g):  # The tests' own context outlives the request; a real one does not.
            g.pop(name)
        headers = (HTMX if htmx else {}) | more.pop("headers", {})
        return self.client.open(path, headers=headers, **more)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates, compiled once for all applications of a run."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(app: Flask, compiled: FileSystemBytecodeCache) -> Flask:
    app.jinja_env.bytecode_cache = compiled
    return app


NewBrowser = Callable[..., Browser]


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """The settings of an installation in which two hosts need no name server."""
    made = settings_in(tmp_path / "instance")
    shutil.copy(migrated_sqlite, made.instance_dir)
    allowed = frozenset({f"{PUBLISHER}:80", "target.test:8099"})
    return dataclasses.replace(made, fetch_allow_hosts=allowed)


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app.test_client())


@pytest.fixture
def new_browser(app: Flask, new_user: NewUser) -> NewBrowser:
    """A function that makes a person and signs in: new_browser("a@example.org")."""

    def make(email: str = "editor@example.org", *, role: Role = Role.EDITOR) -> Browser:
        new_user(email, role=role)
        browser = Browser(app.test_client())
        assert browser.sign_in(email).status_code == 303
        return browser

    return make


@pytest.fixture
def browser(editor: User, app: Flask) -> Browser:
    """A browser in which the editor is signed in."""
    made = Browser(app.test_client())
    assert made.sign_in(editor.email).status_code == 303
    return made


@pytest.fixture
def editor(new_user: NewUser) -> User:
    return new_user()


@pytest.fixture
def runner(app: Flask) -> Runner:
    """A worker that reads the pages that come with the product, and no others."""
    equipment = app.extensions["equipment"]
    return Runner(worker="w1", context=app.app_context, equipment=equipment, lease_seconds=60)


@pytest.fixture
def pending(editor: User) -> Job:
    """The editor's order, which waits."""
    order = Order(PUBLISHER, TARGET, "en bra läsning", language="sv")
    return service.create(order, owner=editor)


@pytest.fixture
def delivered(editor: User, runner: Runner) -> Job:
    """The editor's sample order, which has run."""
    job = sample.create(owner=editor)
    assert runner.run(job.id)
    return job
