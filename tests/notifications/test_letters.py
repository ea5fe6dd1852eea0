"""Mails about accounts: a new password within an hour, and invitations."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, g

from bacowr.accounts import invitations, letters, links, service
from bacowr.accounts.models import PasswordLink, User
from bacowr.accounts.permissions import Role
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.errors import Conflict
from bacowr.notifications.deliveries import Delivery
from bacowr.notifications.postroom import Postroom
from bacowr.notifications.states import DeliveryState
from tests.notifications.conftest import PUBLIC_URL, Deliver, change
from tests.plugins.application import NewUser
from tests.plugins.mail_server import MailCatcher

OTHER = "another long enough password"


def token_in(mailbox: MailCatcher, path: str) -> str:
    (found,) = re.findall(rf"{re.escape(PUBLIC_URL)}/{path}/(\S+)", mailbox.texts[-1])
    token: str = found
    return token


def test_a_new_password_is_set_by_mail(
    ann: User, postroom: Postroom, deliver: Deliver, mailbox: MailCatcher
) -> None:
    links.ask(ann.email, postroom=postroom)
    deliver()
    token = token_in(mailbox, "password")
    link = links.get(token)
    assert timedelta(minutes=59) < link.expires_at - clock.now() <= timedelta(hours=1)
    links.use(link, OTHER)
    assert service.check_password("ann@example.org", OTHER).id == link.user_id


def test_the_secret_is_not_stored_in_the_clear_and_goes_once_it_was_sent(
    ann: User, postroom: Postroom, deliver: Deliver, mailbox: MailCatcher
) -> None:
    links.ask(ann.email, postroom=postroom)
    stored = db.session.scalar(sa.select(Delivery.body))
    assert stored
    (sent,) = deliver()
    assert token_in(mailbox, "password") not in stored
    assert sent.state is DeliveryState.DELIVERED
    assert sent.body is None


def test_a_late_link_is_not_mailed(
    ann: User, postroom: Postroom, deliver: Deliver, mailbox: MailCatcher
) -> None:
    links.ask(ann.email, postroom=postroom)
    row = db.session.scalars(sa.select(Delivery)).one()
    change(row, expires_at=clock.now())
    (sent,) = deliver()
    assert (sent.state, sent.body) == (DeliveryState.DEAD, None)
    assert mailbox.mails == []


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/password", "/api/v1/auth/password-reset/request"])
def test_every_address_gets_the_same_answer(
    app: Flask, ann: User, deliver: Deliver, mailbox: MailCatcher, path: str
) -> None:
    answers = set()
    for email in (ann.email, "nobody@example.org"):
        client = app.test_client()
        for name in list(g):
            g.pop(name)
        if path.startswith("/api"):
            answer = client.post(path, json={"email": email})
        else:
            token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[0]
            for name in list(g):
                g.pop(name)
            answer = client.post(path, data={"email": email, "csrf_token": token})
        answers.add((answer.status_code, re.sub(r"[0-9a-f-]{36}", "", answer.text)))
    assert {status for status, _ in answers} == {200}
    assert len(answers) == 1
    deliver()
    assert [each["To"] for each in mailbox.mails] == ["ann@example.org"]


def test_without_mail_an_admin_hands_the_link_over(ann: User, postroom: Postroom) -> None:
    links.ask(ann.email, postroom=Postroom(postroom.secret_key))
    assert ann.reset_asked_at is not None
    assert db.session.scalar(sa.select(sa.func.count(PasswordLink.id))) == 0
    assert db.session.scalar(sa.select(sa.func.count(Delivery.id))) == 0
    with pytest.raises(Conflict):
        letters.send_test(ann, postroom=Postroom(postroom.secret_key))


def test_an_invitation_is_mailed_and_can_be_mailed_again(
    new_user: NewUser, postroom: Postroom, deliver: Deliver, mailbox: MailCatcher
) -> None:
    boss = new_user("boss@example.org", role=Role.ADMIN)
    asked, token = invitations.invite(
        "new@example.org", role=Role.EDITOR, by=boss, postroom=postroom
    )
    deliver()
    assert token_in(mailbox, "join") == token
    assert mailbox.mails[0]["To"] == "new@example.org"
    again = invitations.resend(
        invitations.get_by_token(token), by=db.session.merge(boss), postroom=postroom
    )
    deliver()
    assert token_in(mailbox, "join") == again
    assert "boss@example.org invites you" in mailbox.texts[0]
    assert invitations.get_by_token(again).id == asked.id


def test_an_invitation_that_fails_mails_nobody(
    new_user: NewUser, postroom: Postroom, deliver: Deliver, mailbox: MailCatcher
) -> None:
    boss = new_user("boss@example.org", role=Role.ADMIN)
    with pytest.raises(Conflict):
        invitations.invite(boss.email, role=Role.EDITOR, by=boss, postroom=postroom)
    assert deliver() == []
    assert mailbox.mails == []
