"""Who is asking: a login cookie, a bearer token and an API key give the same identity."""

from datetime import timedelta

from flask import current_app, g, request, session

from bacowr.accounts import bearers, queries, service, tokens
from bacowr.accounts.models import User
from bacowr.accounts.places import Place
from bacowr.base.errors import Unauthenticated
from bacowr.gate import tickets

READING = frozenset({"GET", "HEAD"})
TOKEN = "token"  # noqa: S105  # The name of the cookie's entry.


def identify() -> None:
    """Put who is asking into `g.user`, or None; `g.by_header` tells whether a header said so.

    `g.scopes` is what an API key is narrowed to, None for no narrowing; `g.subject` is who is
    counted for limits: the key, else the person, else the address.
    """
    text = _key_in_header()
    g.by_header, g.scopes = text is not None, None
    g.subject = f"address:{request.remote_addr}"
    if text is not None:
        _identify_program(text)
        return
    if request.method in READING and (shown := request.args.get(tickets.NAME)):
        _identify_by_ticket(shown)
        return
    token = session.get(TOKEN)
    g.user = service.resume(token, lasts=session_lifetime()) if token else None
    if g.user is not None:
        g.subject = f"user:{g.user.id}"


def _identify_program(text: str) -> None:
    g.user = None
    if tokens.is_access_token(text):
        bearer = bearers.find_valid(text)
        if bearer is None:
            raise Unauthenticated("This access token is not valid. Refresh it, or sign in again.")
        g.user, g.bearer, g.subject = bearer.user, bearer, f"user:{bearer.user_id}"
        return
    key = service.use_key(text)
    if key is None:
        raise Unauthenticated("This API key is not valid.")
    g.user, g.scopes, g.subject = key.owner, key.scopes, f"key:{key.id}"


def _identify_by_ticket(text: str) -> None:
    g.user = None
    ticket = tickets.read(text, request.path)
    user = queries.find_active(ticket.user_id) if ticket else None
    if ticket is None or user is None:
        raise Unauthenticated("This ticket is not valid any more. Ask for another.")
    g.user, g.scopes, g.subject = user, ticket.scopes, f"user:{user.id}"


def current_user() -> User:
    """Return who is asking; raise Unauthenticated when nobody is known."""
    if g.user is None:
        raise Unauthenticated("Sign in, or send an API key.")
    user: User = g.user
    return user


def open_session(email: str, password: str) -> User:
    """Sign in and give the browser a new cookie; raise Unauthenticated when it isn't right."""
    before = session.get(TOKEN)
    user, token = service.sign_in(email, password, lasts=session_lifetime(), place=place())
    if before:
        service.sign_out(before)
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


def session_token() -> str | None:
    """Return the token of this browser's own login session."""
    token: str | None = session.get(TOKEN)
    return token


def place() -> Place:
    """Return where the request comes from."""
    return Place.of(request.headers.get("User-Agent"), request.remote_addr)


def session_lifetime() -> timedelta:
    """Return how long a login session lasts without a request."""
    lifetime: timedelta = current_app.permanent_session_lifetime
    return lifetime


def _key_in_header() -> str | None:
    if key := request.headers.get("X-API-Key"):
        return key
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
