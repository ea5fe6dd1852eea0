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
from bacowr.engine.providers.writers import catalog
from bacowr.jobs.articles import checking, editing, signing, versions
from bacowr.jobs.articles.signing import Signature
from bacowr.jobs.equipping import Equipment
from bacowr.jobs.models import Job
from bacowr.jobs.states import Decision, DocumentKind, SignoffStep
from bacowr.jobs.texts import Document
from bacowr.providers.catalog import Provider
from bacowr.providers.keyring import Keyring, Opened, Where
from config import Settings
from tests.plugins.application import KEY as SECRET
from tests.plugins.application import NewUser
from tests.plugins.model_server import ModelServer
from tests.plugins.orders import Written

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


def latest_of(job: Job) -> Document:
    found = versions.latest(job)
    assert found is not None
    return found


def decide_all(job: Job, by: User) -> None:
    report = checking.report_of(latest_of(job))
    assert report is not None
    for each in signing.undecided(report):
        editing.decide(job, each.key, Decision.IGNORED, reason="I looked.", by=by)


def sign_both(job: Job, by: User) -> None:
    """Decide on everything that waits, and sign the latest version in both steps."""
    decide_all(job, by)
    for step in SignoffStep:
        document = latest_of(job)
        answers = {each.key: True for each in signing.checklist(step)}
        digest = signing.shown_digest(job, document)
        signing.sign(job, Signature(step, document.id, digest, answers), by=by)


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


@pytest.fixture
def article(drafted: Written) -> Written:
    """A function that gives a job with an article, as one of real pages: `article(user)`."""

    def give(owner: User, **order: Json) -> Job:
        job = drafted(owner, **order)
        _as_real(job)
        return job

    return give


@transaction
def _as_real(job: Job) -> None:
    job.is_demo = False


@pytest.fixture
def connected(
    app: Flask, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> ModelServer:
    """Connect Anthropic by the environment; its usual address is the model server's."""
    host = model_server.origin.removeprefix("http://")
    usual = catalog._DATA["services"]["anthropic"]
    monkeypatch.setitem(usual, "base_url", model_server.origin)
    opened = Opened(Provider.ANTHROPIC, Where.ENVIRONMENT, model_server.key)
    equipment: Equipment = app.extensions["equipment"]
    outgoing = dataclasses.replace(equipment.outgoing, allow_hosts=frozenset({host}))
    keyring = Keyring(SECRET, {Provider.ANTHROPIC: opened})
    app.extensions["equipment"] = dataclasses.replace(equipment, keyring=keyring, outgoing=outgoing)
    return model_server
