"""`flask notifications`: what is stuck, and sending it."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from tests.notifications.conftest import Announce, Deliver, Hooked
from tests.plugins.mail_server import MailCatcher
from tests.plugins.receiver import Receiver

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["notifications", *words])
    return result.exit_code, result.output


def test_what_is_stuck_is_listed_and_sent(
    app: Flask, hooked: Hooked, announce: Announce, deliver: Deliver, hook_server: Receiver
) -> None:
    hook_server.answer_next(500)
    announce(hooked.owner)
    (sent,) = deliver()
    announce(hooked.owner)
    status, printed = run(app, "list", "--stuck")
    assert status == 0
    assert sent.id in printed
    assert "The server answered 500." in printed
    assert "1 listed." in printed
    assert run(app, "send", sent.id) == (0, "It arrived.\n")
    assert run(app, "send") == (0, "1 arrived.\n")
    assert "0 listed." in run(app, "list", "--state", "retrying")[1]
    rows = json.loads(run(app, "list", "--state", "delivered", "--json")[1])
    assert {row["state"] for row in rows} == {"delivered"}
    assert {row["attempts"] for row in rows} == {1, 2}


def test_what_does_not_arrive_ends_with_1(
    app: Flask, hooked: Hooked, announce: Announce, deliver: Deliver, hook_server: Receiver
) -> None:
    announce(hooked.owner)
    (sent,) = deliver()
    hook_server.answer_next(503)
    status, printed = run(app, "send", sent.id)
    assert status == 1
    assert "It did not arrive. The server answered 503." in printed
    assert run(app, "send", "nothing")[0] == 1


def test_a_test_mail_is_sent(app: Flask, hooked: Hooked, mailbox: MailCatcher) -> None:
    assert run(app, "test", hooked.owner.email) == (0, "It arrived.\n")
    assert len(mailbox.mails) == 1
    mailbox.refusals["MAIL"] = b"451 later"
    assert run(app, "test", hooked.owner.email)[0] == 1
