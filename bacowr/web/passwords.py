"""Setting a password by a secret link."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue

from bacowr.accounts import links
from bacowr.accounts.schemas import EmailSchema, NewPasswordSchema
from bacowr.base.errors import Invalid
from bacowr.gate import identity
from bacowr.gate.guard import public
from bacowr.gate.limits import Bucket, limited
from bacowr.gate.postroom import postroom
from bacowr.web import forms, htmx

bp = Blueprint("passwords", __name__, url_prefix="/password")


@bp.get("")
@public
def ask() -> str:
    """Show the form for somebody who has forgotten the password."""
    return render_template("sessions/ask.html", is_asked=False, error=None)


@bp.post("")
@limited(Bucket.PASSWORD)
@public
def create() -> ResponseReturnValue:
    """Mail a link, or leave it to an admin; the answer is the same for every address."""
    try:
        links.ask(forms.read(EmailSchema())["email"], postroom=postroom())
    except Invalid as error:
        return render_template("sessions/ask.html", is_asked=False, error=error), error.status
    return render_template("sessions/ask.html", is_asked=True, has_mail=postroom().has_mail)


@bp.get("/<token>")
@public
def edit(token: str) -> str:
    """Show the form of a link that is still valid."""
    return _form(token)


@bp.post("/<token>")
@limited(Bucket.PASSWORD)
@public
def update(token: str) -> ResponseReturnValue:
    """Set the password, and sign the person in."""
    link = links.get(token)
    try:
        password = forms.read(NewPasswordSchema())["password"]
        links.use(link, password)
    except Invalid as error:
        return _form(token, error), error.status
    identity.open_session(link.user.email, password)
    flash("Your password is set.")
    return htmx.go(htmx.safe_next(None))


def _form(token: str, error: Invalid | None = None) -> str:
    return render_template("sessions/password.html", email=links.get(token).user.email, error=error)
