"""Sending: what goes wrong with a receiver, what two workers do, and what a lost process leaves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
import sqlalchemy as sa

from bacowr.accounts import deliveries, webhooks
from bacowr.accounts.models import User
from bacowr.base import addresses, clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid
from bacowr.notifications.channels import signatures, webhook
from bacowr.notifications.channels.webhook import Message
from bacowr.notifications.deliveries import Delivery, DeliveryAttempt
from bacowr.notifications.models import Webhook
from bacowr.notifications.postroom import Postroom
from bacowr.notifications.states import MOST_ATTEMPTS, DeliveryState
from tests.notifications.conftest import Announce, Deliver, Hooked, Json, NewHook, change
from tests.plugins import receiver
from tests.plugins.receiver import CUT, SILENT, Receiver

GONE = {"Location": "http://169.254.169.254/"}


def attempts_of(delivery: Delivery) -> Sequence[DeliveryAttempt]:
    db.session.expire_all()
    return deliveries.attempts_of([delivery])[delivery.id]


def retry_now(delivery: Delivery) -> None:
    change(delivery, next_try_at=clock.now())


def is_right(request: receiver.Received, secret: str) -> bool:
    """Check a signature as a receiver does, with nothing of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode()
    digest = hmac.new(key, signed + request.body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(digest).decode()
    return wanted in request.headers["webhook-signature"].split(" ")


@pytest.mark.parametrize(
    "failing",
    [
        (500, "The server answered 500."),
        ((404, {}, b"<h1>No such\x00 page</h1>"), "The server answered 404."),
        (CUT, "The server broke off."),
        ((302, GONE, b""), "The server sends the call to another address"),
    ],
)
def test_what_fails_is_tried_again_with_the_same_id(
    hooked: Hooked, announce: Announce, deliver: Deliver, hook_server: Receiver, failing: Json
) -> None:
    ann, (answer, fault) = hooked.owner, failing
    hook_server.answer_next(answer)
    announce(ann)
    (sent,) = deliver()
    assert sent.state is DeliveryState.RETRYING
    assert sent.next_try_at is not None
    assert sent.next_try_at > clock.now()
    assert deliver() == []
    retry_now(sent)
    (again,) = deliver()
    assert again.state is DeliveryState.DELIVERED
    second, first = attempts_of(sent)
    assert fault in str(first.fault)
    assert (second.fault, second.code, second.number) == (None, 204, 2)
    one, other = hook_server.received
    assert one.headers["webhook-id"] == other.headers["webhook-id"]
    assert one.body == other.body


def test_who_asks_to_be_left_alone_is(
    ann: User, new_hook: NewHook, announce: Announce, deliver: Deliver, hook_server: Receiver
) -> None:
    new_hook(ann)
    for asked in ("3600", format_datetime(clock.now() + timedelta(hours=2), usegmt=True)):
        hook_server.answer_next((429, {"Retry-After": asked}, b"slow down"))
        announce(ann)
        (sent,) = deliver()
        assert sent.next_try_at is not None
        assert sent.next_try_at > clock.now() + timedelta(minutes=50)
        assert attempts_of(sent)[0].answer == "slow down"
        change(sent, state=DeliveryState.DEAD, next_try_at=None)


@pytest.mark.parametrize("asked", ["", "soon", "-1", "9" * 30, "1e3"])
def test_nonsense_asks_for_nothing(asked: str) -> None:
    assert webhook._asked({"retry-after": asked}, clock.now()) is None


def test_a_receiver_that_wants_no_more_gets_no_more(
    ann: User, new_hook: NewHook, announce: Announce, deliver: Deliver, hook_server: Receiver
) -> None:
    hooked = new_hook(ann)
    hook_server.answer_next(410)
    announce(ann)
    announce(ann)
    assert [each.state for each in deliver()] == [DeliveryState.DEAD, DeliveryState.DEAD]
    db.session.expire_all()
    assert not webhooks.get(hooked.webhook.id, owner=ann).is_on
    assert len(hook_server.received) == 1


def test_a_refused_connection_and_a_lost_name_are_tried_again(
    postroom: Postroom, hook_server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = receiver.free_port()
    outgoing = replace(postroom.outgoing, allow_hosts=frozenset({f"127.0.0.1:{port}"}))
    secret = signatures.new_secret()
    closed = Message("m", f"http://127.0.0.1:{port}/", "{}", (secret,))
    outcome = webhook.post(closed, outgoing, at=clock.now())
    assert (outcome.fault, outcome.is_final) == ("The server could not be reached.", False)
    monkeypatch.setattr(addresses, "resolve", lambda _host: ())
    lost = replace(closed, url="https://nowhere.example/")
    outcome = webhook.post(lost, outgoing, at=clock.now())
    assert (outcome.fault, outcome.is_final) == ("The server's name could not be found.", False)
    assert hook_server.received == []


def test_a_silent_receiver_is_given_up_in_time(
    postroom: Postroom, hook_server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = replace(webhook.LIMITS, timeout_seconds=0.5, idle_seconds=0.5)
    monkeypatch.setattr(webhook, "LIMITS", limits)
    hook_server.answer_next(SILENT)
    message = Message("m", hook_server.url(), "{}", (signatures.new_secret(),))
    outcome = webhook.post(message, postroom.outgoing, at=clock.now())
    assert outcome.fault is not None
    assert not outcome.is_final


def test_a_long_answer_is_cut(postroom: Postroom, hook_server: Receiver) -> None:
    hook_server.answer_next((200, {}, b"x" * 200_000))
    message = Message("m", hook_server.url(), "{}", (signatures.new_secret(),))
    outcome = webhook.post(message, postroom.outgoing, at=clock.now())
    assert outcome.fault is None
    assert outcome.answer == "x" * webhook.ANSWER_CHARACTERS


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:10.0.0.1]/",
        "http://localhost/",
        "ftp://example.com/",
        "https://example.com:8443/",
        "https://user:password@example.com/",
    ],
)
def test_an_inward_address_is_refused_at_saving(
    ann: User, new_hook: NewHook, url: str, postroom: Postroom
) -> None:
    with pytest.raises(Invalid) as refused:
        new_hook(ann, url=url)
    assert refused.value.fields["url"]
    hook = new_hook(ann).webhook
    with pytest.raises(Invalid):
        webhooks.update(hook, {"url": url}, by=ann, postroom=postroom)


def test_a_name_that_turns_inward_is_refused_at_sending(
    ann: User,
    new_hook: NewHook,
    announce: Announce,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [("93.184.216.34",), ("10.0.0.7",)]
    monkeypatch.setattr(
        addresses, "resolve", lambda _host: tuple(map(ipaddress.ip_address, answers.pop(0)))
    )
    new_hook(ann, url="https://rebound.example/")
    announce(ann)
    (sent,) = deliver()
    assert sent.state is DeliveryState.DEAD
    assert "private or internal" in str(attempts_of(sent)[0].fault)


def test_signatures_are_right_and_a_new_secret_overlaps_the_old(
    hooked: Hooked,
    announce: Announce,
    deliver: Deliver,
    hook_server: Receiver,
    postroom: Postroom,
) -> None:
    ann = hooked.owner
    announce(ann)
    deliver()
    hook = webhooks.get(hooked.webhook.id, owner=ann)
    other = webhooks.rotate(hook, by=ann, postroom=postroom)
    announce(ann)
    deliver()
    _end_grace(hooked.webhook)
    announce(ann)
    deliver()
    told = [
        [is_right(each, key) for key in (hooked.secret, other)] for each in hook_server.received
    ]
    assert told == [[True, False], [True, True], [False, True]]
    assert all(json.loads(each.body)["type"] == "batch.paused" for each in hook_server.received)


@transaction
def _end_grace(hook: Webhook) -> None:
    found = db.session.get_one(Webhook, hook.id, populate_existing=True)
    found.previous_until = clock.now() - timedelta(seconds=1)


def test_a_secret_of_another_key_is_told(
    ann: User, new_hook: NewHook, announce: Announce, deliver: Deliver, postroom: Postroom
) -> None:
    hooked = new_hook(ann)
    announce(ann)

    @transaction
    def damage() -> None:
        found = db.session.get_one(Webhook, hooked.webhook.id)
        found.secret = replace(postroom, secret_key="another" * 6).seal_secret("whsec_eA==")

    damage()
    (sent,) = deliver()
    assert sent.state is DeliveryState.DEAD
    assert "SECRET_KEY" in str(attempts_of(sent)[0].fault)


def test_a_failing_receiver_holds_up_nobody(
    ann: User, new_hook: NewHook, announce: Announce, deliver: Deliver, hook_server: Receiver
) -> None:
    new_hook(ann, url=hook_server.url("/bad"))
    hook_server.answer_next(500)
    for _ in range(5):
        announce(ann)
    assert len(deliver()) == 1
    assert len(hook_server.received) == 1
    rows = db.session.scalars(sa.select(Delivery)).all()
    assert {each.next_try_at for each in rows if each.next_try_at} == {
        each.next_try_at for each in rows
    }
    assert min(each.next_try_at for each in rows if each.next_try_at) > clock.now()


def test_it_is_given_up_after_ten_attempts_and_can_be_sent_again(
    ann: User, new_hook: NewHook, announce: Announce, deliver: Deliver, hook_server: Receiver
) -> None:
    new_hook(ann)
    hook_server.answer_next(*[503] * MOST_ATTEMPTS)
    announce(ann)
    (sent,) = deliver()
    for _ in range(MOST_ATTEMPTS - 1):
        retry_now(sent)
        (sent,) = deliver()
    assert sent.state is DeliveryState.DEAD
    assert len(attempts_of(sent)) == MOST_ATTEMPTS
    deliveries.send_again(sent, by=ann)
    assert [each.state for each in deliver()] == [DeliveryState.DELIVERED]
    assert len({each.headers["webhook-id"] for each in hook_server.received}) == 1


def test_the_installation_s_way_out_says_who_calls(
    postroom: Postroom, hook_server: Receiver
) -> None:
    message = Message("m", hook_server.url(), "{}", (signatures.new_secret(),))
    webhook.post(message, postroom.outgoing, at=clock.now())
    assert hook_server.received[0].headers["user-agent"].startswith("BACOWR-Webhooks/")
