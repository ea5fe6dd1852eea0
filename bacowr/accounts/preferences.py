"""What a person's orders begin with, and how the person is told of what happens."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from bacowr.accounts.models import User
from bacowr.audit import service as audit
from bacowr.base.db import db, transaction
from bacowr.base.errors import Invalid
from bacowr.notifications.models import Channel, NotificationPreference

EVERYTHING = "*"
COST_LIMITS = "cost_limits"
SUMS = ("daily_limit_usd", "per_job_limit_usd")
HIGHEST_USD = 1_000_000.0


@dataclass(frozen=True)
class CostLimits:
    """How much a person lets the own orders spend, beside the caps; None for no limit."""

    enabled: bool = False
    daily_limit_usd: float | None = None
    per_job_limit_usd: float | None = None


def defaults_of(user: User) -> dict[str, Any]:
    """Return what the person's orders begin with, by the names of an order's fields."""
    return {name: value for name, value in (user.preferences or {}).items() if name != COST_LIMITS}


def filled_in(user: User, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order's fields with the person's defaults where nothing is said; null says it."""
    return defaults_of(user) | dict(fields)


def cost_limits_of(user: User) -> CostLimits:
    """Return the person's own limits; they hold while they are enabled."""
    return CostLimits(**(user.preferences or {}).get(COST_LIMITS, {}))


@transaction
def set_cost_limits(user: User, changes: Mapping[str, Any]) -> None:
    """Change the person's own limits; None takes one away, what isn't named stays.

    A first limit enables them, unless it is said otherwise. Raise Invalid for a sum that is none.
    """
    known = cost_limits_of(user)
    begins = {"enabled": True} if known == CostLimits() else {}
    limits = replace(known, **{**begins, **changes})
    for name in SUMS:
        if (sum_usd := getattr(limits, name)) is not None and not 0 <= sum_usd <= HIGHEST_USD:
            text = f"Give a sum from 0 to {HIGHEST_USD:,.0f} US dollars."
            raise Invalid(text, fields={name: [text]})
    user.preferences = {**(user.preferences or {}), COST_LIMITS: asdict(limits)}
    audit.record("user.set_cost_limits", user, actor=user)


def notifications_of(user: User) -> dict[str, dict[str, Any]]:
    """Return for each channel where the person is told of everything, and whether that is on."""
    select = sa.select(NotificationPreference).where(
        NotificationPreference.owner_id == user.id, NotificationPreference.event == EVERYTHING
    )
    known = {each.channel: each for each in db.session.scalars(select)}
    return {
        channel.value: {
            "address": known[channel].address if channel in known else None,
            "is_on": channel in known and known[channel].is_on,
        }
        for channel in Channel
    }


@transaction
def set_defaults(user: User, changes: Mapping[str, Any]) -> None:
    """Change what orders begin with; None takes a word back, what isn't named stays."""
    merged = (user.preferences or {}) | dict(changes)
    user.preferences = {name: value for name, value in merged.items() if value is not None}
    audit.record("user.set_defaults", user, actor=user, changed=", ".join(sorted(changes)))


@transaction
def set_email_notifications(user: User, *, is_on: bool) -> None:
    """Have the person told by e-mail, at the account's own address, or not."""
    select = sa.select(NotificationPreference).where(
        NotificationPreference.owner_id == user.id,
        NotificationPreference.event == EVERYTHING,
        NotificationPreference.channel == Channel.EMAIL,
    )
    known = db.session.scalar(select)
    if known is None:
        known = NotificationPreference(
            owner_id=user.id, event=EVERYTHING, channel=Channel.EMAIL, address=user.email
        )
        db.session.add(known)
    known.is_on = is_on
    audit.record("user.set_notifications", user, actor=user, email=int(is_on))
