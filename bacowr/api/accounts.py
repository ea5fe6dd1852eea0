"""One's own settings, as older clients know them."""

from typing import Any

from marshmallow import Schema, fields, validate

from bacowr.accounts import preferences
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Permission
from bacowr.api.openapi import Blueprint
from bacowr.base.db import transaction
from bacowr.base.errors import Invalid
from bacowr.engine.order import LlmProvider, WritingProfile, WritingStrategy
from bacowr.gate import installation
from bacowr.gate.guard import needs
from bacowr.gate.identity import current_user
from bacowr.jobs.money import caps
from bacowr.jobs.spending import CapScope
from bacowr.providers.credentials import shown

CAPS_ARE_THE_TEAM_S = "Caps hold for the whole team; an admin changes them with the services."

bp = Blueprint(
    "api_settings", __name__, url_prefix="/api/v1/users/me", description="One's own settings."
)


class DefaultsSchema(Schema):
    """What one's orders begin with; null for the product's own default."""

    llm_provider = fields.Enum(LlmProvider, by_value=True, allow_none=True)
    writing_strategy = fields.Enum(WritingStrategy, by_value=True, allow_none=True)
    writing_profile = fields.Enum(WritingProfile, by_value=True, allow_none=True)
    language = fields.String(allow_none=True, validate=validate.Length(2, 8))
    country = fields.String(allow_none=True, validate=validate.Length(equal=2))


class CostLimitsSchema(Schema):
    """How much the team may spend; null for no cap."""

    enabled = fields.Boolean()
    daily_limit_usd = fields.Float(allow_none=True)
    per_job_limit_usd = fields.Float(allow_none=True)


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
    """Change your settings; what isn't named stays.

    The cost limits are the team's: they may be sent back as they are, and not be changed here.
    """
    user = current_user()
    if any(_cost_limits()[name] != value for name, value in sent.get("cost_limits", {}).items()):
        raise Invalid(CAPS_ARE_THE_TEAM_S, fields={"cost_limits": [CAPS_ARE_THE_TEAM_S]})
    _store(user, sent)
    return _settings(user)


@transaction
def _store(user: User, sent: dict[str, Any]) -> None:
    if defaults := sent.get("defaults"):
        preferences.set_defaults(user, defaults)
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
        "cost_limits": _cost_limits(),
        "notifications": preferences.notifications_of(user),
    }


def _defaults(user: User) -> dict[str, Any]:
    loaded: dict[str, Any] = DefaultsSchema().load(preferences.defaults_of(user))
    return loaded


def _cost_limits() -> dict[str, Any]:
    limits = caps.limits(installation.equipment().caps)
    daily, job = limits[CapScope.DAY], limits[CapScope.ORDER]
    enabled = daily is not None or job is not None
    return {"enabled": enabled, "daily_limit_usd": daily, "per_job_limit_usd": job}
