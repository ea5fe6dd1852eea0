"""Handing in mail: by SMTP, under one time limit, with the same message id at every attempt."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from bacowr.notifications.settings import MailServer
from bacowr.notifications.states import Outcome

TIMEOUT_SECONDS = 10.0
WHOLE_SECONDS = 30.0
ANSWER_CHARACTERS = 300
SUBJECT_CHARACTERS = 200
ACCEPTED = range(200, 300)
FINAL = frozenset(range(500, 600))
UNREACHABLE = "The mail server could not be reached, or broke off."
AUTHENTICATION = frozenset({530, 534, 535, 538})
"""Refusals that are about the operator's settings, which can be mended while mail waits."""


@dataclass(frozen=True)
class Mail:
    """One mail."""

    id: str
    to: str
    subject: str
    text: str


class Refused(Exception):  # noqa: N818  # Named after what happened.
    """The mail server said no."""

    def __init__(self, code: int, answer: bytes) -> None:
        super().__init__(code)
        text, is_final = f"The mail server refused it: {code}.", code in FINAL - AUTHENTICATION
        self.outcome = Outcome(text, code=code, answer=_readable(answer), is_final=is_final)


def send(mail: Mail, server: MailServer, *, at: datetime) -> Outcome:
    """Hand in a mail; every fault is an outcome and none is raised."""
    try:
        written = _written(mail, server, at)
    except ValueError:
        return Outcome("This is no address that mail can be sent to.", is_final=True)
    try:
        with _connected(server) as connection:
            return _hand_in(connection, mail, server, written)
    except Refused as error:
        return error.outcome
    except smtplib.SMTPException as error:
        return _failed(error)
    except ssl.SSLError:
        return Outcome("The mail server's certificate or encryption can't be trusted.")
    except OSError:
        return Outcome(UNREACHABLE)


def _failed(error: smtplib.SMTPException) -> Outcome:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome("The mail server offers no encryption or no sign-in.")
    if not isinstance(error, smtplib.SMTPResponseException):
        return Outcome(UNREACHABLE)
    raw = error.smtp_error
    refused = Refused(error.smtp_code, raw if isinstance(raw, bytes) else raw.encode())
    is_final = isinstance(error, smtplib.SMTPDataError) and refused.outcome.is_final
    return replace(refused.outcome, is_final=is_final)


def _hand_in(connection: smtplib.SMTP, mail: Mail, server: MailServer, written: bytes) -> Outcome:
    _, sender = parseaddr(server.sender)
    _require(connection.mail(sender))
    _require(connection.rcpt(_ascii(mail.to)))
    code, answer = connection.data(written)
    _require((code, answer))
    return Outcome(code=code, answer=_readable(answer))


def _require(reply: tuple[int, bytes]) -> None:
    if reply[0] not in ACCEPTED:
        raise Refused(*reply)


def _written(mail: Mail, server: MailServer, at: datetime) -> bytes:
    """Write the mail out in ASCII; raise ValueError for an address that is none."""
    message = EmailMessage(policy=SMTP)
    message["From"] = server.sender
    message["To"] = _ascii(mail.to)
    message["Subject"] = _one_line(mail.subject)[:SUBJECT_CHARACTERS]
    message["Date"] = format_datetime(at)
    _, _, domain = parseaddr(server.sender)[1].rpartition("@")
    message["Message-ID"] = f"<{mail.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="quoted-printable")
    return message.as_bytes()


def _ascii(address: str) -> str:
    """Write an address so that every server knows it; raise ValueError when it can't be."""
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or not local.isascii() or _one_line(address) != address:
        raise ValueError(address)
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def _one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """Connect and sign in; whatever the server does, it is over when the time is up."""
    context = ssl.create_default_context()
    connection = _called(server, context)
    watchdog = threading.Timer(WHOLE_SECONDS, _shut, args=(connection.sock,))
    watchdog.daemon = True
    watchdog.start()
    try:
        _greet(connection, server, context)
        yield connection
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
    finally:
        watchdog.cancel()
        connection.close()


def _called(server: MailServer, context: ssl.SSLContext) -> smtplib.SMTP:
    where = (server.host, server.port)
    if server.is_tls:
        return smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)


def _greet(connection: smtplib.SMTP, server: MailServer, context: ssl.SSLContext) -> None:
    connection.ehlo_or_helo_if_needed()
    if server.starts_tls:
        connection.starttls(context=context)
        connection.ehlo()
    if server.username:
        connection.login(server.username, server.password)


def _shut(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _readable(answer: bytes) -> str:
    return _one_line(answer.decode("utf-8", "replace"))[:ANSWER_CHARACTERS]
