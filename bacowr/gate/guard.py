"""May they: every view says what it needs, and nothing is served that doesn't say."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import current_app, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from bacowr.accounts import permissions, scopes
from bacowr.accounts.permissions import Permission
from bacowr.base.errors import Forbidden, Unauthenticated
from bacowr.gate import identity, limits

V = TypeVar("V", bound=Callable[..., object])

NEEDS = "needs"
PUBLIC = "public"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()


def needs(permission: Permission) -> Callable[[V], V]:
    """Declare that a view is for those whose role grants the permission."""

    def declare(view: V) -> V:
        setattr(view, NEEDS, permission)
        return view

    return declare


def public(view: V) -> V:
    """Declare that a view is for everybody."""
    setattr(view, NEEDS, PUBLIC)
    return view


def declared(view: Callable[..., object]) -> Permission | str | None:
    """Return what the view declares: a permission, PUBLIC, or None when it was forgotten."""
    need: Permission | str | None = getattr(view, NEEDS, None)
    return need


def check() -> None:
    """Let the request pass, or raise Unauthenticated or Forbidden; runs before every view."""
    if request.endpoint is None:
        g.user, g.by_header = None, False
        return
    if request.endpoint.endswith("static"):
        g.user, g.by_header = None, False
        return
    view = current_app.view_functions[request.endpoint]
    need = declared(view)
    _identify(need)
    if need is None:
        raise Forbidden("Nobody has said who may see this.")
    if need != PUBLIC:
        _require(Permission(need))
    limits.check(view, need)
    # What is for everybody over the API does nothing in the name of the cookie that came along.
    is_nobodys = need == PUBLIC and request.path.startswith(limits.API)
    if not g.by_header and not is_nobodys and request.method not in SAFE_METHODS:
        _refuse_forgery()


def _identify(need: Permission | str | None) -> None:
    """Find out who asks; what is for everybody is for those too whose token has ended."""
    try:
        identity.identify()
    except Unauthenticated:
        if need != PUBLIC:
            raise


def _require(need: Permission) -> None:
    permissions.require(identity.current_user(), need)
    if not scopes.allows(g.scopes, need):
        raise Forbidden(f"This API key is not for {need}; its scopes are: {g.scopes}.")


def _refuse_forgery() -> None:
    """Raise Forbidden unless the page that sent this request is one of ours."""
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        raise Forbidden("This request comes from another site.")
    try:
        csrf.protect()
    except CSRFError as error:
        raise Forbidden("This form has expired. Load the page again.") from error
