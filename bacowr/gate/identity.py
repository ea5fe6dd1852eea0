"""Who is asking: a login cookie, a bearer token and an API key give the same identity."""

from datetime import timedelta

from flask import current_app, g, request, session

from bacowr.accounts import service
from bacowr.accounts.models import User
from bacowr.base.errors import Unauthenticated

TOKEN = "token"  # noqa: S105  # The name of the cookie's entry.


def identify() -> None:
    """Put who is asking into `g.user`, or None; `g.by_header` tells whether a key said so."""
    key = _key_in_header()
    g.by_header = key is not None
    if key is not None:
        g.user = service.authenticate_key(key)
        if g.user is None:
            raise Unauthenticated("This API key is not valid.")
        return
    token = session.get(TOKEN)
    g.user = service.resume(token, lasts=session_lifetime()) if token else None


def current_user() -> User:
    """Return who is asking; raise Unauthenticated when nobody is known."""
    if g.user is None:
        raise Unauthenticated("Sign in, or send an API key.")
    user: User = g.user
    return user


def open_session(email: str, password: str) -> User:
    """Sign in and give the browser a new cookie; raise Unauthenticated when it isn't right."""
    user, token = service.sign_in(email, password, lasts=session_lifetime())
    session.clear()
    session[TOKEN] = token
    session.permanent = True
    g.user = user
    return user


def close_session() -> None:
    """Sign out, and forget everything that the cookie held."""
    if token := session.get(TOKEN):
        service.sign_out(token)
    session.clear()


def session_lifetime() -> timedelta:
    """Return how long a login session lasts without a request."""
    lifetime: timedelta = current_app.permanent_session_lifetime
    return lifetime


def _key_in_header() -> str | None:
    if key := request.headers.get("X-API-Key"):
        return key
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
