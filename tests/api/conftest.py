"""Fixtures of the API's tests: a caller with a key, orders that need no name server, statements."""

from __future__ import annotations

import dataclasses
import ipaddress
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bacowr.accounts import service as accounts
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.base import addresses, clock
from bacowr.base.db import db, transaction
from bacowr.jobs.states import DocumentKind
from bacowr.jobs.texts import Document
from config import Settings
from tests.plugins.application import NewUser

PUBLISHER, TARGET = "publisher.test", "http://target.test:8099/page"
ORDER = {"publisher_domain": PUBLISHER, "target_url": TARGET, "anchor_text": "a good read"}

Json = Any  # Whatever a body holds.
Statements = Callable[[], AbstractContextManager[list[str]]]


def body_of(answer: TestResponse) -> Json:
    """Return the answer's JSON."""
    return json.loads(answer.text)


@transaction
def store(*rows: object) -> None:
    db.session.add_all(rows)


def write_document(job_id: str, text: str = "# Brief\n", *, hours: int = 0) -> None:
    store(
        Document(
            job_id=job_id,
            kind=DocumentKind.BRIEF,
            data={"title": "Brief"},
            text=text,
            sha256="0" * 64,
            created_at=clock.now() + timedelta(hours=hours),
        )
    )


@dataclass(frozen=True)
class Caller:
    """A program with a key."""

    client: FlaskClient
    user: User
    key: str

    def get(self, path: str, **more: Json) -> TestResponse:
        return self.send("GET", path, **more)

    def post(self, path: str, **more: Json) -> TestResponse:
        return self.send("POST", path, **more)

    def send(self, method: str, path: str, **more: Json) -> TestResponse:
        headers = {"X-API-Key": self.key} | more.pop("headers", {})
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    def order(self, **changes: Json) -> Json:
        """Place an order and return the job."""
        answer = self.post("/jobs", json=ORDER | changes)
        assert answer.status_code == 201, answer.text
        return body_of(answer)


NewCaller = Callable[..., Caller]


@pytest.fixture(autouse=True)
def _no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let names lead nowhere, so that no test asks a name server."""

    def resolve(host: str) -> tuple[addresses.IpAddress, ...]:
        try:
            return (ipaddress.ip_address(host),)
        except ValueError:
            return ()

    monkeypatch.setattr(addresses, "resolve", resolve)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of an installation in which two hosts need no name server."""
    return dataclasses.replace(
        settings, fetch_allow_hosts=frozenset({f"{PUBLISHER}:80", "target.test:8099"})
    )


@pytest.fixture
def new_caller(app: Flask, new_user: NewUser) -> NewCaller:
    """A function that makes a person with a key: new_caller(role=Role.VIEWER)."""

    def make(email: str = "editor@example.org", *, role: Role = Role.EDITOR) -> Caller:
        user = new_user(email, role=role)
        _, key = accounts.issue_key(user, name="test", by=user)
        return Caller(app.test_client(), user, key)

    return make


@pytest.fixture
def caller(new_caller: NewCaller) -> Caller:
    """An editor with a key."""
    return new_caller()


@pytest.fixture
def statements(app: Flask) -> Statements:
    """A context in which the SQL statements of the application are noted."""
    del app

    @contextmanager
    def noted() -> Iterator[list[str]]:
        found: list[str] = []

        def note(*event: Json) -> None:
            found.append(event[2])

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)

    return noted
