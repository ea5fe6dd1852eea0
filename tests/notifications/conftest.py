"""Fixtures of the tests of notifications: a receiver, a mail server, and somebody to be told."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from bacowr.accounts import telling, webhooks
from bacowr.accounts.models import User
from bacowr.accounts.telling import active_among
from bacowr.base.db import db, transaction
from bacowr.notifications import outbox, sending, spreading
from bacowr.notifications.deliveries import Delivery
from bacowr.notifications.events import Event
from bacowr.notifications.models import Webhook
from bacowr.notifications.postroom import Postroom
from config import Settings
from tests.plugins import mail_server, receiver
from tests.plugins.application import NewUser
from tests.plugins.mail_server import MailCatcher
from tests.plugins.receiver import Receiver

PUBLIC_URL = "https://bacowr.example"
Json = Any  # Whatever a body holds.
SENDER = "BACOWR <no-reply@bacowr.example>"


@pytest.fixture
def hook_server() -> Iterator[Receiver]:
    with receiver.serving() as served:
        yield served


@pytest.fixture
def mailbox() -> Iterator[MailCatcher]:
    with mail_server.serving() as served:
        yield served


@pytest.fixture
def settings(settings: Settings, hook_server: Receiver, mailbox: MailCatcher) -> Settings:
    """An installation with mail, which may call the receiver although it is on loopback."""
    return dataclasses.replace(
        settings,
        fetch_allow_hosts=frozenset({hook_server.host}),
        mail_url=mailbox.url,
        mail_from=SENDER,
        public_url=PUBLIC_URL,
    )


@pytest.fixture
def postroom(app: Flask) -> Postroom:
    found: Postroom = app.extensions["postroom"]
    return found


@pytest.fixture
def ann(new_user: NewUser) -> User:
    return new_user("ann@example.org")


@dataclasses.dataclass(frozen=True)
class Hooked:
    """A webhook, and the secret that its owner was shown."""

    webhook: Webhook
    secret: str
    owner: User


NewHook = Callable[..., Hooked]


@pytest.fixture
def new_hook(postroom: Postroom, hook_server: Receiver) -> NewHook:
    """A function that gives a person a webhook for every event: `new_hook(ann)`."""

    def make(owner: User, **more: Json) -> Hooked:
        sent = {"url": hook_server.url(), "events": list(Event), **more}
        return Hooked(*webhooks.create(sent, owner=owner, postroom=postroom), owner)

    return make


@pytest.fixture
def hooked(ann: User, new_hook: NewHook) -> Hooked:
    """Ann's webhook for every event."""
    return new_hook(ann)


Announce = Callable[..., None]


@pytest.fixture
def announce() -> Announce:
    """A function by which something happens to a person: `announce(ann, name="Spring")`."""

    @transaction
    def happen(owner: User, event: Event = Event.BATCH_PAUSED, **facts: Json) -> None:
        outbox.announce(owner.id, event, facts)

    return happen


@pytest.fixture
def mailed() -> Callable[[User], None]:
    """A function by which a person turns mail on."""
    return lambda user: telling.choose(user, {"is_on": True})


Deliver = Callable[[], list[Delivery]]


@pytest.fixture
def deliver(postroom: Postroom) -> Deliver:
    """A function that does what a worker does until nothing is due; returns what was sent."""

    def run() -> list[Delivery]:
        while spreading.spread(postroom, active_among):
            pass
        sent = []
        while (done := sending.send_next("worker", postroom)) is not None:
            sent.append(done)
        return sent

    return run


@transaction
def change(delivery: Delivery, **values: object) -> None:
    """Set what a test needs to have happened."""
    found = db.session.get_one(Delivery, delivery.id, populate_existing=True)
    for name, value in values.items():
        setattr(found, name, value)
