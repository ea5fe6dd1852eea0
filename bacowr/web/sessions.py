"""Signing in and out."""

from flask import Blueprint, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bacowr.accounts import queries, sessions
from bacowr.accounts.permissions import Permission
from bacowr.accounts.schemas import CredentialsSchema
from bacowr.base.errors import BacowrError, Invalid, Unauthenticated
from bacowr.gate import identity
from bacowr.gate.guard import needs, public
from bacowr.gate.limits import Bucket, limited
from bacowr.web import forms, htmx

bp = Blueprint("sessions", __name__)


@bp.get("/sign-in")
@public
def new() -> ResponseReturnValue:
    """Show the form; who is signed in already goes on."""
    if g.user:
        return htmx.go(htmx.safe_next(request.args.get("next")))
    return _form()


@bp.post("/sign-in")
@limited(Bucket.LOGIN)
@public
def create() -> ResponseReturnValue:
    """Sign in and go on to the page that asked for it."""
    try:
        identity.open_session(**forms.read(CredentialsSchema()))
    except (Invalid, Unauthenticated) as error:
        return _form(error), error.status
    return htmx.go(htmx.safe_next(request.form.get("next")))


@bp.post("/sign-out")
@public
def delete() -> ResponseReturnValue:
    """Sign out of this browser."""
    identity.close_session()
    return htmx.go(url_for("web.sessions.new"))


@bp.post("/account/sessions/<session_id>/revoke")
@needs(Permission.ACCOUNT_CHANGE)
def revoke(session_id: str) -> ResponseReturnValue:
    """Sign the person out of one other browser or program."""
    sessions.revoke(session_id, owner=identity.current_user())
    flash("You are signed out there.")
    return htmx.go(url_for("web.accounts.show"))


@bp.post("/account/sessions/revoke-others")
@needs(Permission.ACCOUNT_CHANGE)
def revoke_others() -> ResponseReturnValue:
    """Sign the person out everywhere but here."""
    sessions.revoke_others(identity.current_user(), this_token=identity.session_token())
    flash("You are signed out everywhere else.")
    return htmx.go(url_for("web.accounts.show"))


def _form(error: BacowrError | None = None) -> str:
    return render_template(
        "sessions/new.html",
        error=error,
        email=request.form.get("email", ""),
        next=request.values.get("next", ""),
        is_first_run=not queries.has_users(),
    )
