"""Where somebody is signed in, in browsers and programs, and how that is ended."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bacowr.accounts import places, tokens
from bacowr.accounts.models import LoginSession, User
from bacowr.accounts.tickets import BearerToken
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import NotFound


@dataclass(frozen=True)
class Shown:
    """One place in which somebody is signed in, as it is shown."""

    id: str
    name: str
    address: str | None
    since: datetime
    last_seen_at: datetime
    is_program: bool
    is_this: bool


def of(user: User, *, this_token: str | None = None) -> list[Shown]:
    """Return where the person is signed in, the last used first."""
    now = clock.now()
    browsers = sa.select(LoginSession).where(
        LoginSession.user_id == user.id, LoginSession.expires_at > now
    )
    programs = sa.select(BearerToken).where(
        BearerToken.user_id == user.id, BearerToken.refresh_expires_at > now
    )
    this = tokens.digest(this_token) if this_token else None
    found = [_browser(each, this) for each in db.session.scalars(browsers)]
    found += [_program(each) for each in db.session.scalars(programs)]
    return sorted(found, key=lambda each: (each.is_this, each.last_seen_at), reverse=True)


@transaction
def revoke(session_id: str, *, owner: User) -> None:
    """Sign the person out of one place; raise NotFound when there is no such place."""
    for table in (LoginSession, BearerToken):
        select = sa.select(table).where(table.id == session_id, table.user_id == owner.id)
        if found := db.session.scalar(select):
            audit.record("session.revoke", found, actor=owner)
            db.session.delete(found)
            return
    raise NotFound("You are not signed in there.")


@transaction
def revoke_others(owner: User, *, this_token: str | None, by: User | None = None) -> None:
    """Sign the person out everywhere but in the browser of `this_token`; None leaves nothing."""
    browsers = sa.delete(LoginSession).where(LoginSession.user_id == owner.id)
    if this_token:
        browsers = browsers.where(LoginSession.token_hash != tokens.digest(this_token))
    db.session.execute(browsers)
    db.session.execute(sa.delete(BearerToken).where(BearerToken.user_id == owner.id))
    audit.record("session.revoke_others", owner, actor=by or owner)


def _browser(session: LoginSession, this: str | None) -> Shown:
    return Shown(
        id=session.id,
        name=places.readable(session.browser),
        address=session.address,
        since=session.created_at,
        last_seen_at=session.last_seen_at or session.created_at,
        is_program=False,
        is_this=session.token_hash == this,
    )


def _program(bearer: BearerToken) -> Shown:
    return Shown(
        id=bearer.id,
        name=places.readable(bearer.program),
        address=bearer.address,
        since=bearer.created_at,
        last_seen_at=bearer.refreshed_at,
        is_program=True,
        is_this=False,
    )
