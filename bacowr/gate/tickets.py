"""Tickets: leave to read one thing for a minute, for callers that can send no header.

A ticket says for whom it is, at which addresses and until when, and is signed with the
installation's secret: nothing is stored. It stands in the address, so it is worth little: it reads,
it ends soon, and it opens nothing else. A key's scopes are in it, so it goes no further than those.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, g
from itsdangerous import BadSignature, URLSafeSerializer

from bacowr.base import clock

NAME = "ticket"
SECONDS = 60
SALT = "bacowr ticket 1"


@dataclass(frozen=True)
class Ticket:
    """Whom a ticket stands for, and what that person's key is narrowed to."""

    user_id: str
    scopes: str | None


def issue(*paths: str) -> str:
    """Give whoever asks a ticket for these addresses."""
    until = (clock.now() + timedelta(seconds=SECONDS)).isoformat()
    return str(_signer().dumps([g.user.id, g.scopes, paths, until]))


def read(text: str, path: str) -> Ticket | None:
    """Read a ticket; None when it isn't ours, is for another address, or has ended."""
    try:
        user_id, scopes, paths, until = _signer().loads(text)
    except BadSignature:
        return None
    if path not in paths or datetime.fromisoformat(until) <= clock.now():
        return None
    return Ticket(user_id, scopes)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=SALT)
