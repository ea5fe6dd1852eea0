"""Secret addresses at which somebody sets a password, once; for those who have none."""

from datetime import timedelta

import sqlalchemy as sa

from bacowr.accounts import letters, service, tokens
from bacowr.accounts.models import PasswordLink, User, UserStatus
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, NotFound
from bacowr.notifications.postroom import Postroom

LASTS = timedelta(days=7)
LASTS_BY_MAIL = timedelta(hours=1)


@transaction
def ask(email: str, *, postroom: Postroom) -> None:
    """Mail a link to somebody who wants a new password; without mail, an admin hands one over.

    Tells nobody whether there is such an account.
    """
    user = service.ask_for_reset(email)
    if user is not None and postroom.has_mail:
        token = issue(user, by=None, lasts=LASTS_BY_MAIL)
        letters.send_reset(user, token, until=clock.now() + LASTS_BY_MAIL, postroom=postroom)


@transaction
def issue(user: User, *, by: User | None, lasts: timedelta = LASTS) -> str:
    """Make a link's secret, which ends the one before; raise Conflict for a barred person."""
    if user.status is not UserStatus.ACTIVE:
        raise Conflict(f"{user.email} is {user.status}.")
    db.session.execute(sa.delete(PasswordLink).where(PasswordLink.user_id == user.id))
    token = tokens.new_session_token()
    link = PasswordLink(user=user, token_hash=tokens.digest(token), expires_at=clock.now() + lasts)
    db.session.add(link)
    audit.record("password_link.issue", link, actor=by, user=user.id)
    return token


def get(token: str) -> PasswordLink:
    """Get the link of this secret; raise NotFound when it was used, has expired or never was."""
    select = sa.select(PasswordLink).where(PasswordLink.token_hash == tokens.digest(token))
    link = db.session.scalar(select)
    if link is None or link.expires_at <= clock.now() or link.user.status is not UserStatus.ACTIVE:
        raise NotFound("This link is not valid. It may have been used, or have expired.")
    return link


@transaction
def use(link: PasswordLink, password: str) -> None:
    """Set the password and end the link; raise Invalid for a bad password."""
    used = sa.delete(PasswordLink).where(PasswordLink.id == link.id)
    if not db.session.execute(used).rowcount:  # type: ignore[attr-defined]  # A DELETE's has it.
        raise NotFound("This link was used meanwhile.")
    service.change_password(link.user, password, by=link.user)


def without_password() -> list[User]:
    """Return the active people who have no password, by address."""
    select = (
        sa.select(User)
        .where(User.password_hash.is_(None), User.status == UserStatus.ACTIVE)
        .order_by(User.email_normalized)
    )
    return list(db.session.scalars(select))
