"""One's own account: password and API keys."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from bacowr.accounts import preferences, queries, quotas, service, sessions
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.accounts.schemas import NewKeySchema, PasswordChangeSchema
from bacowr.accounts.scopes import HIGHEST, LEVELS
from bacowr.accounts.service import KeyLimits
from bacowr.base.db import transaction
from bacowr.base.errors import BacowrError, Invalid
from bacowr.gate import identity
from bacowr.gate.guard import needs
from bacowr.jobs.beginnings import DefaultsSchema
from bacowr.web import choices, estimates, forms, htmx, numbers

bp = Blueprint("accounts", __name__, url_prefix="/account")


@bp.get("")
@needs(Permission.KEYS_READ)
def show() -> str:
    """Show the person's account."""
    return _page()


@bp.post("/keys")
@needs(Permission.KEYS_ISSUE)
def issue_key() -> ResponseReturnValue:
    """Issue a key; this answer is the only one that shows it."""
    user = identity.current_user()
    try:
        sent = forms.read(NewKeySchema())
        limits = KeyLimits(tuple(sent["scopes"]), sent["days"])
        _, text = service.issue_key(user, name=sent["name"], by=user, limits=limits)
    except Invalid as error:
        return _page(key_error=error), error.status
    return _page(new_key=text)


@bp.post("/keys/<key_id>/revoke")
@needs(Permission.KEYS_REVOKE)
def revoke_key(key_id: str) -> ResponseReturnValue:
    """End one of the person's keys."""
    user = identity.current_user()
    service.revoke_key(queries.get_key(key_id, owner=user), by=user)
    return _page() if htmx.is_partial() else htmx.go(url_for("web.accounts.show"))


@bp.post("/keys/<key_id>/regenerate")
@needs(Permission.KEYS_ISSUE)
def regenerate_key(key_id: str) -> ResponseReturnValue:
    """Give out a key in place of one that ends; this answer is the only one that shows it."""
    user = identity.current_user()
    _, text = service.regenerate_key(queries.get_key(key_id, owner=user), by=user)
    return _page(new_key=text)


@bp.post("/password")
@needs(Permission.PASSWORD_CHANGE)
def change_password() -> ResponseReturnValue:
    """Set a new password; every other browser is signed out, this one stays."""
    user = identity.current_user()
    try:
        _change_password(user, **forms.read(PasswordChangeSchema()))
    except Invalid as error:
        return _page(password_error=error), error.status
    flash("Your password is changed. Other browsers are signed out.")
    return htmx.go(url_for("web.accounts.show"))


@bp.post("/preferences")
@needs(Permission.ACCOUNT_CHANGE)
def change_preferences() -> ResponseReturnValue:
    """Set what the person's orders begin with, and what they may spend."""
    user = identity.current_user()
    try:
        _set_preferences(user, request.form)
    except Invalid as error:
        return _page(preference_error=error), error.status
    flash("Your preferences are stored.")
    return htmx.go(url_for("web.accounts.show"))


@transaction
def _set_preferences(user: User, form: Mapping[str, str]) -> None:
    said = {name: form.get(name, "").strip() or None for name in DefaultsSchema().fields}
    sums = numbers.Reader(form)
    limits: dict[str, Any] = {name: sums.sum(name) for name in preferences.SUMS}
    sums.finish()
    try:
        defaults = DefaultsSchema().load(said)
    except ValidationError as error:
        raise Invalid("Choose among what is offered.", fields=forms.by_field(error)) from error
    preferences.set_defaults(user, defaults)
    preferences.set_cost_limits(user, limits | {"enabled": "enabled" in form})


def _change_password(user: User, *, current_password: str, new_password: str) -> None:
    service.change_own_password(user, new_password, current=current_password)
    identity.open_session(user.email, new_password)


def _page(
    *,
    new_key: str | None = None,
    key_error: BacowrError | None = None,
    password_error: BacowrError | None = None,
    preference_error: BacowrError | None = None,
) -> str:
    user = identity.current_user()
    wished = _wished(user) | ({} if preference_error is None else request.form.to_dict())
    return render_template(
        "accounts/_keys.html" if htmx.is_partial() else "accounts/index.html",
        user=user,
        keys=queries.keys_of(user),
        levels=LEVELS[: LEVELS.index(HIGHEST[user.role]) + 1],
        sessions=sessions.of(user, this_token=identity.session_token()),
        quota=quotas.standing(user),
        wished=wished,
        writers=estimates.offer({}).writers,
        languages=choices.languages(wished.get("language", "")),
        countries=choices.countries(wished.get("country", "")),
        preference_error=preference_error,
        new_key=new_key,
        key_error=key_error,
        password_error=password_error,
    )


def _wished(user: User) -> dict[str, str]:
    """Give what the form for preferences holds."""
    limits = asdict(preferences.cost_limits_of(user))
    enabled = {"enabled": "true"} if limits.pop("enabled") else {}
    known = preferences.defaults_of(user) | limits
    return {name: str(value) for name, value in known.items() if value is not None} | enabled
