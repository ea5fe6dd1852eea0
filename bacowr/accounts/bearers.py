"""Programs in which somebody signs in by e-mail and password: a short token, and what renews it.

Every renewal replaces both tokens. Who shows a refresh token that was renewed already has a copy
of it, and so may somebody else: then both tokens end (RFC 9700, 4.14.2). Two requests of one
program at the same moment do the same by accident, so the first moments are forgiven.
"""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from bacowr.accounts import tokens
from bacowr.accounts.models import User, UserStatus
from bacowr.accounts.places import Place
from bacowr.accounts.tickets import BearerToken
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Unauthenticated

ACCESS_LASTS = timedelta(minutes=30)
REFRESH_LASTS = timedelta(days=7)
FORGIVEN = timedelta(seconds=20)
NOT_VALID = "This refresh token is not valid. Sign in again."


@dataclass(frozen=True)
class Pair:
    """Two tokens as their owner sees them, once."""

    user: User
    access_token: str
    refresh_token: str
    token_type: str = "bearer"  # noqa: S105  # The kind of token, not one.
    expires_in: int = int(ACCESS_LASTS.total_seconds())


@transaction
def issue(user: User, place: Place) -> Pair:
    """Let a program be signed in as this person, whose password was just right."""
    now = clock.now()
    ended = (BearerToken.user_id == user.id, BearerToken.refresh_expires_at <= now)
    db.session.execute(sa.delete(BearerToken).where(*ended))
    bearer = BearerToken(user=user, program=place.program, address=place.address)
    pair = _renewed(bearer, user)
    db.session.add(bearer)
    audit.record("bearer.create", bearer, actor=user)
    return pair


def refresh(text: str) -> Pair:
    """Exchange a refresh token for a new pair; raise Unauthenticated when it isn't valid."""
    pair = _refresh(tokens.digest(text))
    if pair is None:
        raise Unauthenticated(NOT_VALID)
    return pair


@transaction
def _refresh(digest: str) -> Pair | None:
    either = sa.or_(BearerToken.refresh_hash == digest, BearerToken.spent_hash == digest)
    bearer = db.session.scalar(sa.select(BearerToken).where(either).with_for_update(of=BearerToken))
    if bearer is None:
        return None
    if bearer.refresh_hash != digest:
        if clock.now() - bearer.refreshed_at > FORGIVEN:
            _end(bearer, "A refresh token was shown twice.")
        return None
    if bearer.refresh_expires_at <= clock.now() or bearer.user.status is not UserStatus.ACTIVE:
        return None
    bearer.spent_hash = digest
    return _renewed(bearer, bearer.user)


def find_valid(text: str) -> BearerToken | None:
    """Find whose access token this is, if it goes on and its person is not barred."""
    select = sa.select(BearerToken).where(BearerToken.access_hash == tokens.digest(text))
    bearer = db.session.scalar(select)
    if bearer is None or bearer.access_expires_at <= clock.now():
        return None
    return bearer if bearer.user.status is UserStatus.ACTIVE else None


@transaction
def revoke(bearer: BearerToken, *, by: User) -> None:
    """Sign a program out."""
    audit.record("bearer.delete", bearer, actor=by)
    db.session.delete(bearer)


def _end(bearer: BearerToken, reason: str) -> None:
    audit.record("bearer.end", bearer, actor=None, reason=reason, user=bearer.user_id)
    db.session.delete(bearer)


def _renewed(bearer: BearerToken, user: User) -> Pair:
    now = clock.now()
    pair = Pair(user, tokens.new_access_token(), tokens.new_refresh_token())
    bearer.access_hash = tokens.digest(pair.access_token)
    bearer.refresh_hash = tokens.digest(pair.refresh_token)
    bearer.access_expires_at = now + ACCESS_LASTS
    bearer.refresh_expires_at = now + REFRESH_LASTS
    bearer.refreshed_at = now
    return pair
