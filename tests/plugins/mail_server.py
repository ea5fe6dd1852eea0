"""A local mail server: it takes what it is handed, or refuses where it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any


@dataclass
class MailCatcher:
    """What came in; `refusals` maps a verb (or END, after the text) to the answer it gets."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    refusals: dict[str, bytes] = field(default_factory=dict)
    offers: tuple[bytes, ...] = (b"AUTH PLAIN",)
    holds_up: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?starttls=off"

    @property
    def texts(self) -> list[str]:
        return [each.get_content().replace("\r\n", "\n") for each in self.mails]


class _Handler(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        self.catcher: MailCatcher = self.server.catcher
        self._say(self.catcher.refusals.get("CONNECT", b"220 catcher"))
        while line := self.rfile.readline():
            verb, _, rest = line.strip().partition(b" ")
            name = verb.decode("ascii", "replace").upper()
            if name == self.catcher.holds_up:
                self.catcher.released.wait(60)
            refusal = self.catcher.refusals.get(name)
            if refusal == b"":
                return
            if refusal is not None:
                self._say(refusal)
            elif not self._obey(name, rest):
                return

    def _obey(self, name: str, rest: bytes) -> bool:
        if name == "QUIT":
            self._say(b"221 bye")
            return False
        if name == "EHLO":
            lines = [b"catcher", *self.catcher.offers]
            marks = [b"-"] * (len(lines) - 1) + [b" "]
            for mark, line in zip(marks, lines, strict=True):
                self._say(b"250" + mark + line)
        elif name == "AUTH":
            self.catcher.logins.append(rest.decode())
            self._say(b"235 ok")
        elif name == "DATA":
            self._take()
        else:
            if name == "RCPT":
                self.catcher.recipients.append(rest.decode())
            self._say(b"250 ok")
        return True

    def _take(self) -> None:
        self._say(b"354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if refusal := self.catcher.refusals.get("END"):
            self._say(refusal)
            return
        mail = message_from_bytes(b"".join(lines), policy=default)
        assert isinstance(mail, EmailMessage)
        self.catcher.mails.append(mail)
        self._say(b"250 taken as 4711")

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def serving() -> Iterator[MailCatcher]:
    """Serve on a free port of loopback."""
    catcher = MailCatcher()
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.catcher = catcher  # type: ignore[attr-defined]  # For the handler.
        catcher.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield catcher
        finally:
            server.shutdown()
            thread.join()
