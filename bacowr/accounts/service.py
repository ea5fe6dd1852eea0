"""Changing people, keys and login sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bacowr.accounts import passwords, queries, scopes, tokens
from bacowr.accounts.models import LEGACY_MARK, ApiKey, LoginSession, User, UserStatus
from bacowr.accounts.permissions import Role
from bacowr.accounts.places import Place
from bacowr.accounts.tickets import BearerToken
from bacowr.audit import service as audit
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.errors import Conflict, Invalid, Unauthenticated


@dataclass(frozen=True)
class KeyLimits:
    """What a key is good for, and for how many days; empty and None for no limit."""

    scopes: tuple[str, ...] = ()
    days: int | None = None


WRONG = "The e-mail address or the password is not right."
FAILURES_BEFORE_LOCK = 10
LOCK = timedelta(minutes=15)
USE_IS_NOTED_EVERY = timedelta(minutes=5)
NOWHERE = Place()
UNLIMITED = KeyLimits()
ONLY_KEY = "API key"


@transaction
def create_user(
    email: str, *, role: Role, password: str | None, name: str = "", by: User | None = None
) -> User:
    """Make an account; raise Conflict when the address has one, Invalid for a bad password."""
    user = User(
        email=email.strip(),
        email_normalized=queries.normalized(email),
        name=name,
        role=role,
        password_hash=passwords.hash_password(password) if password else None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:
        raise Conflict(f"There is an account for {email} already.") from error
    audit.record("user.create", user, actor=by, role=role)
    return user


@transaction
def register(
    email: str, password: str, *, role: Role, name: str = "", username: str | None = None
) -> User:
    """Make an account for whoever asks; raise Conflict when the address has one."""
    user = create_user(email, role=role, password=password, name=name)
    user.username = username
    return user


@transaction
def change_password(user: User, password: str, *, by: User | None) -> None:
    """Set a new password and sign the person out everywhere; raise Invalid for a bad one.

    API keys stay: they are the person's own, and are revoked one by one.
    """
    user.password_hash = passwords.hash_password(password)
    user.failed_sign_ins, user.locked_until, user.reset_asked_at = 0, None, None
    for table in (LoginSession, BearerToken):
        db.session.execute(sa.delete(table).where(table.user_id == user.id))
    audit.record("user.change_password", user, actor=by)


def change_own_password(user: User, password: str, *, current: str) -> None:
    """Let a person set a new password; wrong guesses of the current one count as at signing in.

    Raises Invalid when the current password isn't right, the new one is bad, or the account is
    locked.
    """
    if _is_locked(user) or not passwords.is_right(current, user.password_hash):
        _note_failure(user)
        text = "This is not your current password."
        raise Invalid(text, fields={"current_password": [text]})
    change_password(user, password, by=user)


def sign_in(
    email: str, password: str, *, lasts: timedelta, place: Place = NOWHERE
) -> tuple[User, str]:
    """Check the password and open a login session; return the person and the cookie's token.

    Raises Unauthenticated as `check_password` does.
    """
    user = check_password(email, password)
    return user, _open_session(user, password, lasts, place)


def check_password(email: str, password: str) -> User:
    """Return whose address and password these are.

    Raises Unauthenticated with the same words for an unknown address, a wrong password, a barred
    person and one who is locked out: ten wrong passwords in a row lock the account for 15 minutes.
    """
    user = queries.find_by_email(email)
    right = passwords.is_right(password, user.password_hash if user else None)
    if user is None:
        raise Unauthenticated(WRONG)
    if not right:
        _note_failure(user)
        raise Unauthenticated(WRONG)
    if user.status is not UserStatus.ACTIVE or _is_locked(user):
        raise Unauthenticated(WRONG)
    return user


def _is_locked(user: User) -> bool:
    return user.locked_until is not None and user.locked_until > clock.now()


@transaction
def _note_failure(user: User) -> None:
    # Counted by the database, so that guesses sent side by side are all counted.
    db.session.execute(
        sa.update(User)
        .where(User.id == user.id)
        .values(failed_sign_ins=User.failed_sign_ins + 1, updated_at=User.updated_at)
    )
    db.session.refresh(user)
    if user.failed_sign_ins >= FAILURES_BEFORE_LOCK:
        user.failed_sign_ins, user.locked_until = 0, clock.now() + LOCK
        audit.record("user.lock", user, actor=None, until=user.locked_until.isoformat())


@transaction
def _open_session(user: User, password: str, lasts: timedelta, place: Place) -> str:
    token = tokens.new_session_token()
    now = clock.now()
    db.session.execute(
        sa.delete(LoginSession).where(
            LoginSession.user_id == user.id, LoginSession.expires_at <= now
        )
    )
    session = LoginSession(
        user=user,
        token_hash=tokens.digest(token),
        expires_at=now + lasts,
        browser=place.program,
        address=place.address,
        last_seen_at=now,
    )
    db.session.add(session)
    note_sign_in(user, password)
    audit.record("session.create", user, actor=user)
    return token


@transaction
def note_sign_in(user: User, password: str) -> None:
    """Note that the password was right: wrong ones before are forgotten, an old hash is renewed."""
    user.failed_sign_ins, user.locked_until, user.last_sign_in_at = 0, None, clock.now()
    if user.password_hash and passwords.needs_rehash(user.password_hash):
        user.password_hash = passwords.hash_password(password)


@transaction
def sign_out(token: str) -> None:
    """Close the login session of the token; nothing happens when there is none."""
    if session := queries.find_valid_session(token):
        db.session.delete(session)
        audit.record("session.delete", session.user, actor=session.user)


@transaction
def _prolong(session: LoginSession, until: datetime) -> None:
    session.expires_at, session.last_seen_at = until, clock.now()


def resume(token: str, *, lasts: timedelta) -> User | None:
    """Return who is signed in with this token, and let use prolong the session by `lasts`."""
    session = queries.find_valid_session(token)
    if session is None:
        return None
    until = clock.now() + lasts
    if until - session.expires_at > USE_IS_NOTED_EVERY:
        _prolong(session, until)
    return session.user


@transaction
def issue_key(
    owner: User, *, name: str, by: User | None, limits: KeyLimits = UNLIMITED
) -> tuple[ApiKey, str]:
    """Issue an API key; return it with its text, which is not kept and can't be shown again.

    Raises Invalid for a scope beyond the owner's role.
    """
    made = tokens.new_key()
    key = ApiKey(
        owner=owner,
        name=name,
        prefix=made.prefix,
        last_four=made.last_four,
        key_hash=tokens.digest(made.text),
        scopes=scopes.narrowed(limits.scopes, role=owner.role),
        expires_at=None if limits.days is None else clock.now() + timedelta(days=limits.days),
    )
    db.session.add(key)
    audit.record("key.issue", key, actor=by, name=name, scopes=key.scopes)
    return key, made.text


@transaction
def regenerate_key(key: ApiKey, *, by: User) -> tuple[ApiKey, str]:
    """Give out a key in place of another, which ends; raise Conflict when it was revoked already.

    Name and scopes stay; one that was to expire lasts as long again.
    """
    revoke_key(key, by=by)
    days = (key.expires_at - key.created_at).days if key.expires_at else None
    limits = KeyLimits(tuple(key.scopes.split()) if key.scopes else (), days)
    return issue_key(key.owner, name=key.name, by=by, limits=limits)


@transaction
def replace_only_key(owner: User, *, by: User) -> tuple[ApiKey, str]:
    """Give out the one key that older clients know of; the one before ends, others stay."""
    for key in queries.keys_of(owner):
        if key.name == ONLY_KEY or key.prefix.startswith(LEGACY_MARK):
            revoke_key(key, by=by)
    return issue_key(owner, name=ONLY_KEY, by=by)


@transaction
def revoke_key(key: ApiKey, *, by: User) -> None:
    """End an API key for good; raise Conflict when it is revoked already."""
    if key.revoked_at:
        raise Conflict("This API key is revoked already.")
    key.revoked_at = clock.now()
    audit.record("key.revoke", key, actor=by, name=key.name)


@transaction
def _note_use(key: ApiKey) -> None:
    key.last_used_at = clock.now()


def use_key(text: str) -> ApiKey | None:
    """Return the API key that this is, or None when it isn't valid; note its use."""
    key = queries.find_valid_key(text)
    if key is None:
        return None
    if key.last_used_at is None or clock.now() - key.last_used_at > USE_IS_NOTED_EVERY:
        _note_use(key)
    return key


def authenticate_key(text: str) -> User | None:
    """Return whose API key this is, or None when it isn't valid; note its use."""
    key = use_key(text)
    return key.owner if key else None


@transaction
def ask_for_reset(email: str) -> User | None:
    """Note that somebody wants a new password; return who, or None for nobody who may sign in."""
    user = queries.find_by_email(email)
    if user is None or user.status is not UserStatus.ACTIVE:
        return None
    user.reset_asked_at = clock.now()
    audit.record("user.ask_for_reset", user, actor=None)
    return user
