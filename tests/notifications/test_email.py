"""Handing in mail: what servers refuse, and what gets there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bacowr.base import clock
from bacowr.notifications.channels import email
from bacowr.notifications.channels.email import Mail
from bacowr.notifications.settings import MailServer, MailSettings, mail_from, mail_url
from bacowr.notifications.states import Outcome
from config import ConfigError, from_env
from tests.plugins.mail_server import MailCatcher
from tests.plugins.receiver import free_port

MAIL = Mail("id-1", "ann@example.org", "A link is lost: blåbär.se", "It is gone.\n.\nFör alltid.\n")


@pytest.fixture
def server(mailbox: MailCatcher) -> MailServer:
    settings = MailSettings(mail_url=mailbox.url, mail_from="BACOWR <no-reply@bacowr.example>")
    assert settings.mail_server is not None
    return settings.mail_server


def send(server: MailServer, mail: Mail = MAIL) -> Outcome:
    return email.send(mail, server, at=clock.now())


def test_a_mail_arrives_as_it_was_written(server: MailServer, mailbox: MailCatcher) -> None:
    outcome = send(server)
    assert (outcome.fault, outcome.code, outcome.answer) == (None, 250, "taken as 4711")
    (mail,) = mailbox.mails
    assert mail["Subject"] == MAIL.subject
    assert mailbox.texts == [MAIL.text]
    assert mail["From"] == server.sender
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mailbox.recipients == ["TO:<ann@example.org>"]


def test_a_subject_is_one_line(server: MailServer, mailbox: MailCatcher) -> None:
    send(server, replace(MAIL, subject="One\r\nBcc: eve@example.org\x00" + "x" * 500))
    (mail,) = mailbox.mails
    assert mail["Bcc"] is None
    assert str(mail["Subject"]).startswith("One Bcc: eve@example.org")
    assert len(mailbox.recipients) == 1


def test_a_foreign_domain_is_written_so_that_servers_know_it(
    server: MailServer, mailbox: MailCatcher
) -> None:
    send(server, replace(MAIL, to="ann@blåbär.se"))
    assert mailbox.recipients == ["TO:<ann@xn--blbr-noae.se>"]


@pytest.mark.parametrize("to", ["", "ann", "@example.org", "ann@", "ånn@example.org", "a\n@b.se"])
def test_what_is_no_address_is_given_up(server: MailServer, mailbox: MailCatcher, to: str) -> None:
    assert send(server, replace(MAIL, to=to)).is_final
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("verb", "answer", "is_final"),
    [
        ("CONNECT", b"421 not today", False),
        ("CONNECT", b"554 not you", False),
        ("MAIL", b"451 try later", False),
        ("RCPT", b"550 nobody here", True),
        ("RCPT", b"450 greylisted", False),
        ("DATA", b"554 no", True),
        ("END", b"552 too big", True),
        ("END", b"451 disk", False),
        ("EHLO", b"", False),
        ("RCPT", b"", False),
        ("MAIL", b"530 sign in first", False),
    ],
)
def test_a_refusal_is_told_and_tried_again_where_that_helps(
    server: MailServer, mailbox: MailCatcher, verb: str, answer: bytes, *, is_final: bool
) -> None:
    mailbox.refusals[verb] = answer
    outcome = send(server)
    assert outcome.fault
    assert outcome.is_final is is_final
    assert outcome.code == (int(answer[:3]) if answer else None)
    assert mailbox.mails == []


def test_it_signs_in_where_it_has_a_name(server: MailServer, mailbox: MailCatcher) -> None:
    named = replace(server, username="ann", password="secret")
    assert send(named).fault is None
    assert mailbox.logins
    mailbox.refusals["AUTH"] = b"535 wrong"
    refused = send(named)
    assert (refused.code, refused.is_final) == (535, False)
    mailbox.offers = ()
    assert "offers no encryption or no sign-in" in str(send(named).fault)


def test_what_is_not_encrypted_is_not_sent(server: MailServer, mailbox: MailCatcher) -> None:
    assert "offers no encryption" in str(send(replace(server, starts_tls=True)).fault)
    mailbox.offers = (b"STARTTLS",)
    mailbox.refusals["STARTTLS"] = b"220 go on"  # And then no TLS comes.
    assert send(replace(server, starts_tls=True)).fault
    assert send(replace(server, is_tls=True)).fault
    assert mailbox.mails == []


def test_nobody_there(server: MailServer) -> None:
    outcome = send(replace(server, port=free_port()))
    assert (outcome.fault, outcome.is_final) == (email.UNREACHABLE, False)


def test_a_server_that_says_nothing_is_given_up(
    server: MailServer, mailbox: MailCatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email, "WHOLE_SECONDS", 0.2)
    mailbox.holds_up = "MAIL"
    try:
        assert send(server).fault == email.UNREACHABLE
    finally:
        mailbox.released.set()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("smtp://mail.example", ("mail.example", 587, False, True, "", "")),
        ("smtps://a%40b:p%3Aw@mail.example", ("mail.example", 465, True, False, "a@b", "p:w")),
        ("smtp://localhost:25?starttls=off", ("localhost", 25, False, False, "", "")),
    ],
)
def test_a_mail_server_is_read_from_its_address(url: str, shown: tuple[object, ...]) -> None:
    server = MailSettings(mail_url=mail_url(url), mail_from="b@example.org").mail_server
    assert server is not None
    told = (server.host, server.port, server.is_tls, server.starts_tls)
    assert (*told, server.username, server.password) == shown
    assert "p:w" not in repr(server)


@pytest.mark.parametrize(
    "url", ["mail.example", "http://x", "smtp://", "smtp://x:y", "smtp://x/y", "smtp://x?tls=no"]
)
def test_what_is_no_mail_server_is_named(url: str) -> None:
    with pytest.raises(ValueError, match=r"must|can't|takes"):
        mail_url(url)


@pytest.mark.parametrize("text", ["BACOWR", "a@", "@b", "å@example.org", "a@b\n"])
def test_what_is_no_sender_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="must be like"):
        mail_from(text)


def test_mail_needs_a_sender_and_an_address_for_its_links(tmp_path: object) -> None:
    with pytest.raises(ConfigError) as told:
        from_env({"INSTANCE_DIR": str(tmp_path), "MAIL_URL": "smtp://mail.example"})
    assert set(told.value.problems) == {"MAIL_FROM", "PUBLIC_URL"}
    assert from_env({"INSTANCE_DIR": str(tmp_path)}).mail_server is None
