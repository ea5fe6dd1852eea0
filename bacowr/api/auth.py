"""Signing in over the API: by e-mail and password for a pair of tokens, and what belongs to it."""

from typing import Any

from flask import current_app, g

from bacowr.accounts import bearers, invitations, links, service
from bacowr.accounts.bearers import Pair
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission, Role
from bacowr.accounts.schemas import CredentialsSchema, EmailSchema
from bacowr.accounts.wire import (
    DetailSchema,
    PersonSchema,
    RefreshSchema,
    RegistrationSchema,
    ResetSchema,
    TokensSchema,
)
from bacowr.api.openapi import Blueprint
from bacowr.base.errors import Forbidden, Invalid
from bacowr.gate import identity
from bacowr.gate.guard import needs, public
from bacowr.gate.limits import Bucket, limited
from bacowr.gate.postroom import postroom

ASKED = "If there is an account with this address, a way to set a new password is on its way."
CLOSED = "It takes an invitation to make an account here."

bp = Blueprint(
    "api_auth", __name__, url_prefix="/api/v1/auth", description="Signing in, and who you are."
)


@bp.route("/me")
@bp.response(200, PersonSchema)
@needs(Permission.ACCOUNT_READ)
def get_me() -> User:
    """Show who you are.

    The quickest way to see that a key works.
    """
    return identity.current_user()


@bp.route("/login", methods=["POST"])
@bp.arguments(CredentialsSchema)
@bp.response(200, TokensSchema)
@bp.alt_response(401, response="UNAUTHORIZED")
@limited(Bucket.LOGIN)
@public
def sign_in(sent: dict[str, Any]) -> Pair:
    """Sign in by e-mail and password.

    The access token is valid for 30 minutes, the refresh token for seven days and once. Unknown
    addresses, wrong passwords and barred accounts are answered alike.
    """
    user = service.check_password(sent["email"], sent["password"])
    service.note_sign_in(user, sent["password"])
    return bearers.issue(user, identity.place())


@bp.route("/register", methods=["POST"])
@bp.arguments(RegistrationSchema)
@bp.response(201, TokensSchema)
@bp.alt_response(404, response="NOT_FOUND")
@bp.alt_response(409, response="CONFLICT")
@bp.alt_response(403, response="FORBIDDEN")
@limited(Bucket.REGISTER)
@public
def register(sent: dict[str, Any]) -> Pair:
    """Make an account of your own, by an invitation, or where the installation is open to all."""
    named = {"name": sent["full_name"], "username": sent["username"]}
    if sent["invitation"]:
        invitation = invitations.get_by_token(sent["invitation"])
        if invitation.email.lower() != sent["email"].strip().lower():
            text = "The invitation is for another address."
            raise Invalid(text, fields={"email": [text]})
        user = invitations.accept(sent["invitation"], password=sent["password"], **named)
    elif current_app.extensions["settings"].open_registration:
        user = service.register(sent["email"], sent["password"], role=Role.EDITOR, **named)
    else:
        raise Forbidden(CLOSED)
    return bearers.issue(user, identity.place())


@bp.route("/refresh", methods=["POST"])
@bp.arguments(RefreshSchema)
@bp.response(200, TokensSchema)
@bp.alt_response(401, response="UNAUTHORIZED")
@limited(Bucket.REFRESH)
@public
def refresh(sent: dict[str, Any]) -> Pair:
    """Exchange the refresh token for a new pair; the pair before ends.

    Show one a second time, and the pair that came of it ends too: somebody else may have it.
    """
    return bearers.refresh(sent["refresh_token"])


@bp.route("/logout", methods=["POST"])
@bp.response(200, DetailSchema)
@needs(Permission.ACCOUNT_READ)
def sign_out() -> dict[str, str]:
    """End the tokens, or the browser's login, that this request came with.

    An API key goes on: revoke it where it was made.
    """
    user = identity.current_user()
    if bearer := g.get("bearer"):
        bearers.revoke(bearer, by=user)
    elif g.by_header:
        return {"detail": "An API key is not signed out. Revoke it on your account's page."}
    else:
        identity.close_session()
    return {"detail": "You are signed out."}


@bp.route("/password-reset/request", methods=["POST"])
@bp.arguments(EmailSchema)
@bp.response(200, DetailSchema)
@limited(Bucket.PASSWORD)
@public
def request_password_reset(sent: dict[str, Any]) -> dict[str, str]:
    """Ask for a new password; the answer is the same whether there is such an account or not."""
    links.ask(sent["email"], postroom=postroom())
    return {"detail": ASKED}


@bp.route("/password-reset/confirm", methods=["POST"])
@bp.arguments(ResetSchema)
@bp.response(200, DetailSchema)
@bp.alt_response(404, response="NOT_FOUND")
@limited(Bucket.PASSWORD)
@public
def confirm_password_reset(sent: dict[str, Any]) -> dict[str, str]:
    """Set a new password by a link's secret; every login and token before ends."""
    links.use(links.get(sent["reset_token"]), sent["new_password"])
    return {"detail": "Your password is set. Sign in with it."}
