"""What happened reaches who wants to know: once committed, always; rolled back, never."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bacowr.accounts import people, telling
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.accounts.telling import active_among
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.notifications import outbox, spreading
from bacowr.notifications.deliveries import Delivery, Notice
from bacowr.notifications.events import Event
from bacowr.notifications.models import Channel
from bacowr.notifications.postroom import Postroom
from bacowr.notifications.states import DeliveryState
from tests.notifications.conftest import PUBLIC_URL, Announce, Deliver, Hooked, NewHook, change
from tests.plugins.application import NewUser
from tests.plugins.mail_server import MailCatcher
from tests.plugins.receiver import Receiver


def count(table: type[Notice | Delivery]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_what_happened_is_posted(
    ann: User, new_hook: NewHook, announce: Announce, deliver: Deliver, hook_server: Receiver
) -> None:
    new_hook(ann)
    announce(ann, Event.LINK_LOST, watch_id="w", anchor_text="a good réad")
    (sent,) = deliver()
    (request,) = hook_server.received
    told = json.loads(request.body)
    assert told["type"] == "link.lost"
    assert told["data"] == {"watch_id": "w", "anchor_text": "a good réad"}
    assert request.headers["webhook-id"] == f"msg_{sent.id}"
    assert sent.state is DeliveryState.DELIVERED
    assert sent.next_try_at is None
    assert deliver() == []


def test_what_happened_is_mailed(
    ann: User,
    mailed: Callable[[User], None],
    announce: Announce,
    deliver: Deliver,
    mailbox: MailCatcher,
) -> None:
    mailed(ann)
    announce(ann, Event.LINK_LOST, watch_id="w1", publisher="news.example", message="It is gone.")
    (sent,) = deliver()
    (mail,) = mailbox.mails
    assert mail["To"] == "ann@example.org"
    assert mail["Subject"] == "A link is lost: news.example"
    assert mail["Message-ID"] == f"<{sent.id}@bacowr.example>"
    text = mailbox.texts[0]
    assert "It is gone." in text
    assert f"{PUBLIC_URL}/watch/w1" in text
    assert f"{PUBLIC_URL}/notifications" in text


def test_what_is_rolled_back_is_told_to_nobody(
    ann: User, new_hook: NewHook, deliver: Deliver, hook_server: Receiver
) -> None:
    new_hook(ann)

    @transaction
    def fail() -> None:
        outbox.announce(ann.id, Event.LINK_LOST, {})
        db.session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert deliver() == []
    assert count(Notice) == 0
    assert hook_server.received == []


def test_each_is_told_what_each_chose(
    ann: User,
    new_user: NewUser,
    new_hook: NewHook,
    announce: Announce,
    deliver: Deliver,
) -> None:
    bob = new_user("bob@example.org")
    telling.choose(bob, {"is_on": True, "events": {Event.JOB_CREATED: True}})
    new_hook(ann, events=[Event.LINK_LOST])
    for owner in (ann, bob):
        for event in (Event.LINK_LOST, Event.JOB_CREATED, Event.JOB_COMPLETED):
            announce(owner, event)
    told = {(each.owner_id, each.channel, each.event) for each in deliver()}
    assert told == {
        (ann.id, Channel.WEBHOOK, "link.lost"),
        (bob.id, Channel.EMAIL, "link.lost"),
        (bob.id, Channel.EMAIL, "job.created"),
    }


def test_who_turned_mail_off_is_not_mailed(
    ann: User, announce: Announce, deliver: Deliver, mailbox: MailCatcher
) -> None:
    telling.choose(ann, {"is_on": True})
    telling.choose(ann, {"is_on": False, "events": {Event.LINK_LOST: True}})
    announce(ann, Event.LINK_LOST)
    assert deliver() == []
    assert mailbox.mails == []


def test_who_may_not_sign_in_is_told_nothing(
    ann: User, new_user: NewUser, new_hook: NewHook, announce: Announce, deliver: Deliver
) -> None:
    new_hook(ann)
    people.suspend(ann, by=new_user("boss@example.org", role=Role.ADMIN))
    announce(ann, Event.LINK_LOST)
    assert deliver() == []
    assert count(Notice) == 0


def test_what_waits_for_who_was_barred_meanwhile_is_not_sent(
    hooked: Hooked, new_user: NewUser, announce: Announce, deliver: Deliver, hook_server: Receiver
) -> None:
    ann, boss = hooked.owner, new_user("boss@example.org", role=Role.ADMIN)
    hook_server.answer_next(500)
    announce(ann, Event.LINK_LOST)
    (sent,) = deliver()
    people.suspend(db.session.merge(ann), by=boss)
    change(sent, next_try_at=clock.now())
    assert [each.state for each in deliver()] == [DeliveryState.DEAD]
    assert len(hook_server.received) == 1


def test_without_a_mail_server_no_mail_is_made(
    ann: User, mailed: Callable[[User], None], announce: Announce, postroom: Postroom
) -> None:
    mailed(ann)
    announce(ann, Event.LINK_LOST)
    without = Postroom(postroom.secret_key)
    assert spreading.spread(without, active_among) == 1
    assert count(Delivery) == 0


def test_a_switched_off_webhook_gets_nothing(
    ann: User, new_hook: NewHook, announce: Announce, deliver: Deliver
) -> None:
    hooked = new_hook(ann)

    @transaction
    def turn_off() -> None:
        hooked.webhook.is_on = False

    announce(ann)
    turn_off()
    assert deliver() == []


def test_many_are_put_down_in_one_statement(ann: User) -> None:
    @transaction
    def order() -> None:
        outbox.announce_many(ann.id, Event.JOB_CREATED, [{"job_id": str(n)} for n in range(300)])
        outbox.announce_many(ann.id, Event.JOB_CREATED, [])

    found: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *event: found.append(event[2]))
    order()
    assert sum("INSERT INTO notices" in each for each in found) == 1
    assert count(Notice) == 300
