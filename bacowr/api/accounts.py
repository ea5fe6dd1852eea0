"""One's own settings, as older clients know them."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields

from bacowr.accounts import preferences
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.api.openapi import Blueprint
from bacowr.base.db import transaction
from bacowr.gate import installation
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs.beginnings import CostLimitsSchema, DefaultsSchema
from bacowr.providers.credentials import shown

bp = Blueprint(
    "api_settings", __name__, url_prefix="/api/v1/users/me", description="One's own settings."
)


class ChannelSchema(Schema):
    """Whether one is told, and where."""

    is_on = fields.Boolean(required=True)
    address = fields.String(allow_none=True, dump_only=True)


class NotificationsSchema(Schema):
    """How one is told of what happens."""

    email = fields.Nested(ChannelSchema)
    webhook = fields.Nested(ChannelSchema, dump_only=True)


class SettingsSchema(Schema):
    """One's own settings, and what of the team's they rest on."""

    api_keys = fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True),
        dump_only=True,
        metadata={"description": "The services' keys, by their last four characters."},
    )
    defaults = fields.Nested(DefaultsSchema)
    cost_limits = fields.Nested(CostLimitsSchema)
    notifications = fields.Nested(NotificationsSchema)


@bp.route("/settings")
@bp.response(200, SettingsSchema)
@needs(Permission.ACCOUNT_READ)
def get_own_settings() -> dict[str, Any]:
    """Show your settings; of the services' keys only the last four characters."""
    return _settings(current_user())


@bp.route("/settings", methods=["PATCH"])
@bp.arguments(SettingsSchema)
@bp.response(200, SettingsSchema)
@needs(Permission.ACCOUNT_CHANGE)
def update_own_settings(sent: dict[str, Any]) -> dict[str, Any]:
    """Change your settings; what isn't named stays, and null takes a word back.

    The defaults are what your orders begin with: `POST /jobs` takes them where a field isn't sent.
    The cost limits hold for your own orders, before every call of a model; a first one enables
    them.
    """
    user = current_user()
    _store(user, sent)
    return _settings(user)


@transaction
def _store(user: User, sent: dict[str, Any]) -> None:
    if defaults := sent.get("defaults"):
        preferences.set_defaults(user, defaults)
    if limits := sent.get("cost_limits"):
        preferences.set_cost_limits(user, limits)
    if email := sent.get("notifications", {}).get("email"):
        preferences.set_email_notifications(user, is_on=email["is_on"])


def _settings(user: User) -> dict[str, Any]:
    keys = {
        each.provider.value: each.last_four
        for each in shown(installation.own_keyring())
        if each.where
    }
    return {
        "api_keys": {name: f"…{last}" if last else None for name, last in keys.items()},
        "defaults": _defaults(user),
        "cost_limits": asdict(preferences.cost_limits_of(user)),
        "notifications": preferences.notifications_of(user),
    }


def _defaults(user: User) -> dict[str, Any]:
    loaded: dict[str, Any] = DefaultsSchema().load(preferences.defaults_of(user))
    return loaded
