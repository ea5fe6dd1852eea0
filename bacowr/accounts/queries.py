"""Reading people, keys and login sessions."""

from collections.abc import Sequence

import sqlalchemy as sa

from bacowr.accounts import tokens
from bacowr.accounts.models import ApiKey, LoginSession, User, UserStatus
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.errors import NotFound


def normalized(email: str) -> str:
    """Return the address as accounts are found by: trimmed, in lower case."""
    return email.strip().lower()


def find_by_email(email: str) -> User | None:
    """Find a person by address, whatever its case."""
    select = sa.select(User).where(User.email_normalized == normalized(email))
    return db.session.scalar(select)


def get_by_email(email: str) -> User:
    """Get a person by address; raise NotFound when there is none."""
    if user := find_by_email(email):
        return user
    raise NotFound(f"There is no account for {email}.")


def find_active(user_id: str) -> User | None:
    """Find a person by id who is not barred."""
    select = sa.select(User).where(User.id == user_id, User.status == UserStatus.ACTIVE)
    return db.session.scalar(select)


def has_users() -> bool:
    """Tell whether there is any account."""
    return db.session.scalar(sa.select(sa.exists().select_from(User))) is True


def keys_of(user: User) -> Sequence[ApiKey]:
    """Return the person's API keys that are not revoked, newest first."""
    select = (
        sa.select(ApiKey)
        .where(ApiKey.owner_id == user.id, ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.created_at.desc(), ApiKey.id)
    )
    return db.session.scalars(select).all()


def get_key(key_id: str, *, owner: User) -> ApiKey:
    """Get one of the person's keys; raise NotFound for any other."""
    select = sa.select(ApiKey).where(ApiKey.id == key_id, ApiKey.owner_id == owner.id)
    if key := db.session.scalar(select):
        return key
    raise NotFound("There is no such API key.")


def find_valid_key(text: str) -> ApiKey | None:
    """Find the key that `text` is, if it is neither revoked nor expired nor its owner barred.

    Text of another form may be a key of the older BACOWR.
    """
    prefix = tokens.prefix_of(text) or tokens.legacy_prefix(text)
    key = db.session.scalar(sa.select(ApiKey).where(ApiKey.prefix == prefix))
    if key is None or key.revoked_at or not tokens.is_same(text, key.key_hash):
        return None
    expired = key.expires_at is not None and key.expires_at <= clock.now()
    return None if expired or key.owner.status is not UserStatus.ACTIVE else key


def find_valid_session(token: str) -> LoginSession | None:
    """Find the login session of a cookie's token, if it goes on and its person is not barred."""
    select = sa.select(LoginSession).where(LoginSession.token_hash == tokens.digest(token))
    session = db.session.scalar(select)
    if session is None or session.expires_at <= clock.now():
        return None
    return session if session.user.status is UserStatus.ACTIVE else None
